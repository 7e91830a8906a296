import type { Log } from '@fairlead/sdk';
import { failureOf } from '../client/failure-of.ts';
import type { Fauna } from '../client/fauna.ts';
import { historyDaysOf } from '../discovery/collections-of.ts';

/** Logs which collections keep no history but for the 15 minutes that all have: later, deletions are gone. */
export async function warnOfShortHistory(
  fauna: Fauna,
  names: readonly string[],
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<void> {
  const days = await historyDaysOf(fauna, names, signal).catch((error: unknown) => {
    throw failureOf(error, fauna.server);
  });
  const collections = names.filter((name) => days.get(name) === 0);
  if (collections.length === 0) return;
  log.warn('deletions are told of for 15 minutes only, as history_days is 0', { collections });
}
