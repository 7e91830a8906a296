import { own } from '../own.ts';
import type { Collection } from '../store/schema.ts';
import { existsAt } from '../store/schema.ts';
import { floorDiv, timeText } from '../values/time-text.ts';
import { documentRef, isA, type DocumentValue, type Ref, type Value } from '../values/value.ts';
import { expand, type Hole, type Run } from '../synthetic/hole.ts';
import { V10Failure, invalidArgument, invalidType } from './failure.ts';
import { definitionFields } from './definitions.ts';
import { staticMember, struct } from './modules.ts';
import { documentAt, elementsOf, pageOf, pipelineOf } from './pipeline.ts';
import {
  isList,
  isMap,
  isThing,
  type Context,
  type Func,
  type Module,
  type Pipeline,
  type Stage,
  type Thing,
} from './thing.ts';
import { isValue } from './truth.ts';
import { createDocument, documentWrites } from './writes.ts';

type Method = (args: readonly Thing[], context: Context) => Thing;

/** A field or a method of a thing; null where it has none. With `fields`, methods are not looked at. */
export function memberOf(of: Thing, name: string, context: Context, only?: 'fields'): Thing {
  const method = only === undefined ? methodOf(of, name, context) : undefined;
  if (method !== undefined) return { kind: 'function', call: method, path: undefined };
  if (isThing(of, 'module')) return name === 'name' ? of.name : staticOf(of, name);
  if (isThing(of, 'missing')) return null;
  if (isThing(of, 'definition')) {
    if (name === 'coll') return { kind: 'module', name: 'Collection', collection: undefined };
    return definitionFields(of.object).get(name) ?? null;
  }
  if (isThing(of, 'set-page')) {
    if (name === 'data') return of.data.flatMap((item) => (isRun(item) ? expand(item) : [item]));
    return name === 'after' ? (of.after ?? null) : null;
  }
  if (isMap(of)) return of.get(name) ?? null;
  if (isList(of)) return name === 'length' ? BigInt(of.length) : null;
  if (of === null) throw new V10Failure('null_value', `Null value, due to \`${name}\` of null.`);
  if (typeof of === 'string') return name === 'length' ? BigInt(of.length) : null;
  if (typeof of !== 'object' || !isValue(of)) return null;
  if (isA(of, 'hole')) return holeMember(of, name);
  if (isA(of, 'document')) return documentMember(of, name);
  if (isA(of, 'ref')) {
    const document = resolved(of, context);
    return document === undefined ? refMember(of, name) : documentMember(document, name);
  }
  return null;
}

function methodOf(of: Thing, name: string, context: Context): Method | undefined {
  if (isThing(of, 'module')) {
    const { collection } = of;
    if (collection === undefined) return undefined;
    const method = own(ofCollection, name);
    if (method !== undefined) return (args, inner) => method(collection, args, inner);
    return methodOf(pipelineOf(collection, context), name, context);
  }
  if (isThing(of, 'pipeline')) {
    const method = own(ofSet, name);
    return method && ((args, inner) => method(of, args, inner));
  }
  if (isThing(of, 'source') && (name === 'where' || name === 'map')) {
    return ([func = null]) => ({
      ...of,
      pipeline: staged(of.pipeline, { is: name, call: callOf(func) }),
    });
  }
  if (isThing(of, 'missing')) {
    const { ref } = of;
    if (name === 'exists') return () => false;
    const write = 'kind' in ref && ref.to === 'document' ? own(documentWrites, name) : undefined;
    return write && 'kind' in ref && ref.to === 'document'
      ? (args, inner) => write(ref, args, inner)
      : undefined;
  }
  if (isThing(of, 'definition')) return name === 'exists' ? () => existsAt(of.object) : undefined;
  const listMethod = isList(of) ? own(ofSet, name) : undefined;
  if (isList(of) && listMethod !== undefined) {
    return (args, inner) => {
      const result = listMethod(pipelineOf(of, inner), args, inner);
      return isThing(result, 'pipeline') ? [...elementsOf(result, inner)] : result;
    };
  }
  if (!isValue(of)) return undefined;
  if (isA(of, 'time')) return own(timeMethods(of.nanos), name);
  const ref = isA(of, 'document') ? of.ref : of;
  if (!isA(ref, 'ref') || ref.to !== 'document') return undefined;
  if (name === 'exists') return (_, inner) => resolved(ref, inner) !== undefined;
  const write = own(documentWrites, name);
  return write && ((args, inner) => write(ref, args, inner));
}

const ofCollection: Readonly<
  Record<string, (collection: Collection, args: readonly Thing[], context: Context) => Thing>
> = {
  all: (collection, _, context) => pipelineOf(collection, context),
  '()': (collection, args, context) => byId(collection, args, context),
  byId: (collection, args, context) => byId(collection, args, context),
  create: (collection, [fields = null], context) => createDocument(collection, fields, context),
};

const ofSet: Readonly<
  Record<string, (set: Pipeline, args: readonly Thing[], context: Context) => Thing>
