/** How many documents Google has billed as read, and how many may be. */
export class ReadMeter {
  /** No limit when undefined. */
  readonly limit: number | undefined;
  #used = 0;

  constructor(limit?: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Whether nothing more may be read. What was asked for before may go beyond the limit. */
  get isSpent(): boolean {
    return this.limit !== undefined && this.#used >= this.limit;
  }

  add(count: number): void {
    this.#used += count;
  }
}
