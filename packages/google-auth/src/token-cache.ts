import { type Failure, isFailure } from '@fairlead/sdk';
import { addAbortListener } from 'node:events';
import type { AccessToken } from './access-token.ts';
import type { TokenFetcher } from './credentials.ts';
import type { Surroundings } from './surroundings.ts';

/** A token that is used until shortly before its end. */
interface Held extends AccessToken {
  readonly renewAtMs: number;
}

/** A request on its way, and who waits for it. */
interface Running {
  readonly token: Promise<Held>;
  readonly stop: AbortController;
  /** By the signal that ends the wait: a hundred calls with one signal listen to it once. */
  readonly waits: Map<AbortSignal, Promise<Held>>;
}

/**
 * The one token of some credentials. All who ask while a request is on its way share it. A new one is
 * asked for 3 to 3¾ minutes before the old one ends: metadata servers give the old one out
 * again until 4 minutes before. If that fails in passing, the old one serves as long as it lasts.
 */
export class TokenCache {
  readonly #fetchToken: TokenFetcher;
  readonly #around: Surroundings;
  #held: Held | undefined;
  #running: Running | undefined;
  #wasRefused = false;
  /** When a renewal that failed in passing may be tried again. */
  #tryAgainAtMs = -Infinity;

  constructor(fetchToken: TokenFetcher, around: Surroundings) {
    this.#fetchToken = fetchToken;
    this.#around = around;
  }

  async token(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const nowMs = this.#around.now();
    const held = this.#held;
    if (held !== undefined && nowMs < held.renewAtMs) return held.value;
    const stillGood = held !== undefined && nowMs < held.expiresAtMs - tooLateMs ? held : undefined;
    if (stillGood !== undefined && nowMs < this.#tryAgainAtMs) return stillGood.value;
    this.#running ??= this.#start(stillGood === undefined ? undefined : 1);
    try {
      return (await this.#join(this.#running, signal)).value;
    } catch (error) {
      if (stillGood === undefined || stillGood !== this.#held || !isTransient(error)) throw error;
      this.#tryAgainAtMs = this.#around.now() + pauseMs;
      this.#around.log.warn('the access token could not be renewed yet', { error: error.message });
      return stillGood.value;
    }
  }

  forget(refused?: string): void {
    if (refused !== undefined && refused !== this.#held?.value) return;
    this.#held = undefined;
    this.#wasRefused = true;
  }

  #start(attempts: number | undefined): Running {
    const stop = new AbortController();
    const wasRefused = this.#wasRefused;
    const token = this.#fetchToken({ signal: stop.signal, attempts, wasRefused }).then(
      (fetched) => {
        if (wasRefused) this.#wasRefused = false;
        return this.#keep(fetched);
      },
    );
    const running: Running = { token, stop, waits: new Map() };
    // Also the handler without which a failure that nobody waits for any more would end the process.
    token.then(
      () => this.#finish(running),
      () => this.#finish(running),
    );
    return running;
  }

  #keep(fetched: AccessToken): Held {
    const lifetimeMs = Math.max(0, fetched.expiresAtMs - this.#around.now());
    const earlyMs = Math.min(225_000 - 45_000 * this.#around.random(), lifetimeMs / 4);
    this.#held = { ...fetched, renewAtMs: fetched.expiresAtMs - earlyMs };
    return this.#held;
  }

  #finish(running: Running): void {
    if (this.#running === running) this.#running = undefined;
  }

  /** Waits with the others. Only the last one who leaves ends the request. */
  #join(running: Running, signal: AbortSignal): Promise<Held> {
    const { token, stop, waits } = running;
    const joined = waits.get(signal);
    if (joined !== undefined) return joined;
    const wait = new Promise<Held>((resolve, reject) => {
      const leaving = addAbortListener(signal, () => {
        reject(signal.reason);
        waits.delete(signal);
        if (waits.size > 0) return;
        this.#finish(running);
        stop.abort(signal.reason);
      });
      const stay = () => leaving[Symbol.dispose]();
      token.then(resolve, reject).then(stay, stay);
    });
    waits.set(signal, wait);
    return wait;
  }
}

/** A token that ends sooner than this may end on the way to the server. */
const tooLateMs = 10_000;
const pauseMs = 30_000;

function isTransient(error: unknown): error is Failure {
  return isFailure(error) && error.kind === 'transient';
}
