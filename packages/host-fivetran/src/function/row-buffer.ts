import { ByteWriter } from '@fairlead/json';
import { type Documents, startOf } from '@fairlead/sdk';

/**
 * Rows of an array of JSON, in order, as bytes. Rows can be taken out again, and everything that was
 * done since a mark can be undone.
 */
export class RowBuffer {
  /** Each row, and a comma. */
  readonly #bytes = spares.pop() ?? new ByteWriter();
  readonly #ends: number[] = [];
  /** Rows that were taken out by themselves. */
  readonly #gone = new Set<number>();
  /** Those of them that were there at the mark. */
  #goneSinceMark: number[] = [];
  /** Rows before it are out. */
  #first = 0;
  #liveCount = 0;
  #liveBytes = 0;
  #mark = { count: 0, first: 0, liveCount: 0, liveBytes: 0 };

  /** Rows that were ever added, which is the number of the next one. */
  get count(): number {
    return this.#ends.length;
  }

  /** Rows that are in. */
  get liveCount(): number {
    return this.#liveCount;
  }

  /** Bytes of the rows that are in, with a comma each. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Adds the documents from one index up to another as they are. */
  addAll(documents: Documents, from: number, to: number): void {
    const { bytes, ends } = documents;
    const start = startOf(documents, from);
    const stop = startOf(documents, to);
    const shift = this.#bytes.length - start;
    this.#bytes.bytes(bytes.subarray(start, stop));
    const written = this.#bytes.view();
    for (let index = from; index < to; index++) {
      const end = (ends[index] ?? 0) + shift;
      written[end - 1] = comma;
      this.#ends.push(end);
    }
    this.#liveCount += to - from;
    this.#liveBytes += stop - start;
  }

  /** Adds one row, which is a JSON object without an end of line. */
  add(row: Uint8Array): void {
    this.#bytes.bytes(row);
    this.#bytes.byte(comma);
    this.#ends.push(this.#bytes.length);
    this.#liveCount++;
    this.#liveBytes += row.length + 1;
  }

  /** Takes a row out, unless it is out already. */
  remove(row: number): void {
    if (row < this.#first || this.#gone.has(row)) return;
    this.#gone.add(row);
    if (row < this.#mark.count) this.#goneSinceMark.push(row);
    this.#liveCount--;
    this.#liveBytes -= this.#sizeOf(row);
  }

  /** Takes all rows out. */
  removeAll(): void {
    this.#first = this.#ends.length;
    this.#liveCount = 0;
    this.#liveBytes = 0;
  }

  /** Rows that are in stay in, whatever is undone later. */
  mark(): void {
    this.#mark = {
      count: this.#ends.length,
      first: this.#first,
      liveCount: this.#liveCount,
      liveBytes: this.#liveBytes,
    };
    this.#goneSinceMark = [];
  }

  /** Makes the rows what they were at the last mark. */
  undo(): void {
    const { count, first, liveCount, liveBytes } = this.#mark;
    this.#bytes.truncate(count === 0 ? 0 : (this.#ends[count - 1] ?? 0));
    this.#ends.length = count;
    this.#first = first;
    this.#liveCount = liveCount;
    this.#liveBytes = liveBytes;
    for (const row of this.#goneSinceMark) this.#gone.delete(row);
  }

  /** The rows that are in, with commas between them; good until the next row is added. */
  encode(): Uint8Array {
    const view = this.#bytes.view();
    if (this.#liveCount === this.#ends.length)
      return view.subarray(0, Math.max(0, view.length - 1));
    const out = new ByteWriter(this.#liveBytes);
    for (let row = this.#first; row < this.#ends.length; row++) {
      if (!this.#gone.has(row)) out.bytes(view.subarray(this.#startOf(row), this.#ends[row]));
    }
    out.truncate(out.length - 1);
    return out.view();
  }

  /** Gives the memory back for another buffer. Nothing can be done with this one, or its rows, afterwards. */
  release(): void {
    const { length } = this.#bytes;
    if (length === 0 || length > largestSpare || spares.length >= mostSpares) return;
    this.#bytes.truncate(0);
    spares.push(this.#bytes);
  }

  #sizeOf(row: number): number {
    return (this.#ends[row] ?? 0) - this.#startOf(row);
  }

  #startOf(row: number): number {
    return row === 0 ? 0 : (this.#ends[row - 1] ?? 0);
  }
}

const comma = 0x2c;

/** Memory of earlier calls, as memory that was never used before costs more than to fill it. */
const spares: ByteWriter[] = [];
const mostSpares = 2;
const largestSpare = 16 * 1024 * 1024;
