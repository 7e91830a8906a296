/** Lets one loop sleep until there is something to do. */
export class Waker {
  #pending = false;
  #resume: (() => void) | undefined;

  /** Ends the present wait, or the next one at once. */
  wake(): void {
    this.#pending = true;
    this.#resume?.();
  }

  /** Done after `wake`, or when the machine's clock, as `performance.now`, reaches `untilMs`. */
  async wait(untilMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    if (!this.#pending) {
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
        if (untilMs === Infinity) return;
        const ms = Math.max(0, Math.ceil(untilMs - performance.now()));
        timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
        timer.unref();
      });
    }
    clearTimeout(timer);
    this.#resume = undefined;
    this.#pending = false;
  }
}
