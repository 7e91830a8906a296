import { closest, Failure, type Log } from '@fairlead/sdk';
import { causeOf, isForbidden, isMissing } from '../client/error-kinds.ts';
import { failureOf } from '../client/failure-of.ts';
import type { Fauna } from '../client/fauna.ts';
import { collectionsOf } from '../discovery/collections-of.ts';
import { indexRecipe } from '../discovery/index-definition.ts';
import { samplePage } from '../discovery/sample-page.ts';
import { isRecord, memberOf } from '../discovery/tagged.ts';
import { FaunaResource, streamSettings, type FaunaConfig } from '../settings.ts';
import { collection, documents, paginate } from '../wire/expression.ts';
import { checkColumns } from './check-columns.ts';
import { checkIndex } from './check-index.ts';
import { probeRead } from './probe-read.ts';
import { warnOfShortHistory } from './warn-of-short-history.ts';

interface CheckScope {
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * Proves that one collection is there and may be read, by its index too where it has one.
 * @throws {Failure} which names the collection.
 */
export async function checkCollection(
  fauna: Fauna,
  config: FaunaConfig,
  name: string,
  { signal, log }: CheckScope,
): Promise<void> {
  const settings = streamSettings(config, FaunaResource.parse({ collection: name }));
  const isEmpty = await firstPage(fauna, name, false, signal);
  if (isEmpty && !(await mayRead(fauna, name, signal))) throw forbidden(fauna, name);
  if (isEmpty) log.info('the collection is empty', { collection: name });
  if (fauna.apiVersion === '4') {
    if (settings.index !== undefined) {
      await checkIndex(fauna, settings.index, name, signal);
    } else {
      const hint = indexRecipe(name);
      log.info('without an index the collection is read as a whole each time', {
        collection: name,
        hint,
      });
    }
  }
  if (!isEmpty) await checkColumns(fauna, settings, { signal, log });
  if (settings.deletionColumn === undefined) return;
  if (fauna.apiVersion === '4') await firstPage(fauna, name, true, signal);
  await warnOfShortHistory(fauna, [name], { signal, log });
}

/** Reads one document, or one event; answers whether there was none. */
async function firstPage(
  fauna: Fauna,
  name: string,
  events: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    if (fauna.apiVersion === '10') {
      return (await samplePage(fauna, name, { size: 1, hasData: true }, signal)).count === 0;
    }
    const page = paginate(documents(collection(name)), { size: 1, events });
    const answer = memberOf(await fauna.query(page, signal), 'resource', fauna.server);
    return isRecord(answer) && Array.isArray(answer['data']) && answer['data'].length === 0;
  } catch (error) {
    if (isMissing(error)) throw await missingCollection(fauna, name, error, signal);
    if (isForbidden(error)) throw forbidden(fauna, name, error);
    throw failureOf(error, `collection ${name}`);
  }
}

async function mayRead(fauna: Fauna, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    return await probeRead(fauna, name, signal);
  } catch (error) {
    throw failureOf(error, `collection ${name}`);
  }
}

/** Says that a collection is not there, and which one may be meant. */
export async function missingCollection(
  fauna: Fauna,
  name: string,
  error: unknown,
  signal: AbortSignal,
): Promise<Failure> {
  const near = closest(name, await namesToSuggest(fauna, signal));
  const meant = near === undefined ? '' : ` Did you mean '${near}'?`;
  return new Failure('config', `Collection '${name}' does not exist`, {
    where: fauna.server,
    hint: `Check collection.name in the settings, and that the key is of the right database.${meant}`,
    cause: causeOf(error),
  });
}

/** Whatever keeps us from the names, there is then nothing to suggest. */
async function namesToSuggest(fauna: Fauna, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await collectionsOf(fauna, signal);
  } catch (error) {
    signal.throwIfAborted();
    // A bug is no failure, and is thrown here.
    failureOf(error, fauna.server);
    return [];
  }
}

function forbidden(fauna: Fauna, name: string, cause?: unknown): Failure {
  return new Failure('access', `No permissions to read the documents of collection '${name}'`, {
    where: fauna.server,
    hint: `Give the role of the key read on the collection ${name}: without it, the collection looks empty. A condition of the role that no document meets looks the same.`,
    ...(cause === undefined ? {} : { cause: causeOf(cause) }),
  });
}
