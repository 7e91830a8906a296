import { afterKey, FIRST, locate, NEXT, OWNER, ROOT, STAMP } from './fields';
import { beginsLike, endsLike, patternLength } from './pattern';
import { containerEnd, scalarEnd, stringEnd, stringStops } from './skip';
import { copy, increment, pastBlanks } from './text';

// What this keeps of a field, in bytes from its address; as `src/column-plan.ts` has it.
/** A number given to its value when that was met, larger than those before; its members have it as STAMP. */
const OCCURRENCE: usize = 32;
const START: usize = 36;
const END: usize = 40;
/** Not 0 when a column is inside of it. */
const HAS_MEMBERS: usize = 44;

// A column, in bytes from its address; as `src/column-plan.ts` has it.
const COLUMN_SIZE: usize = 32;
const FIELD: usize = 0;
const FORM: usize = 4;
/** Its name in quotes with a colon, sixteen bytes of room, and how many they are. */
const LABEL_SIZE: usize = 8;
const LABEL: usize = 16;

const PLAIN: u32 = 0;
const TEXT: u32 = 1;

/** How many bytes one byte of a document can become in a string. */
const MOST_ESCAPED: usize = 6;

let table: usize = 0;
let columns: usize = 0;
let columnsEnd: usize = 0;
let occurrence: u32 = 0;

/** Up to where the input is done with. */
export let projected: usize = 0;
/** How many documents {@link project} has read. */
export let projectedCount: u32 = 0;
export let projectedEnd: usize = 0;
/** The length of the longest line it has written, with its line feed. */
export let longest: usize = 0;

/** Sets the columns of the following calls of {@link project}. */
export function setColumns(tableAt: usize, columnsAt: usize, columnsEndAt: usize): void {
  table = tableAt;
  columns = columnsAt;
  columnsEnd = columnsEndAt;
  occurrence = 0;
}

/**
 * Writes a line to `out` for each document from `p` to `end`; stops where the next line might pass
 * `outEnd`. After the columns come the op at `ops`, the number at `counter` (see `increment`), and
 * which columns are there, each unless it is 0. False when the input is malformed.
 */
export function project(
  p: usize,
  end: usize,
  out: usize,
  outEnd: usize,
  ops: usize,
  counter: usize,
  presence: i32,
): bool {
  projectedCount = 0;
  longest = 0;
  // An op has at most three digits, a counter at most twenty.
  const trailer: usize = 64 + (presence ? (columnsEnd - columns) / COLUMN_SIZE : <usize>0);
  let well = true;
  p = pastBlanks(p);
  while (p < end) {
    const next = readObject(p, table + ROOT);
    if (!next) {
      well = false;
      break;
    }
    store<u32>(table + ROOT, <u32>p, START);
    store<u32>(table + ROOT, <u32>next, END);
    const line = out;
    out = writeColumns(line, outEnd);
    if (!out || out + trailer > outEnd) {
      out = line;
      break;
    }
    if (ops) out = writeOp(out, load<u8>(ops++));
    if (counter) {
      store<u32>(out, 0x3a227322);
      const digits = load<u32>(counter, 4);
      copy(out + 4, load<u32>(counter), digits);
      out += 4 + digits;
      store<u8>(out++, 44);
      increment(counter);
    }
    if (presence) out = writePresence(out);
    // Each member left a comma; the last one, if there is one, becomes the brace.
    store<u16>(out - usize(out > line + 1), 0x0a7d);
    out += 2 - usize(out > line + 1);
    longest = max(longest, out - line);
    projectedCount++;
    p = pastBlanks(next);
  }
  projected = p;
  projectedEnd = out;
  return well;
}

/** Notes where the members of the object at `p` are; the address after it, or 0 when it is malformed. */
function readObject(p: usize, owner: usize): usize {
  const stamp = ++occurrence;
  store<u32>(owner, stamp, OCCURRENCE);
  if (load<u8>(p) != 123) return 0;
  let link = owner + FIRST;
  let byte: u32 = load<u8>(++p);
  if (byte != 34) {
    p = pastBlanks(p);
    byte = load<u8>(p);
  }
  while (byte != 125) {
    let field = <usize>load<u32>(link);
    const length = patternLength(field);
    if (beginsLike(field, p) && (length <= 16 || endsLike(field, p))) p += length;
    else {
      if (byte != 34) return 0;
      field = locate(table, owner, link, p);
      p = afterKey;
    }
    byte = load<u8>(p);
    if (byte <= 32) {
      p = pastBlanks(p);
      byte = load<u8>(p);
    }

    const start = p;
    const inside = field ? load<u32>(field, HAS_MEMBERS) : 0;
    if (byte == 34) {
      p += 1 + ctz(0x10000 | stringStops(p + 1));
      if (load<u8>(p) != 34) p = stringEnd(p);
      p++;
    } else if (byte == 123 && inside) {
      p = readObject(p, field);
      if (!p) return 0;
    } else if (byte == 123 || byte == 91) p = containerEnd(p);
    else p = scalarEnd(p);
    if (field) {
      link = field + NEXT;
      store<u32>(field, <u32>start, START);
      store<u32>(field, <u32>p, END);
      store<u32>(field, stamp, STAMP);
      if (inside && byte != 123) store<u32>(field, ++occurrence, OCCURRENCE);
    }

    byte = load<u8>(p);
    if (byte <= 32) {
      p = pastBlanks(p);
      byte = load<u8>(p);
    }
    if (byte == 44) {
      byte = load<u8>(++p);
      if (byte <= 32) {
        p = pastBlanks(p);
        byte = load<u8>(p);
      }
      if (byte != 34) return 0;
    } else if (byte != 125) return 0;
  }
  return p + 1;
}

