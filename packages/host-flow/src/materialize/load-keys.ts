import { ByteWriter } from '@fairlead/json';
import type { Documents } from '@fairlead/sdk';
import type { LoadBatch } from '../protocol/batches.ts';
import { unpackTuple } from './unpack-tuple.ts';

/** The keys that Flow wants loaded from one table, as lines of JSON arrays. */
export class LoadKeys {
  #bytes = new ByteWriter();
  #ends: number[] = [];
  #full: Documents[] = [];

  /** @throws {Failure} data, for a key that is no packed tuple. */
  add({ keys, packed }: LoadBatch): void {
    const { bytes, starts, ends } = keys;
    for (let index = 0; index < starts.length; index++) {
      const start = starts[index] ?? 0;
      const end = ends[index] ?? 0;
      if (packed) unpackTuple(bytes, start, end, this.#bytes);
      else this.#bytes.bytes(bytes.subarray(start, end));
      this.#bytes.byte(newline);
      this.#ends.push(this.#bytes.length);
      if (this.#bytes.length >= batchBytes) this.#seal();
    }
  }

  /** All keys, about 1 MiB at once; none are left. */
  take(): readonly Documents[] {
    if (this.#ends.length > 0) this.#seal();
    return this.#full.splice(0);
  }

  #seal(): void {
    this.#full.push({ bytes: this.#bytes.take(), ends: Uint32Array.from(this.#ends) });
    this.#ends = [];
  }
}

const batchBytes = 1024 * 1024;
const newline = 0x0a;
