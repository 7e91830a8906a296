import { addAbortListener } from 'node:events';

/**
 * Who is told when signals abort. Each signal has one listener, however many wait for it, as Node warns of more than ten, and
 * however often, as adding one takes its time. Disposing takes them away.
 */
export class AbortListeners implements Disposable {
  readonly #waiting = new Map<AbortSignal, Set<(reason: unknown) => void>>();
  readonly #listeners: Disposable[] = [];

  /** Tells `listener` of an abort of `signal`, until the function that it answers is called. */
  add(signal: AbortSignal, listener: (reason: unknown) => void): () => void {
    const waiting = this.#waiting.get(signal) ?? this.#listen(signal);
    waiting.add(listener);
    return () => void waiting.delete(listener);
  }

  [Symbol.dispose](): void {
    for (const listener of this.#listeners.splice(0)) listener[Symbol.dispose]();
    this.#waiting.clear();
  }

  #listen(signal: AbortSignal): Set<(reason: unknown) => void> {
    const waiting = new Set<(reason: unknown) => void>();
    this.#waiting.set(signal, waiting);
    const tell = () => {
      for (const listener of waiting) listener(signal.reason);
    };
    this.#listeners.push(addAbortListener(signal, tell));
    return waiting;
  }
}
