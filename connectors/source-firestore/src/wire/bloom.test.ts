import { createHash } from 'node:crypto';
import { isFailure } from '@fairlead/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BloomFilter } from './bloom.ts';

/** What the server does: sets a bit for each hash of each name. */
function bitmapOf(names: readonly string[], bitCount: number, hashCount: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(bitCount / 8));
  for (const name of names) {
    const digest = createHash('md5').update(name).digest();
    const half = (start: number) =>
      digest.subarray(start, start + 8).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
    for (let i = 0n; i < hashCount; i++) {
      const bit = Number(((half(0) + i * half(8)) % 2n ** 64n) % BigInt(bitCount));
      bitmap[bit >> 3] = (bitmap[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
  }
  return bitmap;
}

test('a filter has every one of its names', () => {
  const names = fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1 });
  fc.assert(
    fc.property(
      names,
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 16 }),
      (list, bits, hashes) => {
        const bitmap = bitmapOf(list, bits, hashes);
        const filter = new BloomFilter(bitmap, bitmap.length * 8 - bits, hashes);
        for (const name of list) {
          expect(filter.mayHave(name)).toBe(true);
          expect(filter.mayHave(Buffer.from(name))).toBe(true);
        }
      },
    ),
  );
});

test('a filter has few of other names', () => {
  const name = (i: number) => `projects/p/databases/d/documents/users/${i}`;
  const names = Array.from({ length: 1000 }, (_, i) => name(i));
  const filter = new BloomFilter(bitmapOf(names, 14_377, 10), 7, 10);
  const others = Array.from({ length: 1000 }, (_, i) => filter.mayHave(name(i + 1000)));
  expect(others.filter(Boolean).length).toBeLessThan(10);
});

test('an empty filter has nothing', () => {
  expect(new BloomFilter(new Uint8Array(), 0, 0).mayHave('a')).toBe(false);
});

test.each([
  { bytes: 1, padding: 8, hashCount: 1 },
  { bytes: 1, padding: -1, hashCount: 1 },
  { bytes: 0, padding: 1, hashCount: 1 },
  { bytes: 1, padding: 0, hashCount: 0 },
  { bytes: 0, padding: 0, hashCount: -1 },
])('$bytes bytes, $padding padding and $hashCount hashes do not go together', (sizes) => {
  let error: unknown;
  try {
    error = new BloomFilter(new Uint8Array(sizes.bytes), sizes.padding, sizes.hashCount);
  } catch (thrown) {
    error = thrown;
  }
  expect(isFailure(error)).toBe(true);
});
