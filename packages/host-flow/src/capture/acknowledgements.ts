/** Documents after which the runtime may commit on its own, within a sequence. */
const syntheticCheckpointBytes = 512e6;

/** The checkpoints that the runtime has not acknowledged yet, in order. */
export class Acknowledgements {
  readonly #waiting: Waiting[] = [];

  /** How many checkpoints have not been acknowledged. */
  get count(): number {
    return this.#waiting.length;
  }

  /**
   * A checkpoint was written, after so many bytes of documents. A runtime that commits in the
   * middle of a large sequence may count those commits too: then this one waits for as many more,
   * since to hear of it late loses nothing.
   */
  expect(sizeBytes: number, committed: (() => Promise<void>) | undefined): void {
    this.#waiting.push({ owed: 1 + Math.floor(sizeBytes / syntheticCheckpointBytes), committed });
  }

  /** What to call, in order, after so many more checkpoints were acknowledged. */
  acknowledge(checkpoints: number): readonly (() => Promise<void>)[] {
    const calls: (() => Promise<void>)[] = [];
    let rest = checkpoints;
    for (let first = this.#waiting[0]; first !== undefined && rest > 0; first = this.#waiting[0]) {
      const paid = Math.min(rest, first.owed);
      first.owed -= paid;
      rest -= paid;
      if (first.owed > 0) break;
      this.#waiting.shift();
      if (first.committed !== undefined) calls.push(first.committed);
    }
    return calls;
  }
}

interface Waiting {
  owed: number;
  readonly committed: (() => Promise<void>) | undefined;
}
