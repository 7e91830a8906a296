import { FaunaError } from './fauna-error.ts';
import { LinkError, type LinkReason } from './link-error.ts';

/** How often a call is made at most, the first time included, and how long the waits between are. */
export interface Patience {
  readonly attempts: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * How patient to be with an error; undefined when trying again is of no use.
 * @param hasAnswered whether the server ever answered: before, it is more likely that the settings are wrong.
 */
export function patienceWith(error: unknown, hasAnswered: boolean): Patience | undefined {
  if (error instanceof FaunaError) {
    if (error.status === 503 && error.is('time out')) return short;
    // What stands in between may say something of its own for a while, as when it is updated.
    if (error.isForeign && hasAnswered) return usual;
    return statuses[error.status];
  }
  if (!(error instanceof LinkError)) return undefined;
  const patience = reasons[error.reason];
  return patience === usual && !hasAnswered ? short : patience;
}

const usual: Patience = { attempts: 8, minDelayMs: 200, maxDelayMs: 20_000 };
/** What may as well be asked for in smaller parts, or not be there at all. */
const short: Patience = { attempts: 3, minDelayMs: 200, maxDelayMs: 5_000 };
const throttled: Patience = { attempts: 10, minDelayMs: 1_000, maxDelayMs: 60_000 };
const once: Patience = { attempts: 2, minDelayMs: 200, maxDelayMs: 5_000 };

const statuses: Readonly<Record<number, Patience>> = {
  408: usual,
  409: usual,
  429: throttled,
  500: short,
  502: usual,
  503: usual,
  504: usual,
  540: usual,
};

const reasons: Readonly<Partial<Record<LinkReason, Patience>>> = {
  'no-host': usual,
  refused: usual,
  unreachable: usual,
  cut: usual,
  silent: short,
  late: once,
};
