import type { Access } from '../access.ts';
import type { Database } from '../store/database.ts';
import {
  existsAt,
  isCollection,
  minimumValidTime,
  planOf,
  type Collection,
  type Index,
  type IndexPlan,
  type Listing,
} from '../store/schema.ts';
import { expiryOf, liveVersion, type Version } from '../store/version.ts';
import { fill, type Hole } from '../synthetic/hole.ts';
import type { Shape } from '../synthetic/shape.ts';
import { documentRef, schemaRef, type Ref, type Value } from '../values/value.ts';
import {
  compareElements,
  compareEvents,
  compareToCursor,
  valueOf,
  type Element,
} from './element.ts';
import type { FaunaSet } from './fauna-set.ts';
import {
  documentEvents,
  documentTuples,
  indexTuples,
  setEvents,
  type TuplesOf,
} from './history.ts';
import { Sequence, type Synthetic } from './sequence.ts';
import { matchesTerms, tuplesOf } from './tuples.ts';

/** The moment and the rights with which a set is read. */
export interface Reading {
  readonly database: Database;
  readonly access: Access;
  /** The time of the snapshot: what is over by then is over at any time. */
  readonly now: number;
  /** The time that At asked for, if it did. */
  readonly at: number | undefined;
  /** Up to when writes are seen. */
  readonly until: number;
  /** Whether a set's filter keeps a value. */
  readonly keeps: (set: FaunaSet & { is: 'filter' }, value: Value) => boolean;
}

/** Synthetic documents that a set has in an order of their own are made one by one, up to so many. */
const mostMade = 200_000;

/** The elements of a set, in order. Rights to single documents are looked after. */
export function sequenceOf(set: FaunaSet, reading: Reading): Sequence {
  if (set.is === 'listing') return Sequence.of(listed(set.listing, reading));
  if (set.is === 'documents') {
    if (!reading.access.canRead(set.collection.name)) return Sequence.of([]);
    return cached(set.collection, 'documents', reading, () => documentsOf(set.collection, reading));
  }
  if (set.is === 'match') return matched(set, reading);
  if (set.is === 'document' || set.is === 'singleton') return Sequence.of(single(set.ref, reading));
  if (set.is === 'events') return historyOf(set.source, reading);
  if (set.is === 'filter') {
    const all = [...sequenceOf(set.source, reading)];
    return Sequence.of(all.filter((element) => reading.keeps(set, valueOf(element))));
  }
  const source = sequenceOf(set.source, reading);
  const reversed = reversedOf(set.source);
  const from = source.search((element) => compareToCursor(element, set.from, reversed, -1) < 0);
  const to = source.search((element) => compareToCursor(element, set.to, reversed, 1) <= 0);
  return source.window(from, Math.max(from, to));
}

/** Which of the values of a set's elements descend. */
export function reversedOf(set: FaunaSet): readonly boolean[] {
  if (set.is === 'match') return planOf(set.index).values.map((field) => field.reverse);
  return set.is === 'range' || set.is === 'filter' ? reversedOf(set.source) : [];
}

/** The collections whose documents a set may hold. */
export function collectionsIn(set: FaunaSet, database: Database): readonly Collection[] {
  if (set.is === 'documents') return [set.collection];
  if (set.is === 'match') return sourcesOf(planOf(set.index), database);
  if (set.is === 'range' || set.is === 'events' || set.is === 'filter') {
    return collectionsIn(set.source, database);
  }
  if (set.is === 'listing') return [];
  return set.ref.to === 'document' ? [set.ref.collection] : [];
}

function listed(listing: Listing, reading: Reading): Element[] {
  return reading.database
    .all(listing)
    .filter(
      (object) =>
        existsAt(object, reading.until) && !('hidden' in object && object.hidden === true),
    )
    .map((object) => ({ values: [], ref: schemaRef(object) }));
}

function documentsOf(collection: Collection, reading: Reading): Sequence {
  const elements = liveElements(collection, reading, (ref) => [{ values: [], ref }]);
  return laidOver(collection, elements, reading, [], { values: [] });
}

