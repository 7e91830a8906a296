import type { Call } from '@fairlead/grpc';
import { Failure } from '@fairlead/sdk';

/** Cancels a call that says nothing any more. */
export class Watchdog {
  readonly #silenceMs: number;
  readonly #timer: NodeJS.Timeout;
  #hasBarked = false;

  /** @param silenceMs after how much silence. */
  constructor(call: Pick<Call, 'cancel'>, silenceMs: number) {
    this.#silenceMs = silenceMs;
    this.#timer = setTimeout(() => {
      this.#hasBarked = true;
      call.cancel();
    }, silenceMs);
  }

  /** The call has said something, or nobody has listened until now. */
  refresh(): void {
    this.#timer.refresh();
  }

  /** What the error of the call is about: that it was cancelled from here, or the error itself. */
  explain(error: unknown, what: string, where: string): unknown {
    if (!this.#hasBarked) return error;
    const seconds = Math.round(this.#silenceMs / 1000);
    return new Failure('transient', `${what} was silent for ${seconds} s`, { where });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
