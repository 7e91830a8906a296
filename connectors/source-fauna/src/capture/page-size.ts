/** How many elements to ask for: fewer after a page that was too large, and more again after some that were not. */
export class PageSize {
  readonly #most: number;
  #size: number;
  #successes = 0;

  constructor(most: number) {
    this.#most = most;
    this.#size = most;
  }

  get now(): number {
    return this.#size;
  }

  /** A page of `size` was too large. @returns false when there is no smaller one. */
  shrink(size: number): boolean {
    this.#successes = 0;
    if (size <= 1) return false;
    this.#size = Math.min(this.#size, Math.max(1, size >> 1));
    return true;
  }

  /** A page has come, of so many bytes. */
  note(sizeBytes: number): void {
    if (sizeBytes > mostBytes) {
      this.shrink(this.#size);
      return;
    }
    const isFull = this.#size === this.#most || sizeBytes * 2 > mostBytes;
    if (isFull || ++this.#successes < successesToGrow) return;
    this.#successes = 0;
    this.#size = Math.min(this.#most, this.#size * 2);
  }
}

/** Of an answer: several of them are in memory, as they came and as rows. */
const mostBytes = 8 * 1024 * 1024;
/** After so many pages in a row a larger one is tried. */
const successesToGrow = 16;
