import { type Log, silentLog } from '@fairlead/sdk';

/** What credentials take from outside. Tests give their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  /** This machine's clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** Evenly spread over [0, 1). */
  readonly random: () => number;
  /** Resolves after some time; rejects when the signal is aborted. By default a timer. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
}

/** The process's own surroundings, but for what is given. */
export function surroundings(given: Partial<Surroundings> = {}): Surroundings {
  return {
    env: given.env ?? process.env,
    fetch: given.fetch ?? fetch,
    now: given.now ?? Date.now,
    random: given.random ?? Math.random,
    sleep: given.sleep,
    log: given.log ?? silentLog,
    platform: given.platform ?? process.platform,
  };
}
