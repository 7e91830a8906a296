/** A text whose order by `<` is the order of document names, made of characters below U+0100. */
export type NameKey = string;

/** An interval of keys: `from` belongs to it, `to` does not. */
export interface KeyRange {
  readonly from: NameKey;
  readonly to: NameKey;
}

const numericId = /^__id(-?\d+)__$/;
const lowestInt64 = -(2n ** 63n);

/** Ends a segment. It is below what stands for U+0000 within one, so that a prefix sorts first. */
const terminator = '\0\x01';

/**
 * The key of a path relative to the root of the documents: numeric ids first, by number, then texts by
 * their UTF-8 bytes, segment by segment.
 */
export function nameKey(path: string): NameKey {
  let key = '';
  for (const segment of path.split('/')) key += segmentKey(segment);
  return key;
}

/** What a path adds to a key, given as one character for each byte, where no id is numeric or holds U+0000. */
export function plainKey(bytes: string): NameKey {
  return `\x02${bytes.replaceAll('/', `${terminator}\x02`)}${terminator}`;
}

/** Everything below a path, whatever its depth; below the root for the empty path. */
export function rangeBelow(path: string): KeyRange {
  const from = path === '' ? '' : nameKey(path);
  // Every segment begins with one of two low characters.
  return { from: `${from}\x01`, to: `${from}\x03` };
}

/** The smallest key above `key` itself, below all others. */
export function justAfter(key: NameKey): NameKey {
  return `${key}\0`;
}

/** What two ranges share; empty when `from` is not below `to`. */
export function intersect(a: KeyRange, b: KeyRange): KeyRange {
  return { from: a.from > b.from ? a.from : b.from, to: a.to < b.to ? a.to : b.to };
}

function segmentKey(segment: string): string {
  const number = int64Id(segment);
  if (number !== undefined) return `\x01${bigEndian(number - lowestInt64)}${terminator}`;
  const bytes = Buffer.from(segment, 'utf8').toString('latin1');
  return `\x02${bytes.includes('\0') ? bytes.replaceAll('\0', '\0\xff') : bytes}${terminator}`;
}

/** The number of an id such as `__id7__`. Two ids that write one number differently are not both numeric. */
function int64Id(segment: string): bigint | undefined {
  const digits = numericId.exec(segment)?.[1];
  if (digits === undefined) return undefined;
  const number = BigInt(digits);
  return BigInt.asIntN(64, number) === number && String(number) === digits ? number : undefined;
}

function bigEndian(value: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes.toString('latin1');
}
