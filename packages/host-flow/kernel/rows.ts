import { copy, copyLine } from './copy';
import { most } from './stores';
import { jsonTuple } from './json-tuple';
import { packedTuple } from './packed-tuple';

// Makes rows of stores. One that is not as usual is left to the caller.

/** Where the next byte of output goes. */
export let rowsEnd: u32 = 0;
/** How many rows there are. */
export let kept: u32 = 0;

/**
 * Makes rows of the stores from `first` up to `count`, as long as there are less than `limit` bytes and room
 * before `outEnd`. Answers the first store that was not taken.
 * @param plan words: whether rows have more than the document; how long names are at most; address and
 * length of the document's name; for keys, and for values: how many fields, whether there are more
 * elements; then the fields of both, as `tuple.ts` says.
 * @param ops what each sum of flags does, as a byte; 255 for nothing at all.
 * @param base what is added to the ends of rows.
 * @param ends words, where rows end, and behind them, in `kinds`, a byte with what each does.
 */
export function rows(
  plan: u32,
  items: u32,
  ops: u32,
  first: u32,
  count: u32,
  packed: u32,
  out: u32,
  outEnd: u32,
  limit: u32,
  base: u32,
  ends: u32,
  kinds: u32,
): u32 {
  const isRow = load<u32>(plan) !== 0;
  const namesSize = load<u32>(plan, 4);
  const isPacked = packed !== 0;
  let to = out;
  let made: u32 = 0;
  let index = first;
  for (; index < count && to - out < limit; index++) {
    const item = items + (index << 2);
    const op = load<u8>(ops + load<u32>(item, 24 * most));
    if (op === 255) continue;
    const docStart = load<u32>(item, 16 * most);
    const docSize = load<u32>(item, 20 * most) - docStart;
    let room = docSize + 128;
    if (isRow) {
      const tuples =
        load<u32>(item, 4 * most) -
        load<u32>(item) +
        load<u32>(item, 12 * most) -
        load<u32>(item, 8 * most);
      // A byte of a packed tuple is twelve characters at most.
      room += namesSize + (isPacked ? tuples * 12 : tuples);
    }
    if (room > outEnd - to) break;
    const next = isRow
      ? row(plan, item, docStart, docSize, isPacked, to)
      : document(docStart, docSize, isPacked, to);
    if (next === 0) break;
    to = next;
    store<u32>(ends + (made << 2), to - out + base);
    store<u8>(kinds + made, op);
    made++;
  }
  rowsEnd = to;
  kept = made;
  return index;
}

/** Writes a document as a line. */
function document(start: u32, size: u32, isPacked: bool, out: u32): u32 {
  if (size === 0) return 0;
  if (!isPacked) copy(out, start, size);
  else if (!copyLine(out, start, size)) return 0;
  store<u8>(out + size, 0x0a);
  return out + size + 1;
}

/** Writes an object with what is in the tuples, and the document. */
function row(plan: u32, item: u32, docStart: u32, docSize: u32, isPacked: bool, out: u32): u32 {
  const keyCount = load<u32>(plan, 16);
  const valuesCount = load<u32>(plan, 24);
  let fields = plan + 32;
  let to = out;
  if (keyCount > 0) {
    const start = load<u32>(item);
    const end = load<u32>(item, 4 * most);
    to = isPacked
      ? packedTuple(fields, keyCount, start, end, to)
      : jsonTuple(fields, keyCount, load<u32>(plan, 20), start, end, to);
    if (to === 0) return 0;
    fields += keyCount * 12;
  }
  if (valuesCount > 0) {
    const start = load<u32>(item, 8 * most);
    const end = load<u32>(item, 12 * most);
    to = isPacked
      ? packedTuple(fields, valuesCount, start, end, to)
      : jsonTuple(fields, valuesCount, load<u32>(plan, 28), start, end, to);
    if (to === 0) return 0;
  }
  const nameSize = load<u32>(plan, 12);
  if (nameSize !== 0) {
    if (docSize === 0) return 0;
    copy(to, load<u32>(plan, 8), nameSize);
    to += nameSize;
    if (!isPacked) copy(to, docStart, docSize);
    else if (!copyLine(to, docStart, docSize)) return 0;
    to += docSize;
  }
  // What begins a row is its brace, in place of the comma before its first member.
  if (to === out) to++;
  store<u8>(out, 0x7b);
  store<u16>(to, 0x0a7d);
  return to + 2;
}
