// Strings, numbers, names and what is between them. Sixty-four bytes behind whatever is read or written may be
// read or written as well. Where a function answers with an address, 0 says that the input is wrong there.
import { copy, nonDigits, pastBlanks } from '../../../packages/json/kernel/text';
import { unescape } from '../../../packages/json/kernel/unescape';
import {
  escaped,
  fail,
  pastAnyNumber,
  pastLiteral,
  pastString,
  stringStops,
  UNEXPECTED,
} from '../../../packages/json/kernel/validate';
import { CLOSE_BRACE, COLON, COMMA, QUOTE, readTo, scratch, texts } from './state';

/** The address of the first byte at or after `p` that is no white space. */
export function pastSpace(p: usize): usize {
  return load<u8>(p) > 32 ? p : pastBlanks(p);
}

/** Where the item after the value that ended at `p` begins, or `close` is. */
export function nextItem(p: usize, close: u32): usize {
  p = pastSpace(p);
  const byte: u32 = load<u8>(p);
  if (byte == close) return p;
  if (byte != COMMA) return fail(UNEXPECTED, p);
  p = pastSpace(p + 1);
  return load<u8>(p) == close ? fail(UNEXPECTED, p) : p;
}

/** The address after the brace that closes an object whose last value ended at `p`; 0 when there is more. */
export function pastOnly(p: usize): usize {
  if (!p) return 0;
  p = pastSpace(p);
  return load<u8>(p) == CLOSE_BRACE ? p + 1 : 0;
}

/** The name that was passed last, without its escapes; of a long one with escapes only the beginning. */
export let name: usize = 0;
export let nameSize: usize = 0;
/** The address after the quote that ends it in the input. */
export let nameEnd: usize = 0;

/** The address of the value whose name begins with the quote at `p`. */
export function pastName(p: usize): usize {
  if (load<u8>(p) != QUOTE) return fail(UNEXPECTED, p);
  const end = pastString(p + 1);
  if (!end) return 0;
  nameEnd = end;
  name = p + 1;
  nameSize = end - 1 - name;
  if (escaped) {
    nameSize = unescape(name, end - 1, scratch, 32) - scratch;
    name = scratch;
  }
  p = pastSpace(end);
  return load<u8>(p) == COLON ? pastSpace(p + 1) : fail(UNEXPECTED, p);
}

/** The first eight bytes of that name, or fewer, as a number. */
export function nameWord(): u64 {
  const word = load<u64>(name);
  if (nameSize >= 8) return word;
  return nameSize == 0 ? 0 : word & (<u64>-1 >> ((8 - <u64>nameSize) << 3));
}

/** Whether that name is the one of `size` bytes, at most eight, that make `word`. */
export function isNamed(word: u64, size: usize): bool {
  return nameSize == size && nameWord() == word;
}

/** Writes the name that begins with the quote at `p`, and a colon. */
export function putName(p: usize, out: usize): usize {
  if (load<u8>(p) != QUOTE) return fail(UNEXPECTED, p);
  out = putString(p, out);
  if (!out) return 0;
  p = pastSpace(stringEnd);
  if (load<u8>(p) != COLON) return fail(UNEXPECTED, p);
  store<u8>(out, COLON);
  readTo(pastSpace(p + 1));
  return out + 1;
}

/** The address after the string that was written last. */
let stringEnd: usize = 0;

/** Writes the string that begins with the quote at `p`, as it is. */
export function putString(p: usize, out: usize): usize {
  const stops = stringStops(p + 1);
  v128.store(out, v128.load(p));
  const size = ctz(stops | 0x10000);
  let end = p + 1 + size;
  // The last of sixteen bytes has not been copied.
  if (load<u8>(end) == QUOTE && size < 15) {
    end++;
    stringEnd = end;
    readTo(end);
    return out + size + 2;
  }
  end = pastString(p + 1);
  if (!end) return 0;
  copy(out, p, end - p);
  stringEnd = end;
  readTo(end);
  return out + (end - p);
}

/** Writes the number at `p`, which begins with the digit or minus `first`, as it is. */
export function putNumber(p: usize, first: u32, out: usize): usize {
  const start = p + usize(first == 45);
  const digits = <u32>ctz(nonDigits(start));
  let end = start + digits;
  const byte: u32 = load<u8>(end);
  const isPlain =
    digits - 1 < 15 && byte != 46 && (byte | 32) != 101 && (digits == 1 || load<u8>(start) != 48);
  if (!isPlain) {
    end = pastAnyNumber(p);
    if (!end) return 0;
  }
  copy(out, p, end - p);
  readTo(end);
  return out + (end - p);
}

/** Writes `true`, `false` or `null`, which begins with `first`. */
export function putLiteral(p: usize, first: u32, out: usize): usize {
  const end = pastLiteral(p, first);
  if (!end) return 0;
  store<u64>(out, load<u64>(p));
  readTo(end);
  return out + (end - p);
}

/** The address after the string, number or literal at `p`. */
export function pastScalar(p: usize): usize {
  const byte: u32 = load<u8>(p);
  if (byte == QUOTE) return pastString(p + 1);
  return byte - 48 < 10 || byte == 45 ? pastAnyNumber(p) : pastLiteral(p, byte);
}

/** Writes the text with the number `index`. */
export function putText(index: usize, out: usize): usize {
  const text = texts + (index << 5);
  copy(out, text + 1, 31);
  return out + load<u8>(text);
}

/** Writes the bytes from `p` to `end`. */
export function putBytes(p: usize, end: usize, out: usize): usize {
  copy(out, p, end - p);
  return out + (end - p);
}
