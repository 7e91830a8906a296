import { isUtf8 } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutOff, firstInvalidUtf8 } from './utf8.ts';

test.each([
  { bytes: [], whole: -1, part: -1 },
  { bytes: [0x61, 0x62], whole: -1, part: -1 },
  { bytes: [0x61, 0xff, 0x62], whole: 1, part: 1 },
  { bytes: [0x61, 0xc3], whole: 1, part: -1 },
  { bytes: [0x61, 0xe2, 0x82], whole: 1, part: -1 },
  { bytes: [0xf0, 0x9f, 0x98], whole: 0, part: -1 },
  { bytes: [0xf0, 0x9f, 0x98, 0x80], whole: -1, part: -1 },
  { bytes: [0xc3, 0xa9, 0xe2, 0x61], whole: 2, part: 2 },
  { bytes: [0x80], whole: 0, part: 0 },
  { bytes: [0x61, 0xed, 0xa0, 0x80], whole: 1, part: 1 },
])('$bytes: $whole, and $part where more may follow', ({ bytes, whole, part }) => {
  expect(firstInvalidUtf8(Uint8Array.from(bytes), true)).toBe(whole);
  expect(firstInvalidUtf8(Uint8Array.from(bytes), false)).toBe(part);
});

test('what comes before is valid and cannot be made longer', () => {
  const soup = fc.array(
    fc.constantFrom(0x61, 0x80, 0xa9, 0xc3, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0xff),
  );
  fc.assert(
    fc.property(soup, (bytes) => {
      const all = Uint8Array.from(bytes);
      const at = firstInvalidUtf8(all, true);
      expect(at === -1).toBe(isUtf8(all));
      if (at < 0) return;
      expect(isUtf8(all.subarray(0, at))).toBe(true);
      for (let n = 1; n <= 4 && at + n <= all.length; n++) {
        expect(isUtf8(all.subarray(at, at + n))).toBe(false);
      }
    }),
  );
});

test('a text that is cut anywhere is valid without what is cut off', () => {
  const text = Buffer.from('aé漢😀é');
  for (let end = 0; end <= text.length; end++) {
    const part = text.subarray(0, end);
    expect(isUtf8(part.subarray(0, end - cutOff(part)))).toBe(true);
    expect(cutOff(part) > 0).toBe(!isUtf8(part));
  }
});
