import { createHash } from 'node:crypto';
import { malformed } from './protobuf.ts';

/**
 * A set of names that says of some others too that it has them, and never of one of its own that it has not. Two
 * halves of the MD5 of a name stand for as many hashes as there are.
 */
export class BloomFilter {
  readonly #bitmap: Uint8Array;
  readonly #bitCount: bigint;
  readonly #hashCount: number;

  /**
   * The filter with the bits of `bitmap` but for the last `padding`.
   * @throws {Failure} data, when these do not go together.
   */
  constructor(bitmap: Uint8Array, padding: number, hashCount: number) {
    const isEmpty = bitmap.length === 0;
    if (padding < 0 || padding > (isEmpty ? 0 : 7) || hashCount < (isEmpty ? 0 : 1)) {
      throw malformed('a bloom filter has sizes that do not go together');
    }
    this.#bitmap = bitmap;
    this.#bitCount = BigInt(bitmap.length * 8 - padding);
    this.#hashCount = hashCount;
  }

  /** Whether the full name of a document may be in the set. */
  mayHave(name: string | Uint8Array): boolean {
    if (this.#bitCount === 0n) return false;
    const digest = createHash('md5').update(name).digest();
    const step = digest.readBigUInt64LE(8);
    let hash = digest.readBigUInt64LE(0);
    for (let i = 0; i < this.#hashCount; i++) {
      const bit = Number(hash % this.#bitCount);
      if (((this.#bitmap[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
      hash = BigInt.asUintN(64, hash + step);
    }
    return true;
  }
}
