import type { Fauna } from '../client/fauna.ts';
import { isForbidden, isMissing } from '../client/error-kinds.ts';
import { inBatches } from '../in-batches.ts';
import { collection, collections, get } from '../wire/expression.ts';
import { listFql, listSet } from './listing.ts';
import { integerOf, isRecord, memberOf, refId } from './tagged.ts';

/** The names of the collections that the key may see, in the order of the server, which is stable. */
export async function collectionsOf(fauna: Fauna, signal: AbortSignal): Promise<readonly string[]> {
  const names =
    fauna.apiVersion === '10'
      ? (await listFql(fauna, 'Collection.all()', signal)).map(({ name }) => name)
      : (await listSet(fauna, collections(), signal)).map(refId);
  return names.filter((name) => typeof name === 'string');
}

/**
 * For how many days each of these collections keeps history; null is for ever. The server adds 15 minutes. A collection
 * whose definition the key may not see has no entry.
 */
export async function historyDaysOf(
  fauna: Fauna,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number | null>> {
  const wanted = new Set(names);
  const days = new Map<string, number | null>();
  const note = (name: string, definition: unknown) => {
    if (isRecord(definition)) days.set(name, integerOf(definition['history_days']) ?? null);
  };
  if (fauna.apiVersion === '10') {
    for (const definition of await listFql(fauna, 'Collection.all()', signal)) {
      const { name } = definition;
      if (typeof name === 'string' && wanted.has(name)) note(name, definition);
    }
    return days;
  }
  await inBatches(names, async (name) => {
    try {
      const answer = await fauna.query(get(collection(name)), signal);
      note(name, memberOf(answer, 'resource', fauna.server));
    } catch (error) {
      if (!isForbidden(error) && !isMissing(error)) throw error;
    }
  });
  return days;
}
