import { addAbortListener } from 'node:events';

/** Who is told when signals abort. Each signal has one listener, however many wait for it: Node warns of more than ten. */
export class AbortListeners {
  readonly #waiting = new Map<AbortSignal, Set<(reason: unknown) => void>>();
  readonly #listeners = new WeakMap<AbortSignal, Disposable>();

  /** Tells `listener` of an abort of `signal`, until the function that it answers is called. */
  add(signal: AbortSignal, listener: (reason: unknown) => void): () => void {
    const waiting = this.#waiting.get(signal) ?? this.#listen(signal);
    waiting.add(listener);
    return () => {
      waiting.delete(listener);
      if (waiting.size > 0 || this.#waiting.get(signal) !== waiting) return;
      this.#waiting.delete(signal);
      this.#listeners.get(signal)?.[Symbol.dispose]();
    };
  }

  #listen(signal: AbortSignal): Set<(reason: unknown) => void> {
    const waiting = new Set<(reason: unknown) => void>();
    this.#waiting.set(signal, waiting);
    const tell = () => {
      for (const listener of waiting) listener(signal.reason);
    };
    this.#listeners.set(signal, addAbortListener(signal, tell));
    return waiting;
  }
}
