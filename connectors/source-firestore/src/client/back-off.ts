export interface BackOffOptions {
  /** The step of the first wait. */
  readonly minMs?: number;
  /** The longest step. */
  readonly maxMs?: number;
  /** How much longer each step is than the one before. */
  readonly factor?: number;
  /** Evenly spread over [0, 1). */
  readonly random?: () => number;
}

/** How long to wait after each failure in a row: any part of a step that grows, so that clients do not return together. */
export class BackOff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #factor: number;
  readonly #random: () => number;
  #stepMs: number;

  constructor({
    minMs = 100,
    maxMs = 60_000,
    factor = 1.5,
    random = Math.random,
  }: BackOffOptions = {}) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.#factor = factor;
    this.#random = random;
    this.#stepMs = minMs;
  }

  /** The next wait in milliseconds: from none up to the step, which then grows. */
  next(): number {
    const ms = this.#random() * this.#stepMs;
    this.#stepMs = Math.min(this.#maxMs, this.#stepMs * this.#factor);
    return ms;
  }

  /** A wait for a server that asks for less: half of the longest step or more, as are those after it up to a reset. */
  slowDown(): number {
    this.#stepMs = this.#maxMs;
    return this.#maxMs * (0.5 + this.#random() / 2);
  }

  /** Begins again with the shortest step, as after any progress. */
  reset(): void {
    this.#stepMs = this.#minMs;
  }
}
