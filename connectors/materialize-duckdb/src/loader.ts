/**
 * Runs one load at a time in the background, so that a segment is filled while another one is
 * loaded. Only one waits: who asks for a further one waits for the one before.
 */
export class Loader {
  #running: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  /** Starts `load` once the one before has ended. Resolves then. @throws what that one threw. */
  async start(load: () => Promise<void>): Promise<void> {
    await this.settle();
    this.#running = load().catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  /** Resolves when nothing is being loaded. @throws what a load threw. */
  async settle(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
