/**
 * Runs one load after another in the background, so that segments are filled meanwhile. Some loads
 * take several times as long as others, since DuckDB compresses only full row groups: a few may wait.
 */
export class Loader {
  /** Those that have not ended, in order. A load that throws ends well here, as its error is kept. */
  readonly #loads: Promise<void>[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** Whether a load that is given now would run at once. */
  get isIdle(): boolean {
    return this.#loads.length === 0;
  }

  /**
   * Has `load` run once those before have ended. Resolves when another one may be given. After a failure
   * of one, those that wait run all the same, and may find that there is nothing left to do.
   * @throws what one threw; `load` is not run then unless it was taken before.
   */
  async start(load: () => Promise<void>): Promise<void> {
    while (this.#loads.length > mostWaiting) await this.#loads[0];
    if (this.#failure !== undefined) throw this.#failure.error;
    const before = this.#loads.at(-1) ?? Promise.resolve();
    const ended = before
      .then(load)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .then(() => void this.#loads.shift());
    this.#loads.push(ended);
  }

  /** Resolves when nothing is being loaded. @throws what a load threw. */
  async settle(): Promise<void> {
    await this.#loads.at(-1);
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** How many loads there may be besides that which is running. */
const mostWaiting = 3;
