// CSV rows to JSON lines. TypeScript owns the memory: it writes the control block and the tables
// below, puts input and output behind them, and reads the results back from the control block.
//
// The input is followed by at least 32 bytes that each end a row. They stop every scan, so that no
// loop has to compare its position with the end.
import { STRING, isNumber, literal } from './csv-literal';
import {
  copy,
  delimiter,
  end1,
  end2,
  isEnd,
  out,
  quote,
  quoted,
  next,
  setDialect,
  setOut,
  stops,
  unquoted,
} from './csv-text';

/** Where the control block is: 32-bit words, set for a decoder and then for each run. */
const CONTROL: usize = 64;
// Of the decoder. Bytes that do not exist (no quote, no escape, no comment) are 256.
const DELIMITER: usize = 0;
const QUOTE: usize = 4;
const ESCAPE: usize = 8;
const END_1: usize = 12;
const END_2: usize = 16;
const COMMENT: usize = 20;
const COLUMNS: usize = 24; // the table of columns: prefix, its length, type, unused
const COLUMNS_END: usize = 28;
const NULLS: usize = 32; // spellings of null: a length (32 bits) and as many bytes, end to end
const NULLS_END: usize = 36;
const OPEN: usize = 40; // what a row begins with, and its length
const OPEN_LENGTH: usize = 44;
const NUMBERED: usize = 48; // whether the row's number follows, and then what ends the member
const CLOSE: usize = 52;
const CLOSE_LENGTH: usize = 56;
const EXTRA: usize = 60; // what comes before the first field past the columns; length 0: an error
const EXTRA_LENGTH: usize = 64;
// Of a run.
const ENDS: usize = 68; // where the next line's end is to be written, and the end of that space
const ENDS_LIMIT: usize = 72;
const LINES: usize = 76; // the address that line ends are relative to
// Results.
const IN: usize = 80; // where the first row that was not written begins
const OUT: usize = 84;
const BAD: usize = 88; // what is wrong with that row, where, how many fields it has, its end
const BAD_AT: usize = 92;
const FIELDS: usize = 96;
const BAD_END: usize = 100;
/** The number of the next row: 16 decimal digits, with leading zeros. */
const NUMBER: usize = 128;

// Why a run ended.
const NEEDS_INPUT: i32 = 0;
const NEEDS_OUTPUT: i32 = 1;
const BAD_ROW: i32 = 2;
const PASSED_POISON: i32 = 3;

// What may be wrong with a row.
const TOO_MANY_FIELDS: u32 = 1;
const TEXT_AFTER_QUOTE: u32 = 2;
const OPEN_QUOTE: u32 = 3;
const POISONED: u32 = 4;

const NULL: u32 = 0x6c6c756e; // 'null'

/**
 * Writes the rows of `[from, end)` as JSON lines to `to`, until the input is used up, `limit` is
 * passed, or a row is bad. A row that does not end before `end` is left, unless nothing follows
 * (`final`). The row that holds the byte at `poison` is bad.
 */
