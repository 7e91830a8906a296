import { Op, type Documents } from '@fairlead/sdk';
import { LineBuffer } from './line-buffer.ts';

/** Gathers rows of one stream, in order. */
export class RowBuffer {
  /** The rows, with their ops beside them. */
  readonly #rows = new LineBuffer((length) => new Uint8Array(length));
  #hasOps = false;

  get sizeBytes(): number {
    return this.#rows.sizeBytes;
  }

  get count(): number {
    return this.#rows.count;
  }

  /** Takes a copy. */
  add({ bytes, ends, ops }: Documents): void {
    const first = this.#rows.add(bytes, ends);
    if (ops === undefined) this.#rows.beside.fill(Op.upsert, first, this.#rows.count);
    else this.#rows.beside.set(ops, first);
    this.#hasOps ||= ops !== undefined;
  }

  /** What was gathered; nothing is left afterwards. Its memory is good until the next {@link add}. */
  take(): Documents {
    const { sizeBytes, count } = this.#rows;
    const bytes = this.#rows.bytes.subarray(0, sizeBytes);
    const ends = this.#rows.ends.slice(0, count);
    const ops = this.#hasOps ? this.#rows.beside.slice(0, count) : undefined;
    this.#rows.clear();
    this.#hasOps = false;
    return ops === undefined ? { bytes, ends } : { bytes, ends, ops };
  }
}
