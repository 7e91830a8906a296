// Values that are not looked into.
import { fail, UNEXPECTED } from '../../../packages/json/kernel/validate';
import {
  CLOSE_BRACE,
  COMMA,
  LEVELS,
  OPEN_BRACE,
  OPEN_BRACKET,
  passedFrames,
  QUOTE,
  TOO_DEEP,
} from './state';
import { pastName, pastScalar, pastSpace } from './token';

/** The address after the value at `p`, or 0. */
export function pastValue(p: usize): usize {
  let depth: usize = 0;
  let closing: u32 = 0;
  while (true) {
    let byte: u32 = load<u8>(p);
    if (byte == OPEN_BRACE || byte == OPEN_BRACKET) {
      if (depth == LEVELS) return fail(TOO_DEEP, p);
      store<u8>(passedFrames + depth++, <u8>closing);
      closing = byte + 2;
      p = pastSpace(p + 1);
      if (load<u8>(p) != closing) {
        if (closing == CLOSE_BRACE) {
          p = pastName(p);
          if (!p) return 0;
        }
        continue;
      }
    } else {
      p = pastScalar(p);
      if (!p || !depth) return p;
      p = pastSpace(p);
    }
    // After a value, or at the bracket that closes an empty one.
    byte = load<u8>(p);
    while (byte == closing) {
      p++;
      closing = load<u8>(passedFrames + --depth);
      if (!depth) return p;
      p = pastSpace(p);
      byte = load<u8>(p);
    }
    if (byte != COMMA) return fail(UNEXPECTED, p);
    p = pastSpace(p + 1);
    if (closing == CLOSE_BRACE) {
      p = pastName(p);
      if (!p) return 0;
    }
  }
  return 0;
}

/** Writes the valid JSON from `p` to `end` without its white space, as it stands in a string. */
export function putAsText(p: usize, end: usize, out: usize): usize {
  let inString = false;
  while (p < end) {
    const byte: u32 = load<u8>(p++);
    if (byte <= 32 && !inString) continue;
    if (byte == QUOTE) inString = !inString;
    else if (byte == 92) {
      // An escape: the byte after the backslash does not end the string.
      store<u16>(out, 0x5c5c);
      out += 2;
      const next: u32 = load<u8>(p++);
      if (next == QUOTE || next == 92) store<u8>(out++, 92);
      store<u8>(out++, next);
      continue;
    }
    if (byte == QUOTE) store<u8>(out++, 92);
    store<u8>(out++, byte);
  }
  return out;
}