export function run(
  from: usize,
  end: usize,
  final: bool,
  to: usize,
  limit: usize,
  poison: usize,
): i32 {
  setDialect(
    load<u32>(CONTROL, DELIMITER),
    load<u32>(CONTROL, QUOTE),
    load<u32>(CONTROL, ESCAPE),
    load<u32>(CONTROL, END_1),
    load<u32>(CONTROL, END_2),
  );
  const comment = load<u32>(CONTROL, COMMENT);
  const columns = <usize>load<u32>(CONTROL, COLUMNS);
  const columnsEnd = <usize>load<u32>(CONTROL, COLUMNS_END);
  const nulls = load<u32>(CONTROL, NULLS) != load<u32>(CONTROL, NULLS_END);
  const open = <usize>load<u32>(CONTROL, OPEN);
  const openLength = <usize>load<u32>(CONTROL, OPEN_LENGTH);
  const numbered = load<u32>(CONTROL, NUMBERED) != 0;
  const extraLength = <usize>load<u32>(CONTROL, EXTRA_LENGTH);
  const lines = <usize>load<u32>(CONTROL, LINES);
  const endsLimit = <usize>load<u32>(CONTROL, ENDS_LIMIT);
  let ends = <usize>load<u32>(CONTROL, ENDS);
  const delimiters = i8x16.splat(<u8>delimiter);
  const ends1 = i8x16.splat(<u8>end1);
  const ends2 = i8x16.splat(<u8>end2);
  let s = from;
  let d = to;
  let status = NEEDS_INPUT;

  for (;;) {
    let x: u32 = 0;
    while (s < end && isEnd((x = load<u8>(s)))) s++;
    const row = s;
    store<u32>(CONTROL, <u32>row, IN);
    store<u32>(CONTROL, <u32>d, OUT);
    store<u32>(CONTROL, <u32>ends, ENDS);
    if (s == end) break;
    if (x == comment) {
      s = next(s, end1, end1, end2);
      if (s >= end && !final) break;
      s = min(s, end);
      if (s <= poison) continue;
      store<u32>(CONTROL, <u32>s, IN);
      status = PASSED_POISON;
      break;
    }
    if (d >= limit || ends >= endsLimit) {
      status = NEEDS_OUTPUT;
      break;
    }

    let column = columns;
    let fields: u32 = 0;
    let bad: u32 = 0;
    let badAt: usize = row;
    d = copy(open, openLength, d);
    if (numbered) {
      d = number(d);
      d = copy(<usize>load<u32>(CONTROL, CLOSE), <usize>load<u32>(CONTROL, CLOSE_LENGTH), d);
    }
    for (;;) {
      let type = STRING;
      const named = column < columnsEnd;
      if (named) {
        const prefix = <usize>load<u32>(column);
        const length = <usize>load<u32>(column, 4);
        type = load<u32>(column, 8);
        column += 16;
        v128.store(d, v128.load(prefix));
        if (length >= 16) copy(prefix + 16, length - 15, d + 16);
        d += length;
      } else {
        if (extraLength == 0) {
          if (bad == 0) bad = TOO_MANY_FIELDS;
        } else if (column == columnsEnd) {
          d = copy(<usize>load<u32>(CONTROL, EXTRA), extraLength, d);
          column++;
        } else store<u8>(d++, 44);
        store<u8>(d, 34);
      }
      let written = true;
      const v = v128.load(s);
      if (nulls && named && isNull(s, end)) {
        s = out;
        store<u32>(d, NULL);
        d += 4;
      } else if (type == STRING) {
        v128.store(d + 1, v);
        const k = <usize>ctz(stops(s, delimiter, quote) | 0x10000);
        x = load<u8>(s + k);
        if (k == 16 || (x != delimiter && !isEnd(x))) {
          written = false;
        } else if (k == 0 && named) {
          store<u32>(d, NULL);
          d += 4;
        } else {
          s += k;
          d += k + 2;
          store<u8>(d - 1, 34);
        }
      } else {
        v128.store(d, v);
        const border = v128.or(i8x16.eq(v, ends1), i8x16.eq(v, ends2));
        const k = <usize>ctz(i8x16.bitmask(v128.or(i8x16.eq(v, delimiters), border)) | 0x10000);
        if (k < 16 && isNumber(s, k, type)) {
          s += k;
          d += k;
        } else if (k == 0) {
          store<u32>(d, NULL);
          d += 4;
        } else {
          written = false;
        }
      }
      if (!written) {
        const start = s;
        s = load<u8>(s) == quote ? quotedField(s, end, type, d) : plainField(s, end, type, d);
        if (s > end) {
          bad = OPEN_QUOTE;
          badAt = start;
          s = end;
          break;
        }
        d = out;
        x = load<u8>(s);
        if (x != delimiter && !isEnd(x)) {
          if (bad != TEXT_AFTER_QUOTE) badAt = s;
          bad = TEXT_AFTER_QUOTE;
          s = unquoted(s, end, d);
        }
      }
      fields++;
      if (load<u8>(s) != delimiter) break;
      s++;
    }
    if (s >= end && !final) break;
    s = min(s + 1, end);
    if (s > poison && bad == 0) {
      bad = POISONED;
      badAt = poison;
    }
    count();
    if (bad != 0) {
      store<u32>(CONTROL, bad, BAD);
      store<u32>(CONTROL, <u32>s, BAD_END);
      store<u32>(CONTROL, <u32>badAt, BAD_AT);
      store<u32>(CONTROL, fields, FIELDS);
      status = BAD_ROW;
      break;
    }
    if (column > columnsEnd) store<u8>(d++, 93);
    store<u16>(d, 0x0a7d); // '}\n'
    d += 2;
    store<u32>(ends, <u32>(d - lines));
    ends += 4;
  }
  return status;
}

/** Writes the field whose quote is at `s`. Returns what follows it, or past `end`. */
function quotedField(s: usize, end: usize, type: u32, d: usize): usize {
  if (type != STRING) {
    const closed = next(s + 1, quote, end1, end2);
    if (load<u8>(closed) == quote && load<u8>(closed + 1) != quote) {
      if (closed == s + 1) {
        store<u32>(d, NULL);
        setOut(d + 4);
        return closed + 1;
      }
      if (literal(s + 1, closed, type, d)) return closed + 1;
    }
  }
  store<u8>(d, 34);
  return quoted(s + 1, end, d + 1);
}

/** Writes the field at `s`, which is not quoted. Returns its end. */
function plainField(s: usize, end: usize, type: u32, d: usize): usize {
  if (type != STRING) {
    const border = next(s, delimiter, end1, end2);
    if (literal(s, border, type, d)) return border;
  }
  store<u8>(d, 34);
  return unquoted(s, end, d + 1);
}

/** Whether the unquoted field at `s` is a spelling of null; `out` is then its end. */
function isNull(s: usize, end: usize): bool {
  const last = <usize>load<u32>(CONTROL, NULLS_END);
  let spelling = <usize>load<u32>(CONTROL, NULLS);
  while (spelling < last) {
    const length = <usize>load<u32>(spelling);
    spelling += 4;
    let i: usize = 0;
    while (i < length && load<u8>(spelling + i) == load<u8>(s + i)) i++;
    spelling += length;
    if (i < length || s + i > end) continue;
    const x: u32 = load<u8>(s + i);
    if (x == delimiter || isEnd(x)) {
      setOut(s + i);
      return true;
    }
  }
  return false;
}

/** Writes the number of the row. Returns the end. */
function number(d: usize): usize {
  const zeros = i8x16.eq(v128.load(CONTROL, NUMBER), i8x16.splat(48));
  const first = <usize>ctz(~i8x16.bitmask(zeros) | 0x8000);
  v128.store(d, v128.load(CONTROL + NUMBER + first));
  return d + 16 - first;
}

/** Adds one to the number of the row. */
function count(): void {
  let p = CONTROL + NUMBER + 15;
  while (load<u8>(p) == 57) {
    store<u8>(p, 48);
    p--;
  }
  store<u8>(p, load<u8>(p) + 1);
}
