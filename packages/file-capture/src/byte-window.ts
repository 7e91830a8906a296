/** As large as the buffer gets without need, and as it is again after a long record. */
const usualBytes = 4 * 1024 * 1024;

/**
 * Bytes that have arrived and are not yet done with, in one piece: a buffer with a beginning that
 * moves on. Each byte is copied in once and seldom moved.
 */
export class ByteWindow {
  #buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** All of it, good until the next `append`. */
  view(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Is done with the first `count` bytes. */
  drop(count: number): void {
    this.#start += count;
  }

  append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length);
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  #makeRoom(extra: number): void {
    const { length } = this;
    const needed = length + extra;
    const capacity = this.#buffer.length;
    const roomy = needed <= capacity / 2 && capacity <= 4 * usualBytes;
    const target = roomy ? this.#buffer : Buffer.allocUnsafeSlow(sizeFor(needed, capacity));
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#buffer = target;
    this.#start = 0;
    this.#end = length;
  }
}

/** Small for a small file; otherwise so large that what remains is moved once in several chunks. */
function sizeFor(needed: number, capacity: number): number {
  if (capacity === 0) return needed;
  return Math.max(usualBytes, needed * 2);
}
