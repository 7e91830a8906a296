import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../settings.ts';

/** How fast all calls together send documents: no faster than the settings say, first come, first served. */
export class Pace {
  readonly #settings: Settings;
  #freeAtMs = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Resolves when so many documents may be sent. Rejects with an abort. */
  async wait(documents: number, signal: AbortSignal): Promise<void> {
    const { documentsPerSecond } = this.#settings;
    if (documentsPerSecond === Infinity) return;
    const now = performance.now();
    const ms = Math.max(0, this.#freeAtMs - now);
    this.#freeAtMs = now + ms + (documents / documentsPerSecond) * 1000;
    if (ms > 0) await sleep(ms, undefined, { signal, ref: false });
  }
}
