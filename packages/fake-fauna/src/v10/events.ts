import type { Element } from '../read/element.ts';
import { compareEvents, rankOf } from '../read/element.ts';
import { Sequence } from '../read/sequence.ts';
import { eventSequence } from '../read/reader.ts';
import { minimumValidTime, type Collection } from '../store/schema.ts';
import { versionAt, type Version } from '../store/version.ts';
import { sameValue } from '../values/compare.ts';
import { timeText } from '../values/time-text.ts';
import { documentRef, type DocumentValue } from '../values/value.ts';
import type { EventPlace } from './tokens.ts';
import { documentAt, isCollection, through } from './pipeline.ts';
import { memberOf } from './members.ts';
import { isThing, type Context, type Source, type Stage, type Thing } from './thing.ts';
import { isValue } from './truth.ts';

/** What a source tells of a change. */
export interface SourceEvent {
  readonly type: 'add' | 'update' | 'remove';
  readonly data: Thing;
  readonly place: EventPlace;
}

/** Why events cannot be read from a place on. */
export interface StartError {
  readonly code: string;
  readonly message: string;
}

/** The collection whose changes a source tells. */
export function collectionOf({ pipeline }: Source): Collection | undefined {
  return isCollection(pipeline.from) ? pipeline.from : undefined;
}

/** All changes of a collection in order: versions of documents, deletions first at each time. */
export function changesOf(collection: Collection, { query }: Context): Sequence {
  const { access, snapshot } = query;
  if (!access.canRead(collection.name)) return Sequence.of([]);
  const elements = collection.documents.stored.flatMap(({ id, versions }): Element[] =>
    versions
      .filter(({ ts }) => ts <= snapshot)
      .map((version) => ({
        values: [],
        ref: documentRef(collection, id),
        event: { ts: BigInt(version.ts), action: actionOf(versions, version) },
      })),
  );
  return eventSequence(collection, elements.toSorted(compareEvents), snapshot);
}

/** The first change after a place. */
export function positionAfter(changes: Sequence, place: EventPlace): number {
  return changes.search(({ ref, event }) => {
    const ts = Number(event?.ts ?? 0n);
    if (ts !== place.ts) return ts < place.ts;
    if (place.id === undefined) return true;
    const rank = rankOf(event?.action ?? 'add');
    if (rank !== place.rank) return rank < place.rank;
    return ref.to === 'document' && ref.id <= place.id;
  });
}

export function placeOf({ ref, event }: Element): EventPlace {
  const id = ref.to === 'document' ? ref.id : 0n;
  return { ts: Number(event?.ts ?? 0n), rank: rankOf(event?.action ?? 'add'), id };
}

/** Why a source cannot be read from a time on; undefined where it can. */
export function startError(
  collection: Collection,
  ts: number,
  { query }: Context,
): StartError | undefined {
  if (ts >= minimumValidTime(collection, query.snapshot)) return undefined;
  const text = timeText(BigInt(Math.floor(ts)) * 1000n);
  return {
    code: 'invalid_stream_start_time',
    message: `Stream start time ${text} is too far in the past. Recreate the stream and try again.`,
  };
}

/** What a source tells of a change; undefined where it is not concerned. */
export function eventOf(
  source: Source,
  element: Element,
  context: Context,
): SourceEvent | undefined {
  const { ref, event } = element;
  if (ref.to !== 'document' || event === undefined) return undefined;
  const ts = Number(event.ts);
  const { stages } = source.pipeline;
  const current = documentAt(ref.collection, ref.id, { ...context, at: ts });
  const versions = ref.collection.documents.versions(ref.id);
  const previous = previousOf(versions, ts, ref);
  const now = current && staged(current, stages, { ...context, at: ts });
  const before = previous && staged(previous, stages, { ...context, at: ts - 1 });
  const place = placeOf(element);
  if (now !== undefined && before !== undefined) {
    const isWatched = source.fields.length === 0 || changed(source, previous, current, context);
    return isWatched ? { type: 'update', data: now, place } : undefined;
  }
  if (now !== undefined) return { type: 'add', data: now, place };
  if (before === undefined) return undefined;
  return { type: 'remove', data: { kind: 'missing', ref, cause: undefined }, place };
}

function actionOf(versions: readonly Version[], { ts, fields }: Version) {
  if (fields === undefined) return 'delete';
  return versionAt(versions, ts - 1)?.fields === undefined ? 'create' : 'update';
}

function previousOf(
  versions: readonly Version[],
  ts: number,
  ref: DocumentValue['ref'],
): DocumentValue | undefined {
  const version = versionAt(versions, ts - 1);
  if (version?.fields === undefined) return undefined;
  return { kind: 'document', ref, ts: version.ts, fields: version.fields };
}

function staged(
  document: DocumentValue,
  stages: readonly Stage[],
  context: Context,
): Thing | undefined {
  let value: Thing | undefined = document;
  for (const stage of stages) if (value !== undefined) value = through(stage, value, context);
  return value;
}

function changed(
  { fields }: Source,
  previous: DocumentValue | undefined,
  current: DocumentValue | undefined,
  context: Context,
): boolean {
  const at = (document: DocumentValue | undefined, path: readonly string[]): Thing => {
    let value: Thing = document ?? null;
    for (const name of path) if (value !== null) value = memberOf(value, name, context, 'fields');
    return value;
  };
  return fields.some((path) => {
    const [before, after] = [at(previous, path), at(current, path)];
    if (isThing(before, 'module') || isThing(after, 'module')) return false;
    return !(isValue(before) && isValue(after) && sameValue(before, after));
  });
}
