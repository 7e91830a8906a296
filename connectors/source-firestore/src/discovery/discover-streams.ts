import { Failure, type Log, type StreamInfo } from '@fairlead/sdk';
import type { Firestore } from '../client/firestore.ts';
import type { FirestoreConfig } from '../settings.ts';
import { parsePathPattern, type PathPattern } from '../wire/path-pattern.ts';
import { changeCursor, documentSchemaOf, nameKey } from './document-schema.ts';
import { searchDatabase, type DatabaseSearch } from './search-database.ts';
import { streamNames } from './stream-names.ts';

/**
 * A stream for each pattern of collections, by name: those that a search finds, and `advanced.extra_collections`. The search
 * reads names only, at most `advanced.discoveryReads` of them; the log says how far it came.
 * @throws {Failure} config, for a path that is none; whatever a call fails with, and in which collection.
 */
export async function discoverStreams(
  firestore: Firestore,
  { advanced }: FirestoreConfig,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<StreamInfo[]> {
  const patterns = new Map<string, PathPattern>();
  for (const text of advanced.extra_collections) {
    const pattern = parsePathPattern(text);
    if (pattern === undefined) throw noPattern(text);
    patterns.set(text, pattern);
  }
  if (!advanced.skip_discovery) {
    const before = firestore.reads.used;
    const search = await searchDatabase(firestore, advanced.discoveryReads, signal);
    for (const { pattern: text } of search.patterns) {
      const pattern = parsePathPattern(text);
      if (pattern !== undefined) patterns.set(text, pattern);
      else log.warn('a collection cannot be read, as its id stands for any', { collection: text });
    }
    report(search, firestore.reads.used - before, advanced.discoveryReads, log);
  }
  const names = streamNames(patterns.values());
  return [...names]
    .map(([path, name]): StreamInfo => ({
      name,
      key: [nameKey],
      schema: documentSchemaOf(),
      resource: { path, backfillMode: 'async' },
      cursor: changeCursor,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Says what was read, and what was not looked at. */
function report(
  { patterns, isCutShort }: DatabaseSearch,
  reads: number,
  allowedReads: number,
  log: Log,
): void {
  const partly = patterns.filter(({ isComplete }) => !isComplete);
  log.info('collections discovered', {
    collections: patterns.length,
    reads,
    searchedWholly: patterns.length - partly.length,
    searchedInPart: partly.length,
  });
  for (const { pattern, asked } of partly.slice(0, mostLines)) {
    log.info('only some documents were asked for collections below them', {
      collection: pattern,
      documents: asked,
    });
  }
  if (isCutShort) {
    log.warn('discovery stopped early; advanced.discoveryReads lets it read more', {
      discoveryReads: allowedReads,
    });
  }
}

const mostLines = 20;

function noPattern(text: string): Failure {
  return new Failure('config', `"${text}" is not the path of a collection`, {
    where: 'advanced.extra_collections',
    hint: 'Name collections and documents by turns, with * for any document: users/*/messages.',
  });
}