/** Whether the last value of `field` is a part of the document. */
function isThere(field: usize): bool {
  const root = table + ROOT;
  while (field != root) {
    const owner = <usize>load<u32>(field, OWNER);
    if (load<u32>(field, STAMP) != load<u32>(owner, OCCURRENCE)) return false;
    field = owner;
  }
  return true;
}

/** Writes the brace and the columns that are there, each with a comma; 0 when they might pass `outEnd`. */
function writeColumns(out: usize, outEnd: usize): usize {
  const root = table + ROOT;
  store<u8>(out++, 123);
  for (let column = columns; column < columnsEnd; column += COLUMN_SIZE) {
    const field = <usize>load<u32>(column, FIELD);
    const owner = <usize>load<u32>(field, OWNER);
    const isOfOwner = load<u32>(field, STAMP) == load<u32>(owner, OCCURRENCE);
    if (!(owner == root && isOfOwner) && !isThere(field)) continue;
    const start = <usize>load<u32>(field, START);
    const size = <usize>load<u32>(field, END) - start;
    const form = load<u32>(column, FORM);
    const byte = load<u8>(start);
    const quoted = form != PLAIN && byte != 110 && (form != TEXT || byte != 34);
    if (out + (quoted ? size * MOST_ESCAPED : size) + 64 > outEnd) return 0;
    v128.store(out, v128.load(column, LABEL));
    out += load<u32>(column, LABEL_SIZE);
    if (quoted) out = writeQuoted(out, start, size);
    else {
      v128.store(out, v128.load(start));
      if (size > 16) copy(out + 16, start + 16, size - 16);
      out += size;
    }
    store<u8>(out++, 44);
  }
  return out;
}

/** Writes the JSON text of `size` bytes at `p` as a JSON string. */
function writeQuoted(out: usize, p: usize, size: usize): usize {
  const end = p + size;
  store<u8>(out++, 34);
  while (p < end) {
    const bytes = v128.load(p);
    const stops = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(34)), i8x16.eq(bytes, i8x16.splat(92))),
        i8x16.le_u(bytes, i8x16.splat(31)),
      ),
    );
    const run = min(stops ? <usize>ctz(stops) : 16, end - p);
    v128.store(out, bytes);
    out += run;
    p += run;
    if (run < 16 && p < end) out = writeEscaped(out, load<u8>(p++));
  }
  store<u8>(out, 34);
  return out + 1;
}

function writeEscaped(out: usize, byte: u32): usize {
  store<u8>(out, 92);
  if (byte == 34 || byte == 92) {
    store<u8>(out, <u8>byte, 1);
    return out + 2;
  }
  store<u32>(out, 0x30303075, 1);
  const low = byte & 15;
  store<u8>(out, <u8>(48 + (byte >> 4)), 4);
  store<u8>(out, <u8>(low < 10 ? 48 + low : 87 + low), 5);
  return out + 6;
}

function writeOp(out: usize, op: u32): usize {
  store<u32>(out, 0x3a226f22);
  out += 4;
  if (op > 99) store<u8>(out++, <u8>(48 + op / 100));
  if (op > 9) store<u8>(out++, <u8>(48 + ((op / 10) % 10)));
  store<u8>(out, <u8>(48 + (op % 10)));
  store<u8>(out, 44, 1);
  return out + 2;
}

function writePresence(out: usize): usize {
  store<u32>(out, 0x3a227022);
  store<u8>(out, 34, 4);
  out += 5;
  for (let column = columns; column < columnsEnd; column += COLUMN_SIZE) {
    store<u8>(out++, 48 + u8(isThere(load<u32>(column, FIELD))));
  }
  store<u16>(out, 0x2c22);
  return out + 2;
}
