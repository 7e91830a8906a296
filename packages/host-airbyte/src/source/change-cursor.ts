/**
 * A number that grows from record to record, also from one sync to the next: milliseconds since the
 * epoch and six digits that count within them. It fits 64 bits.
 */
export class ChangeCursor {
  #ms = 0;
  #count = 0;

  /** The decimal digits of the next record's cursor. The last six can be counted up {@link room} times. */
  get text(): string {
    return `${this.#ms}${String(this.#count).padStart(countDigits, '0')}`;
  }

  /** How many records there may be before the milliseconds change. */
  get room(): number {
    return countLimit - this.#count;
  }

  /** Goes on to the time of the clock, and never back. */
  follow(nowMs: number): void {
    if (nowMs <= this.#ms) return;
    this.#ms = nowMs;
    this.#count = 0;
  }

  /** So many records were written, no more than there was {@link room} for. */
  count(records: number): void {
    this.#count += records;
    if (this.#count < countLimit) return;
    this.#ms++;
    this.#count = 0;
  }
}

const countDigits = 6;
const countLimit = 10 ** countDigits;