> = {
  where: (set, [func = null]) => staged(set, { is: 'where', call: callOf(func) }),
  filter: (set, [func = null]) => staged(set, { is: 'where', call: callOf(func) }),
  map: (set, [func = null]) => staged(set, { is: 'map', call: callOf(func) }),
  take: (set, [count = null]) => staged(set, { is: 'take', count: sizeOf(count, 'limit') }),
  pageSize: (set, [size = null]) => ({ ...set, pageSize: sizeOf(size, 'size') }),
  paginate: (set, [size], context) => {
    const count = size === undefined ? set.pageSize : sizeOf(size, 'size');
    return struct(pageOf(set, count, undefined, context));
  },
  first: (set, _, context) => first(set, context),
  firstWhere: (set, [func = null], context) =>
    first(staged(set, { is: 'where', call: callOf(func) }), context),
  count: (set, _, context) => BigInt([...elementsOf(set, context)].length),
  isEmpty: (set, _, context) => elementsOf(set, context).next().done === true,
  nonEmpty: (set, _, context) => elementsOf(set, context).next().done !== true,
  toArray: (set, _, context) => [...elementsOf(set, context)],
  toSet: (set) => set,
  forEach: (set, [func = null], context) => {
    for (const element of elementsOf(set, context)) callOf(func)([element], context);
    return null;
  },
  eventSource: (set, _, context) => source(set, [], context),
  toStream: (set, _, context) => source(set, [], context),
  eventsOn: (set, fields, context) => source(set, fields, context),
  changesOn: (set, fields, context) => source(set, fields, context),
};

const largest = 16_000;

function sizeOf(size: Thing, name: string): number {
  if (typeof size === 'bigint' && size >= 1n && size <= BigInt(largest)) return Number(size);
  if (typeof size !== 'bigint') throw invalidType('Int', `in \`${name}\``);
  throw new V10Failure(
    'invalid_bounds',
    `expected \`${name}\` to be between 1 and ${largest} (inclusive), received ${size}`,
  );
}

function source(pipeline: Pipeline, fields: readonly Thing[], { query }: Context): Thing {
  const paths = fields.map((field) => {
    const path = isThing(field, 'function') ? field.path : undefined;
    if (path === undefined) throw invalidArgument('fields', 'invalid field path given');
    return path;
  });
  const isSource =
    !Array.isArray(pipeline.from) && pipeline.stages.every(({ is }) => is !== 'take');
  if (!isSource) {
    throw new V10Failure(
      'event_source_error',
      "can't call `.eventSource()` because the source set does not support it.",
    );
  }
  return { kind: 'source', pipeline, fields: paths, ts: query.snapshot };
}

function staged(set: Pipeline, stage: Stage): Pipeline {
  return { ...set, stages: [...set.stages, stage] };
}

function callOf(func: Thing): Func['call'] {
  if (isThing(func, 'function')) return func.call;
  throw invalidType('Function', 'as an argument');
}

function first(set: Pipeline, context: Context): Thing {
  for (const element of elementsOf(set, context)) return element;
  return null;
}

function byId(collection: Collection, [given = null]: readonly Thing[], context: Context): Thing {
  if (typeof given !== 'string' && typeof given !== 'bigint') throw invalidType('ID', 'in `id`');
  if (!/^-?\d{1,19}$/.test(String(given)))
    throw invalidArgument('id', `expected an ID, received ${given}`);
  const id = BigInt(given);
  const document = documentAt(collection, id, context);
  if (document !== undefined) return document;
  const cause = context.query.access.canRead(collection.name) ? 'not found' : 'permission denied';
  return { kind: 'missing', ref: documentRef(collection, id), cause };
}

function staticOf(module: Module, name: string): Thing {
  const member = module.collection === undefined ? staticMember(module.name, name) : undefined;
  if (member !== undefined) return member;
  throw new V10Failure('invalid_query', 'The query failed 1 validation check', {
    summary: `error: Type \`${module.name}\` does not have field \`${name}\``,
  });
}

function resolved(ref: Ref, context: Context): DocumentValue | undefined {
  return ref.to === 'document' ? documentAt(ref.collection, ref.id, context) : undefined;
}

function refMember(ref: Ref, name: string): Thing {
  if (ref.to !== 'document') return null;
  if (name === 'id') return String(ref.id);
  return name === 'coll' ? moduleOf(ref.collection) : null;
}

function documentMember(document: DocumentValue, name: string): Thing {
  const { ref, ts, fields } = document;
  if (name === 'id' || name === 'coll') return refMember(ref, name);
  if (name === 'ts') return { kind: 'time', nanos: BigInt(ts) * 1000n };
  if (name === 'ttl') return fields.get('ttl') ?? null;
  const data = fields.get('data');
  return name === 'data' ? (data ?? null) : inData(data, name);
}

function holeMember(hole: Hole, name: string): Thing {
  const { shape, is } = hole;
  const common = { kind: 'hole', shape } as const;
  if (is !== 'document') return null;
  if (name === 'id') return { ...common, is: 'text', counter: 'id' };
  if (name === 'ts') return { ...common, is: 'time' };
  if (name === 'coll') return moduleOf(shape.collection);
  return name === 'data' ? shape.data : inData(shape.data, name);
}

function inData(data: Value | undefined, name: string): Thing {
  return data instanceof Map ? (data.get(name) ?? null) : null;
}

function moduleOf(collection: Collection): Module {
  return { kind: 'module', name: collection.name, collection };
}

function timeMethods(nanos: bigint): Readonly<Record<string, Method>> {
  return {
    toMicros: () => floorDiv(nanos, 1000n),
    toMillis: () => floorDiv(nanos, 1_000_000n),
    toSeconds: () => floorDiv(nanos, 1_000_000_000n),
    toString: () => timeText(nanos),
  };
}

function isRun(item: Thing | Run): item is Run {
  return typeof item === 'object' && item !== null && 'kind' in item && item.kind === 'run';
}