function matched(set: FaunaSet & { is: 'match' }, reading: Reading): Sequence {
  const plan = planOf(set.index);
  if (plan.terms.length !== set.terms.length) return Sequence.of([]);
  const reversed = reversedOf(set);
  const isFree = reading.access.isUnrestricted(set.index.name);
  const sources = sourcesOf(plan, reading.database).filter(
    (source) => isFree || reading.access.canRead(source.name),
  );
  const elementsIn = (source: Collection) =>
    liveElements(source, reading, (ref, version) =>
      matchesTerms(plan, set.terms, ref, version)
        ? tuplesOf(plan, ref, version).map((values) => ({ values, ref }))
        : [],
    );
  const [only] = sources;
  if (only !== undefined && sources.length === 1 && keepsOrder(plan, only.documents.shape)) {
    return cached(only, indexKey(set), reading, () => {
      const sorted = elementsIn(only).toSorted((a, b) => compareElements(a, b, reversed));
      return laidOver(only, sorted, reading, reversed, {
        values: plan.values.map(({ path }) => String(path[0])),
      });
    });
  }
  const all = sources.flatMap((source) => [
    ...elementsIn(source),
    ...made(source, reading).flatMap(({ ref, version }) =>
      matchesTerms(plan, set.terms, ref, version)
        ? tuplesOf(plan, ref, version).map((values) => ({ values, ref }))
        : [],
    ),
  ]);
  return Sequence.of(all.toSorted((a, b) => compareElements(a, b, reversed)));
}

function single(ref: Ref, reading: Reading): Element[] {
  const versions = ref.to === 'document' ? ref.collection.documents.versions(ref.id) : [];
  const isThere = liveVersion(versions, reading.until, reading.now) !== undefined;
  return isThere ? [{ values: [], ref }] : [];
}

function historyOf(set: FaunaSet, reading: Reading): Sequence {
  const { database, now, access } = reading;
  if (set.is === 'document' || set.is === 'singleton') {
    if (set.ref.to !== 'document') return Sequence.of([]);
    const { collection, id } = set.ref;
    const oldest = minimumValidTime(collection, now);
    const versions = seen(collection.documents.versions(id), reading);
    return Sequence.of(
      set.is === 'document'
        ? documentEvents(set.ref, versions, oldest)
        : setEvents(set.ref, versions, oldest, documentTuples),
    );
  }
  if (set.is === 'documents') {
    if (!access.canRead(set.collection.name)) return Sequence.of([]);
    const events = eventsIn(set.collection, reading, documentTuples);
    return laidOver(set.collection, events, reading, 'events', { values: [] });
  }
  if (set.is !== 'match') return Sequence.of([]);
  const plan = planOf(set.index);
  const tuplesIn = indexTuples(plan, set.terms);
  const isFree = access.isUnrestricted(set.index.name);
  const events = sourcesOf(plan, database)
    .filter((source) => isFree || access.canRead(source.name))
    .flatMap((source) => [
      ...eventsIn(source, reading, tuplesIn),
      ...made(source, reading).flatMap(({ ref, version }) =>
        setEvents(ref, [version], 0, tuplesIn),
      ),
    ]);
  return Sequence.of(events.toSorted(compareEvents));
}

function eventsIn(collection: Collection, reading: Reading, tuplesIn: TuplesOf): Element[] {
  const oldest = minimumValidTime(collection, reading.now);
  const events = collection.documents.stored.flatMap(({ id, versions }) =>
    setEvents(documentRef(collection, id), seen(versions, reading), oldest, tuplesIn),
  );
  return events.toSorted(compareEvents);
}

function liveElements(
  collection: Collection,
  { until, now }: Reading,
  elementsOf: (ref: Ref, version: { ts: number; fields: ReadonlyMap<string, Value> }) => Element[],
): Element[] {
  const elements: Element[] = [];
  for (const { id, versions } of collection.documents.stored) {
    const version = liveVersion(versions, until, now);
    if (version !== undefined) elements.push(...elementsOf(documentRef(collection, id), version));
  }
  return elements;
}

