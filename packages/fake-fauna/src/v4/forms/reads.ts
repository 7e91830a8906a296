import { existsAt, isIndex, type SchemaObject } from '../../store/schema.ts';
import { liveVersion, versionAt } from '../../store/version.ts';
import {
  isA,
  isObject,
  isRef,
  type DocumentValue,
  type Ref,
  type Value,
} from '../../values/value.ts';
import { asBoolean, asInteger, asMicros, mismatch } from '../casts.ts';
import { cursorFor, type Cursor } from '../cursors.ts';
import { NotSymbolic, checkHistory, untilOf, type Env } from '../env.ts';
import { invalidArgument, notFound, permissionDenied, type Place } from '../failures.ts';
import { form, type Call, type Form } from '../form.ts';
import { headOf, paginate } from '../paginate.ts';
import type { FaunaSet } from '../../read/fauna-set.ts';
import { asSetOrDocument } from './refs.ts';

/** What reads documents and sets. */
export const readForms: readonly Form[] = [
  form('get ts?', get, 'holes'),
  form('exists ts?', exists, 'holes'),
  form('paginate after? ts? size? events? sources?', (call) => page(call, 'after')),
  form('paginate before ts? size? events? sources?', (call) => page(call, 'before')),
  form('paginate cursor ts? size? events? sources?', (call) => {
    const cursor = call.value('cursor');
    if (cursor === null) return page(call, 'cursor');
    const [key, given] = isObject(cursor) && cursor.size === 1 ? ([...cursor][0] ?? []) : [];
    if (key === 'after' || key === 'before') return page(call, key, given);
    throw invalidArgument(
      call.at('cursor'),
      "Invalid cursor object. Expected an object with either 'before' or 'after' key in it.",
    );
  }),
];

const usualSize = 64n;
const largestSize = 100_000n;

function page(call: Call, key: 'after' | 'before' | 'cursor', given?: Value): Value {
  const source = call.as('paginate', asSetOrDocument);
  const isEvents = call.perhaps('events', asBoolean) === true;
  const set: FaunaSet = isEvents && source.is !== 'events' ? { is: 'events', source } : source;
  const size = call.perhaps('size', asInteger) ?? usualSize;
  if (size < 0n) throw invalidArgument(call.at('size'), 'size must be non-negative');
  let cursor: Cursor | undefined;
  if (key !== 'cursor' && (given !== undefined || call.has(key))) {
    cursor = cursorFor(set, given ?? call.value(key), call.at(key));
  }
  const paging = {
    size: Number(size < largestSize ? size : largestSize),
    cursor,
    backwards: key === 'before',
  };
  return paginate(set, paging, envAt(call), call.place);
}

/** Where `ts` is given, it takes the place of At. */
function envAt(call: Call): Env {
  const ts = call.perhaps('ts', asMicros);
  if (ts === undefined) return call.env;
  return { ...call.env, at: Number(ts) < call.env.query.snapshot ? Number(ts) : undefined };
}

function get(call: Call): Value {
  const value = call.value('get');
  const env = envAt(call);
  if (isA(value, 'hole')) {
    const isThere = value.is === 'ref' && env.symbolic !== undefined && env.symbolic.at === env.at;
    if (!isThere || !env.query.access.canRead(value.shape.collection.name)) throw new NotSymbolic();
    env.query.counts.reads++;
    return { ...value, is: 'document' };
  }
  if (isRef(value) && value.to !== 'native') return documentOf(value, env, call.place);
  const set = asSetOrDocument(value, call.at('get'));
  const head = headOf(set, env, call.at('get'));
  if (head === undefined) throw notFound(call.place, 'Set not found.');
  return documentOf(head.ref, env, call.place);
}

function exists(call: Call): Value {
  const value = call.value('exists');
  const env = envAt(call);
  if (isA(value, 'hole')) throw new NotSymbolic();
  if (isA(value, 'unresolved')) return false;
  if (isRef(value) && value.to !== 'native')
    return canRead(value, env) && find(value, env) !== undefined;
  if (!isRef(value) && !isA(value, 'set')) throw mismatch('Ref or Set', value, call.at('exists'));
  return headOf(asSetOrDocument(value, call.at('exists')), env, call.at('exists')) !== undefined;
}

/** The document a reference leads to. @throws {QueryFailure} permission denied, instance not found */
function documentOf(ref: Ref, env: Env, place: Place): DocumentValue {
  if (!canRead(ref, env)) throw permissionDenied(place);
  const document = find(ref, env);
  if (document === undefined) throw notFound(place, `${nounOf(ref)} not found.`);
  return document;
}

/** What a document is called in a failure. */
function nounOf(ref: Ref): string {
  const nouns: Readonly<Record<string, string>> = {
    collections: 'Collection',
    indexes: 'Index',
    databases: 'Database',
    functions: 'Function',
    roles: 'Role',
    keys: 'Key',
    tokens: 'Token',
    credentials: 'Credentials',
  };
  return (ref.to === 'schema' ? nouns[ref.object.listing] : undefined) ?? 'Document';
}

function canRead(ref: Ref, { query }: Env): boolean {
  if (ref.to === 'document') return query.access.canRead(ref.collection.name);
  return query.access.canList(ref.to === 'schema' ? ref.object.listing : ref.name);
}

function find(ref: Ref, env: Env): DocumentValue | undefined {
  const until = untilOf(env);
  env.query.counts.reads++;
  if (ref.to === 'native') return undefined;
  if (ref.to === 'schema') {
    const version = versionAt(ref.object.versions, until);
    if (version?.fields === undefined) return undefined;
    const fields = builtFields(ref.object, version.fields, env.query.snapshot);
    return { kind: 'document', ref, ts: version.ts, fields };
  }
  checkHistory(env, ref.collection);
  if (!existsAt(ref.collection)) return undefined;
  const versions = ref.collection.documents.versions(ref.id);
  const version = liveVersion(versions, until, env.query.snapshot);
  return version && { kind: 'document', ref, ...version };
}

/** An index that is still being built says so. */
function builtFields(
  object: SchemaObject,
  fields: ReadonlyMap<string, Value>,
  snapshot: number,
): ReadonlyMap<string, Value> {
  if (!isIndex(object) || object.activeFrom <= snapshot) return fields;
  return new Map([...fields, ['active', false]]);
}
