import { create } from '@bufbuild/protobuf';
import { createHash } from 'node:crypto';
import { BloomFilterSchema, type BloomFilter } from '../protocol/listen.gen.ts';

/** How often a name that is not in the filter may seem to be. */
const errorRate = 0.0001;

/**
 * A filter that holds the given full document names: the bits `(h1 + i · h2) mod size`, where h1 and h2
 * are the halves of the MD5 of a name, least byte first.
 */
export function bloomOf(names: readonly string[]): BloomFilter {
  const bits = Math.max(
    1,
    Math.ceil((-names.length * Math.log(errorRate)) / (Math.LN2 * Math.LN2)),
  );
  const hashCount = Math.max(1, Math.round((bits / Math.max(1, names.length)) * Math.LN2));
  const bitmap = new Uint8Array(Math.ceil(bits / 8));
  for (const name of names) {
    for (const bit of placesOf(name, bits, hashCount)) {
      bitmap[bit >>> 3] = (bitmap[bit >>> 3] ?? 0) | (1 << (bit & 7));
    }
  }
  return create(BloomFilterSchema, {
    bits: { bitmap, padding: bitmap.length * 8 - bits },
    hashCount,
  });
}

/** Whether a filter may hold a name: surely not when false. */
export function mayHold({ bits, hashCount }: BloomFilter, name: string): boolean {
  const bitmap = bits?.bitmap ?? new Uint8Array();
  const size = bitmap.length * 8 - (bits?.padding ?? 0);
  if (size === 0) return false;
  return placesOf(name, size, hashCount).every(
    (bit) => ((bitmap[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0,
  );
}

function placesOf(name: string, size: number, hashCount: number): number[] {
  const digest = createHash('md5').update(name).digest();
  const [first, second] = [digest.readBigUInt64LE(0), digest.readBigUInt64LE(8)];
  return Array.from({ length: hashCount }, (_, index) =>
    Number(BigInt.asUintN(64, first + BigInt(index) * second) % BigInt(size)),
  );
}
