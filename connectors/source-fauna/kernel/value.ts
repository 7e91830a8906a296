import { fail, stringStops, UNEXPECTED } from '../../../packages/json/kernel/validate';
import {
  COMMA,
  LEVELS,
  OPEN_BRACE,
  OPEN_BRACKET,
  openFrames,
  QUOTE,
  read,
  readTo,
  TOO_DEEP,
} from './state';
import { maybeTag, NOT_TAGGED, putTagged, UNWRAPPED } from './tag';
import { pastSpace, putLiteral, putName, putNumber, putString } from './token';

/** Set in the frame of an object that is in a wrapper. */
const WRAPPED: u32 = 128;

/**
 * Writes the value at `p` without white space, and with tags as what they mean; answers where it ends in the
 * output, or 0 with the fault noted. `read` is where it ends in the input.
 */
export function putValue(p: usize, out: usize): usize {
  let depth: usize = 0;
  let frame: u32 = 0;
  while (true) {
    if (frame & 32) {
      const size = ctz(0x10000 | stringStops(p + 1));
      // A short name without escapes, and no space behind it.
      if (size < 14 && load<u8>(p) == QUOTE && load<u16>(p + size, 1) == 0x3a22) {
        v128.store(out, v128.load(p));
        out += size + 3;
        p = pastSpace(p + size + 3);
      } else {
        out = putName(p, out);
        if (!out) return 0;
        p = read;
      }
    }
    const byte: u32 = load<u8>(p);
    let next: usize = 0;
    if (byte == QUOTE) {
      const size = ctz(0x10000 | stringStops(p + 1));
      if (size < 15 && load<u8>(p + size, 1) == QUOTE) {
        v128.store(out, v128.load(p));
        out += size + 2;
        next = p + size + 2;
      } else out = putString(p, out);
    } else if (byte == OPEN_BRACE || byte == OPEN_BRACKET) {
      let inner = byte + 2;
      let first = pastSpace(p + 1);
      let tagged = NOT_TAGGED;
      if (byte == OPEN_BRACE && maybeTag(first)) {
        tagged = putTagged(p, first, out);
        if (tagged == UNWRAPPED) {
          first = pastSpace(read + 1);
          inner |= WRAPPED;
          tagged = NOT_TAGGED;
        }
      }
      if (tagged == NOT_TAGGED) {
        if (depth == LEVELS) return fail(TOO_DEEP, p);
        store<u8>(openFrames + depth++, <u8>frame);
        frame = inner;
        store<u8>(out++, byte);
        p = first;
        if (load<u8>(p) != (frame & 127)) continue;
        next = p;
      } else out = tagged;
    } else if (byte - 48 < 10 || byte == 45) out = putNumber(p, byte, out);
    else out = putLiteral(p, byte, out);
    if (!out) return 0;
    if (!next) next = read;
    if (!depth) {
      readTo(next);
      return out;
    }

    p = pastSpace(next);
    let after: u32 = load<u8>(p);
    while (after == (frame & 127)) {
      store<u8>(out++, after);
      p++;
      // After what is in a wrapper is the brace that closes it: `isWrapper` has looked.
      if (frame & WRAPPED) p = pastSpace(p) + 1;
      frame = load<u8>(openFrames + --depth);
      if (!depth) {
        readTo(p);
        return out;
      }
      p = pastSpace(p);
      after = load<u8>(p);
    }
    if (after != COMMA) return fail(UNEXPECTED, p);
    store<u8>(out++, COMMA);
    p = pastSpace(p + 1);
  }
  return 0;
}