/** Sorted elements of stored documents, together with the synthetic documents of the collection. */
function laidOver(
  collection: Collection,
  elements: readonly Element[],
  { until, at }: Pick<Reading, 'until' | 'at'>,
  order: readonly boolean[] | 'events',
  { values }: { readonly values: readonly string[] },
): Sequence {
  const { shape } = collection.documents;
  if (shape === undefined) return Sequence.of(elements);
  const hole = (is: Hole['is']): Hole => ({ kind: 'hole', shape, is });
  const holes = values.map((name): Hole =>
    name === 'ts' ? { ...hole('number'), counter: 'ts' } : hole('ref'),
  );
  const element = (index: number): Element => {
    const ref = documentRef(collection, shape.id(index));
    if (order !== 'events') return { values: holes.map((one) => fill(one, index)), ref };
    return { values: [], ref, event: { ts: BigInt(shape.ts(index)), action: 'add' } };
  };
  const value = order === 'events' ? hole('event') : holes.length === 0 ? hole('ref') : holes;
  const alone = Array.isArray(value) && value.length === 1 ? (value[0] ?? null) : value;
  const synthetic: Synthetic = { shape, count: shape.countAt(until), element, value: alone, at };
  const hidden = collection.documents.stored
    .map(({ id }) => shape.indexOf(id))
    .filter((index) => index !== undefined);
  return Sequence.overlay(synthetic, hidden, elements, (a, b) =>
    order === 'events' ? compareEvents(a, b) : compareElements(a, b, order),
  );
}

/** The synthetic documents of a collection, one by one. @throws {RangeError} where they are too many for that */
function made(collection: Collection, { until }: Reading) {
  const { shape } = collection.documents;
  if (shape === undefined) return [];
  if (shape.count > mostMade) {
    throw new RangeError(
      `The ${shape.count} synthetic documents of ${collection.name} are too many for an index in another order than theirs.`,
    );
  }
  const stored = new Set(collection.documents.stored.map(({ id }) => id));
  return Array.from({ length: shape.countAt(until) }, (_, index) => ({
    ref: documentRef(collection, shape.id(index)),
    version: shape.version(index),
  })).filter(({ ref }) => !stored.has(ref.id));
}

/** Whether synthetic documents come in the order of their places in an index. */
function keepsOrder({ values, terms }: IndexPlan, shape: Shape | undefined): boolean {
  if (shape === undefined) return true;
  const names = values.map(({ path }) => path.join('.'));
  return (
    terms.length === 0 &&
    values.every(({ reverse }) => !reverse) &&
    names.every((name) => name === 'ts' || name === 'ref') &&
    (names[0] !== 'ts' || names[1] === undefined || names[1] === 'ref')
  );
}

function sourcesOf(plan: IndexPlan, database: Database): readonly Collection[] {
  const sources = plan.sources ?? database.all('collections').filter(isCollection);
  return sources.filter((source) => existsAt(source));
}

/** The versions a reading sees: a set as it was in the past has no later events. */
function seen(versions: readonly Version[], { until }: Reading): readonly Version[] {
  return (versions.at(-1)?.ts ?? 0) <= until ? versions : versions.filter(({ ts }) => ts <= until);
}

/** What an index is kept under; nothing where it is read by terms, which is not kept. */
function indexKey({ index, terms }: { index: Index; terms: readonly Value[] }): string {
  return terms.length === 0 ? `index ${index.serial}` : '';
}

interface Kept {
  readonly generation: number;
  readonly from: number;
  /** When the first of the documents expires. */
  readonly to: number;
  readonly sequence: Sequence;
}

const kept = new WeakMap<Collection, Map<string, Kept>>();

/** Sorting a collection anew for each page would take longer than all else: what was sorted is kept until it changes. */
function cached(
  collection: Collection,
  key: string,
  { until, now, at }: Reading,
  make: () => Sequence,
): Sequence {
  if (key === '') return make();
  const { generation, stored } = collection.documents;
  const sequences = kept.get(collection) ?? new Map<string, Kept>();
  kept.set(collection, sequences);
  const known = sequences.get(`${key}@${until}/${at}`);
  if (known?.generation === generation && known.from <= now && now < known.to) {
    return known.sequence;
  }
  let to = Infinity;
  for (const version of stored.flatMap(({ versions }) => versions)) {
    const expiry = expiryOf(version);
    if (expiry !== undefined && expiry > now) to = Math.min(to, expiry);
  }
  const sequence = make();
  if (sequences.size >= 16) sequences.clear();
  sequences.set(`${key}@${until}/${at}`, { generation, from: now, to, sequence });
  return sequence;
}

/** Events of a collection in order, together with the first ones of its synthetic documents, up to `until`. */
export function eventSequence(
  collection: Collection,
  elements: readonly Element[],
  until: number,
): Sequence {
  return laidOver(collection, elements, { until, at: undefined }, 'events', { values: [] });
}
