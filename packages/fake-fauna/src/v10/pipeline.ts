import { sequenceOf } from '../read/reader.ts';
import type { Element } from '../read/element.ts';
import type { Sequence } from '../read/sequence.ts';
import { expand, type Run } from '../synthetic/hole.ts';
import { NotSymbolic, checkHistory, readingOf } from '../v4/env.ts';
import { existsAt, type Collection } from '../store/schema.ts';
import { liveVersion } from '../store/version.ts';
import { documentRef, type DocumentValue, type Value } from '../values/value.ts';
import { truth } from './truth.ts';
import {
  isList,
  isMap,
  type Context,
  type Pipeline,
  type SetPage,
  type Stage,
  type Thing,
} from './thing.ts';

/** The page a set has when nobody says how large. */
const usualPageSize = 16;

/** All documents of a collection, or values. */
export function pipelineOf(from: Pipeline['from'], { at }: Context): Pipeline {
  return { kind: 'pipeline', from, stages: [], pageSize: usualPageSize, at };
}

/** A page of a set from a place on; the next one is of the same moment. */
export function pageOf(
  pipeline: Pipeline,
  size: number,
  next: bigint | number | undefined,
  context: Context,
): SetPage {
  const { from, stages, at } = pipeline;
  const pinned = { ...pipeline, at: at ?? context.query.snapshot };
  const token = (place: bigint | number) =>
    context.tokens.ofPage({ pipeline: pinned, next: place, size });
  if (isCollection(from) && !stages.some(({ is }) => is === 'take')) {
    const sequence = documents(from, at, context);
    const start = typeof next === 'bigint' ? sequence.search((element) => idOf(element) < next) : 0;
    const { data, kept, end } = collected(sequence, start, size, pipeline, context);
    context.query.counts.elements += kept;
    const first = sequence.at(end);
    const after = first === undefined ? undefined : token(idOf(first));
    return { kind: 'set-page', data, after };
  }
  const start = Number(next ?? 0);
  const all = [...elementsOf(pipeline, context)];
  const data = all.slice(start, start + size);
  context.query.counts.elements += data.length;
  const after = all.length > start + size ? token(start + size) : undefined;
  return { kind: 'set-page', data, after };
}

/** All elements of a set, one by one. */
export function* elementsOf(pipeline: Pipeline, context: Context): Generator<Thing> {
  const { from, stages, at } = pipeline;
  const left = stages.map((stage) => (stage.is === 'take' ? stage.count : Infinity));
  for (const element of isCollection(from) ? sources(from, at, context) : from) {
    let value: Thing | undefined = element;
    for (const [s, stage] of stages.entries()) {
      if (value === undefined) break;
      if (stage.is === 'take') {
        if ((left[s] ?? 0) <= 0) return;
        left[s] = (left[s] ?? 0) - 1;
      } else value = through(stage, value, atTime(context, at));
    }
    if (value !== undefined) yield value;
  }
}

/** A document of a collection; undefined where there is none, or none that may be read. */
export function documentAt(
  collection: Collection,
  id: bigint,
  { query, at }: Context,
): DocumentValue | undefined {
  query.counts.reads++;
  if (!query.access.canRead(collection.name) || !existsAt(collection)) return undefined;
  checkHistory(env({ query, at }), collection);
  const until = at ?? query.until;
  const version = liveVersion(collection.documents.versions(id), until, query.snapshot);
  return version && { kind: 'document', ref: documentRef(collection, id), ...version };
}

/** The value of a stage for a value; undefined where it is left out. */
export function through(stage: Stage, value: Thing, context: Context): Thing | undefined {
  if (stage.is === 'take') return value;
  const result = stage.call([value], context);
  return stage.is === 'map' ? result : truth(result) ? value : undefined;
}

function collected(
  sequence: Sequence,
  start: number,
  size: number,
  { stages, at }: Pipeline,
  context: Context,
): { data: (Thing | Run)[]; kept: number; end: number } {
  const inner = atTime(context, at);
  const data: (Thing | Run)[] = [];
  let kept = 0;
  let end = start;
  // Where nothing is filtered one round is enough.
  while (kept < size && end < sequence.length) {
    const from = end;
    end = Math.min(sequence.length, from + size - kept);
    for (const item of sequence.slice(from, end)) {
      for (const result of resultsOf(item, stages, inner)) {
        data.push(result);
        kept += isRun(result) ? result.to - result.from : 1;
      }
    }
  }
  return { data, kept, end };
}

/** What the stages make of a reference, or of a run of them. */
function resultsOf(item: Value | Run, stages: readonly Stage[], context: Context): (Thing | Run)[] {
  if (isRun(item)) {
    const whole = symbolically(item, stages, context);
    if (whole !== undefined) return whole;
    return expand(item).flatMap((ref) => resultsOf(ref, stages, context));
  }
  let value: Thing | undefined = documentOf(item, context);
  for (const stage of stages) {
    if (value !== undefined) value = through(stage, value, context);
  }
  return value === undefined ? [] : [value];
}

function symbolically(run: Run, stages: readonly Stage[], context: Context): Run[] | undefined {
  try {
    let value: Thing | undefined = { kind: 'hole', shape: run.shape, is: 'document' };
    for (const stage of stages) {
      if (value !== undefined) value = through(stage, value, { ...context, symbolic: run });
    }
    if (value !== undefined && !isPlain(value)) return undefined;
    context.query.counts.reads += run.to - run.from;
    return value === undefined ? [] : [{ ...run, value }];
  } catch (error) {
    if (error instanceof NotSymbolic) return undefined;
    throw error;
  }
}

/** Whether a thing has nothing in it that only v10 knows. */
function isPlain(thing: Thing): thing is Value {
  if (isList(thing)) return thing.every(isPlain);
  if (isMap(thing)) return [...thing.values()].every(isPlain);
  if (typeof thing !== 'object' || thing === null || !('kind' in thing)) return true;
  return ['hole', 'time', 'date', 'bytes', 'uuid', 'ref'].includes(thing.kind);
}

function* sources(
  collection: Collection,
  at: number | undefined,
  context: Context,
): Generator<DocumentValue> {
  for (const { ref } of documents(collection, at, context)) {
    const document = documentOf(ref, atTime(context, at));
    if (document !== undefined) yield document;
  }
}

function documentOf(ref: Value, context: Context): DocumentValue | undefined {
  const isDocument = typeof ref === 'object' && ref !== null && 'kind' in ref && ref.kind === 'ref';
  if (!isDocument || ref.to !== 'document') return undefined;
  return documentAt(ref.collection, ref.id, context);
}

function documents(collection: Collection, at: number | undefined, context: Context): Sequence {
  const reading = readingOf(env({ query: context.query, at }), [collection], () => true);
  return sequenceOf({ is: 'documents', collection }, reading);
}

/** A page that was pinned at the present reads the present. */
function atTime(context: Context, at: number | undefined): Context {
  return at === undefined ? context : { ...context, at };
}

function env({ query, at }: Pick<Context, 'query' | 'at'>) {
  return { query, at, bindings: new Map<string, Value>(), depth: 0, symbolic: undefined };
}

function idOf({ ref }: Element): bigint {
  return ref.to === 'document' ? ref.id : 0n;
}

/** Whether a set is of documents, and not of values. */
export function isCollection(from: Pipeline['from']): from is Collection {
  return !Array.isArray(from);
}

function isRun(item: Thing | Run): item is Run {
  return typeof item === 'object' && item !== null && 'kind' in item && item.kind === 'run';
}
