import { isAftermath } from './errors.ts';

/**
 * Has the database load one segment after another in the background, so that others are filled meanwhile. The
 * connection runs one statement at a time, and the next one is handed to it before that ends: otherwise it would have
 * nothing to do until this thread, which is busy, has heard of the end. Some loads take several times as long as others,
 * since DuckDB compresses only full row groups: a few may wait.
 */
export class Loader {
  /** Those that have not ended, or not cleaned up. One that throws ends well here, as its error is kept. */
  readonly #loads = new Set<Promise<void>>();
  /** The ends of the last ones, as many as run at once. */
  #ends: readonly Promise<void>[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** Whether nothing is being loaded. */
  get isIdle(): boolean {
    return this.#loads.size === 0;
  }

  /**
   * Has `load` begin while the one before runs, and `clean` once it has ended. Resolves when another one may be given.
   * Of two that have begun the connection may run either first. After a failure of one, those that wait begin all the
   * same, and may find that there is nothing left to do.
   * @throws like `settle`; neither is run then unless they were taken before.
   */
  async start(load: () => Promise<void>, clean: () => Promise<void>): Promise<void> {
    while (this.#loads.size > mostWaiting) await Promise.race(this.#loads);
    if (this.#failure !== undefined) await this.settle();
    const keep = (error: unknown) => {
      if (this.#failure === undefined || isAftermath(this.#failure.error))
        this.#failure = { error };
    };
    const [before = Promise.resolve()] = this.#ends.length < atOnce ? [] : this.#ends;
    const ended = before.then(load).catch(keep);
    const cleaned = ended
      .then(clean)
      .catch(keep)
      .then(() => void this.#loads.delete(cleaned));
    this.#loads.add(cleaned);
    this.#ends = [...this.#ends, ended].slice(-atOnce);
  }

  /** Resolves when nothing is being loaded. @throws what the first load threw whose own fault it was. */
  async settle(): Promise<void> {
    await Promise.all(this.#loads);
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** One that runs, and one that the connection has already. */
const atOnce = 2;

/** How many loads there may be besides that which is running. */
const mostWaiting = 3;
