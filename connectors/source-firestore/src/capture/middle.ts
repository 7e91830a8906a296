import { compare } from '../handover/key-ranges.ts';
import { leastId } from '../wire/names.ts';

/**
 * A name about in the middle between two others, which need not exist: right where ids are spread evenly over letters
 * and digits. Undefined where none is to be had.
 * @param root `projects/…/databases/…/documents`; all three names begin with it.
 */
export function middleName(
  root: string,
  low: Uint8Array,
  high: Uint8Array,
): Uint8Array | undefined {
  let same = 0;
  while (same < low.length && low[same] === high[same]) same++;
  if (same <= root.length) return undefined;
  const first = low[same] ?? space;
  const last = high[same] ?? 0;
  if (first > tilde || last > tilde || last < first) return undefined;
  const head = Buffer.from(low.subarray(0, same)).toString();
  const tail = last - first > 1 ? letter((first + last) >>> 1) : behind(low, same);
  if (tail === undefined) return undefined;
  const name = Buffer.from(complete(root, head + tail));
  return compare(low, name) < 0 && compare(name, high) < 0 ? name : undefined;
}

const space = 0x20;
const tilde = 0x7e;
const slash = 0x2f;

/** What begins with the byte at `at`, and comes about in the middle of what comes behind `low` and does so. */
function behind(low: Uint8Array, at: number): string | undefined {
  let text = '';
  for (let i = at; i < at + 8; i++) {
    const byte = low[i] ?? space;
    if (byte > tilde || byte === slash) return undefined;
    const middle = (byte + tilde) >>> 1;
    if (i > at && middle > byte) return text + letter(middle);
    text += String.fromCharCode(byte);
  }
  return undefined;
}

function letter(byte: number): string {
  return String.fromCharCode(byte === slash ? byte + 1 : byte);
}

/** A name is of pairs: what ends with a collection gets the id that comes before all others. */
function complete(root: string, name: string): string {
  const segments = name.slice(root.length + 1).split('/').length;
  return segments % 2 === 0 ? name : `${name}/${leastId}`;
}
