import { isFailure, within } from '@fairlead/sdk';
import type { Firestore } from '../client/firestore.ts';
import { inParallel } from '../in-parallel.ts';
import { patternOfCollection } from '../wire/path-pattern.ts';
import { documentName } from '../wire/field-path.ts';
import { CollectionListing } from './collection-listing.ts';
import { CollectionSearch } from './collection-search.ts';
import { PatternSearch, type Habit } from './pattern-search.ts';

/** A pattern whose collections hold documents, and how it was searched for more below them. */
export interface SearchedPattern {
  readonly pattern: string;
  /** Of how many documents it is known what is below them. */
  readonly asked: number;
  /** Whether these are all. */
  readonly isComplete: boolean;
}

/** What a search found. */
export interface DatabaseSearch {
  /** In the order in which they were found. */
  readonly patterns: readonly SearchedPattern[];
  /** Whether there was more to be asked than could be read. */
  readonly isCutShort: boolean;
}

/**
 * The collections of a database, as patterns, found for at most so many reads. All patterns have their turn in every round,
 * eight at a time, and as many reads. What is read depends on nothing but what is in the database.
 * @throws {Failure} whatever a call fails with after it was tried again; it says in which collection.
 */
export async function searchDatabase(
  firestore: Firestore,
  reads: number,
  signal: AbortSignal,
): Promise<DatabaseSearch> {
  const begun = firestore.reads.used;
  const documents = Math.max(leastDocuments, Math.ceil(reads / 20));
  const patterns = new Map<string, PatternSearch>();
  const open = (await canSearchNames(firestore, signal))
    ? (path: string, habit: Habit) => new CollectionSearch(firestore, path, habit)
    : (path: string) => new CollectionListing(firestore, path);
  const add = (path: string) => {
    const pattern = patternOfCollection(path);
    let search = patterns.get(pattern);
    if (search === undefined) {
      search = new PatternSearch(pattern, documents, open);
      patterns.set(pattern, search);
    }
    search.add(path);
  };
  for await (const id of firestore.collectionIds(firestore.root, signal)) add(id);

  for (;;) {
    const active = [...patterns.values()].filter(({ isDone }) => !isDone);
    const left = reads - (firestore.reads.used - begun);
    if (active.length === 0 || left <= 0) {
      return { patterns: [...patterns.values()], isCutShort: active.length > 0 };
    }
    const share = Math.min(mostInTurn, Math.max(1, Math.floor(left / active.length)));
    // With fewer reads than patterns those have a turn of which the fewest documents were asked.
    const turns = active.toSorted((a, b) => a.asked - b.asked).slice(0, left);
    const found = await inParallel(
      turns,
      width,
      (search, until) => turn(search, share, until),
      signal,
    );
    for (const path of found.flat()) add(path);
  }
}

/** Whether the server finds names of whatever collection. */
async function canSearchNames(firestore: Firestore, signal: AbortSignal): Promise<boolean> {
  const query = { from: { allDescendants: true }, orderBy: [{ field: documentName }], limit: 1 };
  try {
    for await (const _ of firestore.names({ parent: firestore.root, query }, signal)) break;
    return true;
  } catch (error) {
    // Settings that are wrong otherwise show in the next call.
    if (isFailure(error) && error.kind === 'config') return false;
    throw error;
  }
}

async function turn(
  search: PatternSearch,
  reads: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    return await search.turn(reads, signal);
  } catch (error) {
    throw within(`collection ${search.pattern}`, error);
  }
}

/** Patterns that are searched at a time. */
const width = 8;
/** Reads after which the others have their turn. */
const mostInTurn = 32;
/** Of how many documents of a pattern it is asked what is below them, even where few reads are allowed. */
const leastDocuments = 20;
