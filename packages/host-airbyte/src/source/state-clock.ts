/** When states are due: seldom enough not to drown a destination, often enough to make a retry cheap. */
export interface StatePace {
  readonly everyMs: number;
  readonly everyRecords: number;
}

/** A state each second, or after 10,000 records. */
export const usualPace: StatePace = { everyMs: 1_000, everyRecords: 10_000 };

/** Counts records between states, of one stream or of several that share a state. */
export class StateClock {
  readonly #pace: StatePace;
  readonly #now: () => number;
  #sinceMs: number;
  /** Records since the last state. */
  records = 0;
  /** Whether every record is covered by a checkpoint. */
  isClean = true;
  /** Whether a state was written since the last record and checkpoint. */
  isUpToDate = false;
  /** Whether there was a checkpoint for which no state was written. */
  isBehind = false;

  constructor(pace: StatePace, now: () => number) {
    this.#pace = pace;
    this.#now = now;
    this.#sinceMs = now();
  }

  get isDue(): boolean {
    const { everyMs, everyRecords } = this.#pace;
    return this.records >= everyRecords || this.#now() - this.#sinceMs >= everyMs;
  }

  /** Records were written. */
  add(count: number): void {
    this.records += count;
    this.isClean = false;
    this.isUpToDate = false;
  }

  /** There is another state to be written. */
  pass(): void {
    this.isUpToDate = false;
    this.isBehind = true;
  }

  /** A state was written. Answers how many records it stands for. */
  take(): number {
    const { records } = this;
    this.records = 0;
    this.isBehind = false;
    this.isUpToDate = true;
    this.#sinceMs = this.#now();
    return records;
  }
}
