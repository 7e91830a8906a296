// The order of document names: segment by segment, `__id<int64>__` first and by number, all others by bytes.

/**
 * Negative, 0 or positive as the name from `aStart` to `aEnd` comes before, is, or comes after the other one.
 * Both are full names, or both are paths below the same parent.
 */
export function compareNames(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const size = Math.min(aEnd - aStart, bEnd - bStart);
  /** Where the segment begins in which they differ. */
  let segment = 0;
  let i = 0;
  for (; i < size; i++) {
    const byte = a[aStart + i];
    if (byte !== b[bStart + i]) break;
    if (byte === slash) segment = i + 1;
  }
  const aSegmentEnd = segmentEnd(a, aStart + i, aEnd);
  const bSegmentEnd = segmentEnd(b, bStart + i, bEnd);
  const aNumber = numberIn(a, aStart + segment, aSegmentEnd);
  const bNumber = numberIn(b, bStart + segment, bSegmentEnd);
  if (aNumber !== undefined || bNumber !== undefined) {
    if (aNumber === undefined) return 1;
    if (bNumber === undefined) return -1;
    if (aNumber !== bNumber) return aNumber < bNumber ? -1 : 1;
  }
  // A segment that ends is before one that goes on, as is a name that ends.
  const aNext = aStart + i < aSegmentEnd ? (a[aStart + i] ?? 0) : aStart + i < aEnd ? -1 : -2;
  const bNext = bStart + i < bSegmentEnd ? (b[bStart + i] ?? 0) : bStart + i < bEnd ? -1 : -2;
  return aNext - bNext;
}

/** As {@link compareNames}, for names that are text. */
export function compareNameTexts(a: string, b: string): number {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return compareNames(left, 0, left.length, right, 0, right.length);
}

/** Names between which exactly the documents in and below a collection are. */
export interface NameBounds {
  /** No document in or below the collection comes before it. */
  readonly first: string;
  /** All come before it. */
  readonly after: string;
}

/**
 * The bounds of the documents in and below the collection at `path`, such as `users` or `orgs/acme/users`.
 * `root` is `projects/…/databases/…/documents`. The bounds need not exist and are good as references in cursors.
 * They are right as ids of collections never look like `__…__`, which Firestore reserves.
 */
export function boundsOfCollection(root: string, path: string): NameBounds {
  return { first: `${root}/${path}/${leastId}`, after: `${root}/${path}\0/${leastId}` };
}

/** The id that comes before every other. */
export const leastId = '__id-9223372036854775808__';

const slash = 0x2f;

function segmentEnd(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && bytes[i] !== slash) i++;
  return i;
}

/** The number of a segment of the form `__id<int64>__`. */
function numberIn(bytes: Uint8Array, start: number, end: number): bigint | undefined {
  if (end - start < 7 || bytes[start] !== 0x5f || bytes[end - 1] !== 0x5f) return undefined;
  const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
  const digits = /^__id(-?\d{1,19})__$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const number = BigInt(digits);
  return BigInt.asIntN(64, number) === number ? number : undefined;
}
