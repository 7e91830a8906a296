import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../settings.ts';

/** How fast all answers together are sent: no faster than the settings say, first come, first served. */
export class Pace {
  readonly #settings: Settings;
  #freeAtMs = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Resolves when so many elements may be sent. */
  async wait(elements: number): Promise<void> {
    const { documentsPerSecond } = this.#settings;
    if (documentsPerSecond === Infinity || elements === 0) return;
    const now = performance.now();
    this.#freeAtMs = Math.max(now, this.#freeAtMs) + (elements / documentsPerSecond) * 1000;
    await sleep(this.#freeAtMs - now, undefined, { ref: false });
  }
}
