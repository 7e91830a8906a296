import { within, type Log } from '@fairlead/sdk';
import { extentOf, queryOf } from '../capture/extent.ts';
import type { Firestore } from '../client/firestore.ts';
import { inParallel } from '../in-parallel.ts';
import type { FirestoreConfig, FirestoreResource } from '../settings.ts';
import { parsePathPattern } from '../wire/path-pattern.ts';
import { checkDatabase } from './check-database.ts';

/**
 * Proves that the database can be read: that it is there, in a mode that has collections and tells of changes, and that
 * we may list its collections and query the extra ones and those of `resources`. Costs a read or two, and one for each path.
 * @throws {Failure} that says what to change; access failures name the role or the API that is missing.
 */
export async function checkFirestore(
  firestore: Firestore,
  { advanced }: FirestoreConfig,
  resources: readonly Pick<FirestoreResource, 'path'>[],
  {
    signal,
    log,
    now = Date.now,
  }: { readonly signal: AbortSignal; readonly log: Log; readonly now?: () => number },
): Promise<void> {
  const database = await firestore.describeDatabase(signal);
  if (database !== undefined) checkDatabase(database, firestore.database, log);
  for await (const _ of firestore.collectionIds(firestore.root, signal)) break;
  warnOfSkew((await firestore.serverTime(signal)) / 1000 - now(), log);
  const paths = new Set([...advanced.extra_collections, ...resources.map(({ path }) => path)]);
  await inParallel([...paths], width, (path, until) => probe(firestore, path, until), signal);
}

/** Asks for one name of a path, as a capture would. */
async function probe(firestore: Firestore, path: string, signal: AbortSignal): Promise<void> {
  const pattern = parsePathPattern(path);
  if (pattern === undefined) throw new Error(`${path} is no path of a collection`);
  const extent = extentOf(firestore.root, pattern);
  const query = queryOf(extent, {}, { select: [], limit: 1 });
  try {
    for await (const _ of firestore.names({ parent: extent.parent, query }, signal)) break;
  } catch (error) {
    throw within(`collection ${path}`, error);
  }
}

/** Nothing here depends on the clock of this machine, but tokens do, and people who compare times. */
function warnOfSkew(behindMs: number, log: Log): void {
  if (Math.abs(behindMs) < mostSkewMs) return;
  log.warn("the clock of this machine differs from Firestore's", {
    [behindMs > 0 ? 'behindSeconds' : 'aheadSeconds']: Math.round(Math.abs(behindMs) / 1000),
  });
}

const mostSkewMs = 60_000;
/** Paths that are tried at a time. */
const width = 8;
