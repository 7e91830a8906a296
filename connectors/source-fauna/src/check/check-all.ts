import { Failure, type Log } from '@fairlead/sdk';
import { isForbidden } from '../client/error-kinds.ts';
import { failureOf } from '../client/failure-of.ts';
import type { Fauna } from '../client/fauna.ts';
import { collectionsOf } from '../discovery/collections-of.ts';
import { usableIndexes } from '../discovery/usable-indexes.ts';
import { inBatches } from '../in-batches.ts';
import type { FaunaConfig } from '../settings.ts';
import { probeRead } from './probe-read.ts';
import { warnOfShortHistory } from './warn-of-short-history.ts';

/**
 * Proves that collections and indexes may be listed, and that documents of the first collections may be read.
 * @throws {Failure} when nothing can be listed, or none of the documents be read; of some it is logged.
 */
export async function checkAll(
  fauna: Fauna,
  config: FaunaConfig,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<void> {
  const names = await listing(fauna, 'collections', () => collectionsOf(fauna, signal));
  const indexes = await listing(fauna, 'indexes', () => usableIndexes(fauna, signal));
  if (names.length === 0) {
    log.warn('no collection is listed: there is none, or the key may not see any', {
      server: fauna.server,
    });
    return;
  }
  const probed = names.slice(0, mostProbed);
  await checkReading(fauna, probed, { signal, log });
  const unindexed = names.filter((name) => !indexes.has(name));
  if (fauna.apiVersion === '4' && unindexed.length > 0) {
    log.info('collections without an index on ts and ref are read as a whole each time', {
      collections: unindexed.slice(0, mostProbed),
      count: unindexed.length,
    });
  }
  if (config.collection.deletions.deletion_mode === 'deleted_field') {
    await warnOfShortHistory(fauna, probed, { signal, log });
  }
}

/** With more of them the first tell enough. */
const mostProbed = 64;

async function listing<T>(
  fauna: Fauna,
  what: 'collections' | 'indexes',
  list: () => Promise<T>,
): Promise<T> {
  try {
    return await list();
  } catch (error) {
    if (!isForbidden(error)) throw failureOf(error, fauna.server);
    const set = what === 'collections' ? 'Collections()' : 'Indexes()';
    throw new Failure('access', `No permissions to list ${what}`, {
      where: fauna.server,
      hint: `Give the role of the key read on ${set}, use a key with the role server-readonly, or name one collection in collection.name.`,
      cause: error,
    });
  }
}

async function checkReading(
  fauna: Fauna,
  names: readonly string[],
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<void> {
  const hidden = await inBatches(names, async (name) => {
    try {
      return (await probeRead(fauna, name, signal)) ? [] : [name];
    } catch (error) {
      throw failureOf(error, `collection ${name}`);
    }
  });
  const collections = hidden.flat();
  if (collections.length === 0) return;
  if (collections.length === names.length) {
    throw new Failure('access', 'No permissions to read the documents of any collection', {
      where: fauna.server,
      hint: `Give the role of the key read on what you want to read, such as the collection ${collections[0]}.`,
    });
  }
  log.warn('some collections look empty, as the key may not read their documents', {
    collections,
  });
}
