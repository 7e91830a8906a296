/**
 * Bytes that were gathered, where each line of them ends, and a number beside each line. The memory
 * grows by doubling and is used again.
 */
export class LineBuffer<Beside extends Uint8Array | Float64Array> {
  /** The memory, of which the first {@link sizeBytes} are filled; another one after {@link add}. */
  bytes: Buffer = Buffer.alloc(0);
  /** The ends, of which there are {@link count}. */
  ends = new Uint32Array(0);
  /** The numbers beside them, which the caller writes. */
  beside: Beside;
  readonly #createBeside: (length: number) => Beside;
  #sizeBytes = 0;
  #count = 0;

  constructor(createBeside: (length: number) => Beside) {
    this.#createBeside = createBeside;
    this.beside = createBeside(0);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes a copy of some lines, and answers the index of the first. */
  add(bytes: Uint8Array, ends: Uint32Array): number {
    const first = this.#count;
    this.#reserve(bytes.length, ends.length);
    this.bytes.set(bytes, this.#sizeBytes);
    for (let index = 0; index < ends.length; index++) {
      this.ends[first + index] = (ends[index] ?? 0) + this.#sizeBytes;
    }
    this.#sizeBytes += bytes.length;
    this.#count += ends.length;
    return first;
  }

  /** Empties it. What it held is good until the next {@link add}. */
  clear(): void {
    if (this.#sizeBytes > largestKept) this.bytes = Buffer.alloc(0);
    this.#sizeBytes = 0;
    this.#count = 0;
  }

  #reserve(sizeBytes: number, count: number): void {
    const size = this.#sizeBytes + sizeBytes;
    if (size > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(size, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.#sizeBytes));
      this.bytes = larger;
    }
    const lines = this.#count + count;
    if (lines <= this.ends.length) return;
    const length = Math.max(lines, this.ends.length * 2);
    const ends = new Uint32Array(length);
    const beside = this.#createBeside(length);
    ends.set(this.ends);
    beside.set(this.beside);
    this.ends = ends;
    this.beside = beside;
  }
}

const largestKept = 4 * 1024 * 1024;
