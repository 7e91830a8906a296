import { Op, type Documents } from '@fairlead/sdk';

/** Gathers rows of one stream, in order. */
export class RowBuffer {
  #bytes: Buffer = Buffer.alloc(0);
  #ends = new Uint32Array(0);
  #ops = new Uint8Array(0);
  #sizeBytes = 0;
  #count = 0;
  #hasOps = false;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes a copy. */
  add({ bytes, ends, ops }: Documents): void {
    this.#reserve(bytes.length, ends.length);
    this.#bytes.set(bytes, this.#sizeBytes);
    for (let index = 0; index < ends.length; index++) {
      this.#ends[this.#count + index] = (ends[index] ?? 0) + this.#sizeBytes;
    }
    if (ops === undefined) this.#ops.fill(Op.upsert, this.#count, this.#count + ends.length);
    else this.#ops.set(ops, this.#count);
    this.#hasOps ||= ops !== undefined;
    this.#sizeBytes += bytes.length;
    this.#count += ends.length;
  }

  /** What was gathered; nothing is left afterwards. Its memory is good until the next {@link add}. */
  take(): Documents {
    const bytes = this.#bytes.subarray(0, this.#sizeBytes);
    const ends = this.#ends.slice(0, this.#count);
    const ops = this.#hasOps ? this.#ops.slice(0, this.#count) : undefined;
    if (bytes.length > largestKept) this.#bytes = Buffer.alloc(0);
    this.#sizeBytes = 0;
    this.#count = 0;
    this.#hasOps = false;
    return ops === undefined ? { bytes, ends } : { bytes, ends, ops };
  }

  #reserve(sizeBytes: number, count: number): void {
    const size = this.#sizeBytes + sizeBytes;
    if (size > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(size, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#sizeBytes));
      this.#bytes = larger;
    }
    const rows = this.#count + count;
    if (rows <= this.#ends.length) return;
    const length = Math.max(rows, this.#ends.length * 2);
    const ends = new Uint32Array(length);
    const ops = new Uint8Array(length);
    ends.set(this.#ends);
    ops.set(this.#ops);
    this.#ends = ends;
    this.#ops = ops;
  }
}

const largestKept = 4 * 1024 * 1024;
