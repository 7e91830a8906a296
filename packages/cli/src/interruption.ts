/** How a person's wish to end the call reaches a verb. */
export interface Interruption {
  /** Aborted when the verb is to end at the next good moment. */
  readonly stop: AbortSignal;
  /** Aborted when the verb is to end at once. */
  readonly now: AbortSignal;
  /** The exit code of a call that ended at once: 130 after Ctrl-C, 143 after SIGTERM. */
  readonly exitCode: number;
  /** Whether a verb has asked to be stopped gently, as what it has not committed is read again. */
  readonly isGentle: boolean;
  /** From here on the first signal only sets `stop`, and says so by `notice`. */
  stopGently(notice: () => void): void;
}

/** The part of a process that {@link heedSignals} needs. */
export interface Signalled {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** How long a verb may take to end at once, before the process ends around it. */
const graceMs = 3_000;

/**
 * Turns SIGINT and SIGTERM into an {@link Interruption}. The first ends a verb at once, unless it
 * has asked to be stopped gently; then the second does. One more ends the process by `end`.
 */
export function heedSignals(process: Signalled, end: (exitCode: number) => void): Interruption {
  const stop = new AbortController();
  const now = new AbortController();
  let exitCode = 130;
  let gentle: (() => void) | undefined;
  const heed = (code: number) => () => {
    exitCode = code;
    if (now.signal.aborted) return end(code);
    if (gentle !== undefined && !stop.signal.aborted) {
      stop.abort();
      return gentle();
    }
    stop.abort();
    now.abort(new Interrupted());
    setTimeout(() => end(code), graceMs).unref();
  };
  process.on('SIGINT', heed(130));
  process.on('SIGTERM', heed(143));
  return {
    stop: stop.signal,
    now: now.signal,
    get exitCode() {
      return exitCode;
    },
    get isGentle() {
      return gentle !== undefined;
    },
    stopGently(notice) {
      gentle = notice;
    },
  };
}

/** What is thrown by whatever an interruption ends. */
class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
