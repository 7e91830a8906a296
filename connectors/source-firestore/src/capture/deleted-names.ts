import type { Firestore } from '../client/firestore.ts';
import { compare } from '../handover/key-ranges.ts';
import type { BloomFilter } from '../wire/bloom.ts';
import { timeOfMicros } from '../wire/time.ts';
import { partitionOf, queryOf, type Extent, type NameSlice } from './extent.ts';
import { middleName } from './middle.ts';

/** Where deletes are to be found that nobody told. */
export interface Search {
  readonly extent: Extent;
  readonly slice: NameSlice;
  /** What was there then, and is not `until` then, is gone. Both in microseconds since 1970. */
  readonly since: number;
  readonly until: number;
  /** The names that were told to have come and gone in between; of those that came nothing may be known. */
  readonly born: ReadonlySet<string> | undefined;
  readonly died: ReadonlySet<string>;
  /** Has at least the names that are there still. */
  readonly names?: BloomFilter | undefined;
}

/** Documents are counted down to as many as these, and then their names are compared. */
const fewDocuments = 300;
/** So many names are asked for at once. */
const namesPerCall = 100;

/** The outcome of a search: full names in order, and how many documents there were at its end. */
export interface Found {
  readonly gone: readonly Uint8Array[];
  readonly count: number;
}

/**
 * The names of documents that have gone without a word, and how many there are. Documents are counted at both instants,
 * in parts that get smaller where the counts differ: one read for a thousand documents, and one for each name that is
 * compared in the end.
 * @throws {Failure} also when the first instant cannot be read any more.
 */
export async function findDeleted(
  firestore: Firestore,
  search: Search,
  signal: AbortSignal,
): Promise<Found> {
  const whole = await countBoth(firestore, search, search.slice, signal);
  const gone: Uint8Array[] = [];
  for await (const some of searched(firestore, search, whole, signal)) gone.push(...some);
  return { gone, count: whole.after };
}

/** As {@link findDeleted}, part by part in the order of names. */
export async function* deletedNames(
  firestore: Firestore,
  search: Search,
  signal: AbortSignal,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  const whole = await countBoth(firestore, search, search.slice, signal);
  yield* searched(firestore, search, whole, signal);
}

async function* searched(
  firestore: Firestore,
  search: Search,
  whole: Omit<Counted, 'slice'>,
  signal: AbortSignal,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  if (missing(search, { slice: search.slice, ...whole }) === 0) return;
  const open = [...(await partsOf(firestore, search, whole, signal))];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { slice, before, after } = next;
    const wanted = missing(search, next);
    if (wanted === 0) continue;
    const isSmall = before <= fewDocuments || search.born === undefined;
    const middle = isSmall ? undefined : await middleOf(firestore, search, slice, signal);
    if (middle === undefined) {
      yield await compareNames(firestore, search, slice, wanted, signal);
      continue;
    }
    const lower = { ...slice, to: middle };
    const counts = await countBoth(firestore, search, lower, signal);
    open.push(
      {
        slice: { ...slice, from: middle },
        before: before - counts.before,
        after: after - counts.after,
      },
      { slice: lower, ...counts },
    );
  }
}

interface Counted {
  readonly slice: NameSlice;
  readonly before: number;
  readonly after: number;
}

/** The whole in parts of some thousand documents, where the server knows where to cut. */
async function partsOf(
  firestore: Firestore,
  search: Search,
  whole: Omit<Counted, 'slice'>,
  signal: AbortSignal,
): Promise<readonly Counted[]> {
  const { extent, slice, since } = search;
  const parts = Math.min(128, Math.floor(whole.before / (10 * fewDocuments)));
  const cuts = await partitionOf(firestore, extent, slice, { parts, micros: since }, signal);
  if (cuts.length === 0) return [{ slice, ...whole }];
  const counted: Counted[] = [];
  for (const [index, from] of [slice.from, ...cuts].entries()) {
    const part = { from, to: cuts[index] ?? slice.to };
    counted.push({ slice: part, ...(await countBoth(firestore, search, part, signal)) });
  }
  return counted.toReversed();
}

/**
 * How many documents of a slice are gone that nobody told: more where one was deleted and created again, all that were there
 * where nothing is known.
 */
function missing({ born, died }: Search, { slice, before, after }: Counted): number {
  if (born === undefined || before === 0) return before;
  return Math.max(0, before + countIn(born, slice) - countIn(died, slice) - after);
}

function countIn(names: ReadonlySet<string>, { from, to }: NameSlice): number {
  if (from === undefined && to === undefined) return names.size;
  let count = 0;
  for (const text of names) {
    const name = Buffer.from(text);
    if (from !== undefined && compare(name, from) < 0) continue;
    if (to === undefined || compare(name, to) < 0) count++;
  }
  return count;
}

async function countBoth(
  firestore: Firestore,
  { extent, since, until }: Search,
  slice: NameSlice,
  signal: AbortSignal,
): Promise<{ readonly before: number; readonly after: number }> {
  const query = queryOf(extent, slice);
  const countAt = (micros: number) =>
    firestore.count({ parent: extent.parent, query, readTime: timeOfMicros(micros) }, signal);
  return { before: await countAt(since), after: await countAt(until) };
}

/** A name between the first document that was in a slice and its end. */
async function middleOf(
  firestore: Firestore,
  { extent, since }: Search,
  slice: NameSlice,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const query = queryOf(extent, slice, { limit: 1 });
  let low: Uint8Array | undefined;
  for await (const name of firestore.names(
    { parent: extent.parent, query, readMicros: since },
    signal,
  )) {
    low = Buffer.from(name);
  }
  if (low === undefined) return undefined;
  return middleName(firestore.root, low, slice.to ?? Buffer.from(extent.top));
}

async function compareNames(
  firestore: Firestore,
  search: Search,
  slice: NameSlice,
  wanted: number,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  const { extent, since, until, died, names } = search;
  const namesAt = (readMicros: number) =>
    firestore.names({ parent: extent.parent, query: queryOf(extent, slice), readMicros }, signal);
  const before: string[] = [];
  for await (const name of namesAt(since)) if (!died.has(name)) before.push(name);
  if (names !== undefined) {
    // It lacks names of documents that have changed, too.
    const doubtful = before.filter((name) => !names.mayHave(name));
    const gone = await missingOf(firestore, doubtful, until, signal);
    if (gone.length >= wanted) return gone.map((name) => Buffer.from(name));
  }
  const after = new Set<string>();
  for await (const name of namesAt(until)) after.add(name);
  return before.filter((name) => !after.has(name)).map((name) => Buffer.from(name));
}

/** Which of these names no document has. */
async function missingOf(
  firestore: Firestore,
  names: readonly string[],
  readMicros: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const absent: string[] = [];
  for (let i = 0; i < names.length; i += namesPerCall) {
    const some = names.slice(i, i + namesPerCall);
    const found = await firestore.get(some, { readMicros, mask: [] }, signal);
    absent.push(...some.filter((name) => found.get(name) === undefined));
  }
  return absent;
}
