import { Failure, type Json, type Log } from '@fairlead/sdk';
import type { Firestore } from '../client/firestore.ts';
import { causeOf, reactionTo } from '../client/reaction.ts';
import { cutRanges, KeyRanges, wholeCollection, type KeyRange } from '../handover/key-ranges.ts';
import type { FirestoreResource } from '../settings.ts';
import { beginning, present, resume, type Cursor, type Position } from '../state/cursor.ts';
import { nameMatcher, parsePathPattern, type PathPattern } from '../wire/path-pattern.ts';
import { microsOf, parseTime, timeOfMicros } from '../wire/time.ts';
import { extentOf, partitionOf, queryOf, type Extent } from './extent.ts';
import type { LaneBinding } from './lane.ts';

/** A binding to begin with. */
export interface StartBinding {
  /** Its index in the request. */
  readonly index: number;
  readonly stream: string;
  readonly stateKey: string;
  readonly resource: FirestoreResource;
  readonly cursor: Cursor | undefined;
  /** How long it is left between two times that all is read anew. */
  readonly minBackfillMs: number;
}

/** Bindings that are read together from here on. */
export interface Start {
  readonly extent: Extent;
  readonly select: readonly string[] | undefined;
  readonly bindings: readonly LaneBinding[];
  /** What is saved of each of them; undefined when they are new. */
  readonly saved: Json | undefined;
  readonly positions: readonly Position[];
  /** Whether what is there is to be read as something new. */
  readonly isBackfill: boolean;
}

/** One part of a backfill has about so many documents. */
const documentsPerRange = 10_000;
const mostRanges = 128;

/**
 * What to begin with: bindings with the same queries, the same fields and the same position are one.
 * @param now the server's present, and `at` the instant at which new ones begin, in microseconds since 1970.
 */
export function startsOf(
  bindings: readonly StartBinding[],
  firestore: Firestore,
  at: number,
): readonly Start[] {
  const starts = new Map<string, Start>();
  for (const binding of bindings) {
    const { resource, cursor, index, stream, stateKey, minBackfillMs } = binding;
    const pattern = patternOf(resource.path, stream);
    const extent = extentOf(firestore.root, pattern);
    const isBegun = cursor !== undefined && !('Inconsistent' in cursor && cursor.Inconsistent);
    const positions = isBegun ? resume(cursor, firestore.root) : [newPosition(resource, at)];
    // All that a former connector has saved goes with the first checkpoint.
    const saved = cursor === undefined ? undefined : toJson(cursor);
    const select = resource.fields;
    const isBackfill = !isBegun && resource.backfillMode !== 'none';
    const key = JSON.stringify([
      extent.key,
      select ?? null,
      isBegun ? cursor : resource.backfillMode === 'none',
      isBegun ? null : (resource.initTimestamp ?? null),
    ]);
    const matches = nameMatcher(firestore.root, pattern);
    const known = starts.get(key);
    starts.set(key, {
      extent,
      select,
      saved,
      positions,
      isBackfill,
      bindings: [
        ...(known?.bindings ?? []),
        {
          index,
          stream,
          stateKey,
          matches,
          minBackfillMs,
        },
      ],
    });
  }
  return [...starts.values()];
}

/** @throws {Failure} config, when the path is none of a collection. */
export function patternOf(path: string, stream: string): PathPattern {
  const pattern = parsePathPattern(path);
  if (pattern !== undefined) return pattern;
  throw new Failure('config', `${path} is no path of a collection`, { where: stream });
}

/** The start, with its documents counted, and with ranges to be read side by side. */
export async function prepared(
  start: Start,
  firestore: Firestore,
  signal: AbortSignal,
  log: Log,
): Promise<Start> {
  const [position] = start.positions;
  if (start.positions.length !== 1 || position === undefined || position.count !== undefined) {
    return start;
  }
  const { extent } = start;
  const { point } = position;
  const readTime = timeOfMicros(point);
  const count = await firestore
    .count({ parent: extent.parent, query: queryOf(extent, {}), readTime }, signal)
    .catch((error: unknown) => {
      signal.throwIfAborted();
      const { do: doing } = reactionTo(causeOf(error), extent.key, firestore.principal);
      if (doing !== 'unsupported' && doing !== 'repin') throw error;
      log.warn('documents cannot be counted: deletes that Firestore does not report stay unseen', {
        collection: extent.key,
        error,
      });
      return undefined;
    });
  if (!start.isBackfill || count === undefined) {
    return { ...start, positions: [{ ...position, count }] };
  }
  const parts = Math.min(mostRanges, Math.floor(count / documentsPerRange));
  const cuts = await partitionOf(firestore, extent, {}, { parts, micros: point }, signal);
  const ranges = cutAt([wholeCollection(point)], cuts);
  return { ...start, positions: [{ ...position, count, ranges: new KeyRanges(ranges) }] };
}

/** Ranges, cut at names in their order. */
function cutAt(ranges: readonly KeyRange[], names: readonly Uint8Array[]): readonly KeyRange[] {
  const done: KeyRange[] = [];
  let rest = ranges;
  for (const name of names) {
    const [before, after] = cutRanges(rest, name);
    done.push(...before);
    rest = after;
  }
  return [...done, ...rest];
}

function newPosition({ backfillMode, initTimestamp }: FirestoreResource, at: number): Position {
  if (backfillMode !== 'none') return beginning(at);
  const time = initTimestamp === undefined ? undefined : parseTime(initTimestamp);
  return present(time === undefined ? at : microsOf(time));
}

function toJson(cursor: Cursor): Json {
  const text = JSON.stringify(cursor);
  // What a schema of JSON has accepted is JSON.
  return JSON.parse(text) as Json;
}
