import { sharedKernel, type Dialect, type Rows } from './kernel.ts';
import type { Page } from './page.ts';
import { pageFailure, tooLarge } from './page-failure.ts';

/**
 * The rows of an answer, in the memory that all readers of this thread share.
 * @throws {Failure} data, when it cannot be read.
 */
export function readRows(body: Uint8Array, dialect: Dialect, isUrlSafe: boolean): Rows {
  if (body.length > largestBody) {
    throw pageFailure(body, { code: tooLarge, offset: largestBody, row: 0, ref: undefined });
  }
  const rows = sharedKernel(body.length).read(body, dialect, isUrlSafe);
  if ('code' in rows) throw pageFailure(body, rows);
  return rows;
}

/** The rows of the last answer of one reader: memory that is used again for the next, and grows as it has to. */
export class RowMemory {
  #lines = new Uint8Array(16_384);
  #ts = new BigInt64Array(64);
  #ends = new Uint32Array(64);
  #refs = new Uint32Array(128);
  #actions = new Uint8Array(64);

  /** A copy of `rows`, which are of `body`. */
  page(body: Uint8Array, rows: Rows): Page {
    const { count, after } = rows;
    this.#reserve(rows.lines.length, count);
    this.#lines.set(rows.lines);
    this.#ts.set(rows.ts);
    this.#ends.set(rows.ends);
    this.#refs.set(rows.refs);
    this.#actions.set(rows.actions);
    return {
      lines: this.#lines.subarray(0, rows.lines.length),
      ends: this.#ends.subarray(0, count),
      count,
      ts: this.#ts.subarray(0, count),
      refs: this.#refs.subarray(0, 2 * count),
      actions: this.#actions.subarray(0, count),
      after: after && Uint8Array.from(body.subarray(after.start, after.end)),
    };
  }

  #reserve(sizeBytes: number, count: number): void {
    if (sizeBytes > this.#lines.length || isWasteful(this.#lines.length, sizeBytes)) {
      this.#lines = new Uint8Array(Math.ceil(sizeBytes * 1.5));
    }
    if (count <= this.#ends.length) return;
    this.#ts = new BigInt64Array(count);
    this.#ends = new Uint32Array(count);
    this.#refs = new Uint32Array(2 * count);
    this.#actions = new Uint8Array(count);
  }
}

/** One answer that was very large shall not hold memory for all that follow. */
function isWasteful(sizeBytes: number, needed: number): boolean {
  return sizeBytes > 16 * 1024 * 1024 && needed < sizeBytes / 16;
}

/** Rows take up to three times as much, and addresses end at 2 GiB. */
const largestBody = 256 * 1024 * 1024;
