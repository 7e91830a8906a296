import type { Collection, SchemaObject } from '../../store/schema.ts';
import { existsAt, fieldsOf, isCollection } from '../../store/schema.ts';
import { liveVersion } from '../../store/version.ts';
import { merged, stored } from '../../store/merge-fields.ts';
import { timeOfMicros } from '../../values/time-text.ts';
import {
  documentRef,
  isA,
  isArray,
  isObject,
  schemaRef,
  type DocumentValue,
  type FaunaObject,
  type Ref,
  type Value,
} from '../../values/value.ts';
import { asMicros, asObject, asRef, asString, mismatch, undefinedRef } from '../casts.ts';
import type { QueryContext } from '../env.ts';
import {
  at,
  failure,
  invalidArgument,
  notFound,
  permissionDenied,
  stepsOf,
  validationFailed,
  type Place,
} from '../failures.ts';
import { form, type Call, type Form } from '../form.ts';
import { forgetKey } from './keys.ts';
import { createObject, schemaForms } from './schema-writes.ts';

/** What writes documents. */
export const writeForms: readonly Form[] = [
  form('create params?', create),
  form('update params?', (call) => update(call, 'update')),
  form('replace params?', (call) => update(call, 'replace')),
  form('delete', remove),
  form('insert ts action params?', (call) => insert(call)),
  form('remove ts action', (call) => {
    const { collection, id } = documentIn(call, 'remove');
    const ts = Number(call.as('ts', asMicros));
    call.env.query.transaction.forget(collection, id, (version) => version.ts === ts);
    return null;
  }),
  ...schemaForms,
];

function create(call: Call): Value {
  const { query } = call.env;
  const place = call.at('create');
  const target = targetOf(call, place);
  const params = paramsOf(call);
  if (target.to === 'native') return createObject(query, target.name, params, place);
  if (target.to === 'schema' && !isCollection(target.object)) throw mismatch('Ref', target, place);
  const [collection, given] =
    target.to === 'document' ? [target.collection, target.id] : [target.object, undefined];
  if (!isCollection(collection)) throw mismatch('Ref', target, place);
  checkWrite(query, collection, place);
  if (query.transaction.made(collection)) {
    throw invalidArgument(
      place,
      'Cannot create a collection and a document in it in the same transaction.',
    );
  }
  const id = given ?? query.database.nextId();
  if (liveVersion(collection.documents.versions(id), Infinity, query.snapshot) !== undefined) {
    throw failure(place, 'instance already exists', 'Document already exists.');
  }
  const fields = withTtl(collection, stored(params), query);
  return { ...write(query, collection, id, fields), isNew: true };
}

/** What Create is given: a reference, or the name of a collection. */
function targetOf(call: Call, place: Place): Ref {
  const value = call.value('create');
  if (typeof value !== 'string') return asRef(value, place);
  const collection = call.env.query.database.collection(value);
  if (collection !== undefined) return schemaRef(collection);
  throw undefinedRef({ kind: 'unresolved', listing: 'collections', name: value }, place);
}

function update(call: Call, key: 'update' | 'replace'): Value {
  const { query } = call.env;
  const ref = call.as(key, asRef);
  const params = paramsOf(call);
  if (ref.to === 'schema') {
    if (!query.access.canChangeSchema()) throw permissionDenied(call.place);
    const fields = merged(fieldsOf(ref.object), params);
    query.transaction.change(ref.object, new Map([...fields, ['name', ref.object.name]]));
    query.counts.writes++;
    return { kind: 'document', ref, ts: query.transaction.ts, fields: fieldsOf(ref.object) };
  }
  const { collection, id } = documentIn(call, key);
  checkWrite(query, collection, call.place);
  const version = liveVersion(collection.documents.versions(id), Infinity, query.snapshot);
  if (version === undefined) throw notFound(call.place, 'Document not found.');
  const fields = key === 'update' ? merged(version.fields, params) : stored(params);
  return write(query, collection, id, fields);
}

function remove(call: Call): Value {
  const { query } = call.env;
  const ref = call.as('delete', asRef);
  if (ref.to === 'schema') return removeObject(call, ref.object);
  const { collection, id } = documentIn(call, 'delete');
  checkWrite(query, collection, call.place);
  const version = liveVersion(collection.documents.versions(id), Infinity, query.snapshot);
  if (version === undefined) throw notFound(call.place, 'Document not found.');
  query.transaction.put(collection, id, undefined);
  query.counts.writes++;
  return { kind: 'document', ref, ...version };
}

function removeObject({ env, place }: Call, object: SchemaObject): Value {
  if (!env.query.access.canChangeSchema()) throw permissionDenied(place);
  const version = object.versions.at(-1);
  if (version?.fields === undefined) throw notFound(place, 'Document not found.');
  env.query.transaction.change(object, undefined);
  if (object.listing === 'keys') forgetKey(env.query, version.fields);
  env.query.counts.writes++;
  return { kind: 'document', ref: schemaRef(object), ts: version.ts, fields: version.fields };
}

function insert(call: Call): Value {
  const { query } = call.env;
  const { collection, id } = documentIn(call, 'insert');
  const ts = Number(call.as('ts', asMicros));
  const action = call.as('action', asString);
  if (!['create', 'update', 'delete'].includes(action)) {
    throw invalidArgument(
      call.at('action'),
      "String 'create', 'update', or 'delete' expected, String provided.",
    );
  }
  if (ts > query.snapshot) {
    throw failure(call.place, 'invalid write time', 'Cannot write outside of snapshot time.');
  }
  checkWrite(query, collection, call.place);
  const fields = action === 'delete' ? undefined : stored(paramsOf(call));
  query.transaction.put(collection, id, fields, ts);
  query.counts.writes++;
  const ref = documentRef(collection, id);
  const kind = action === 'delete' ? 'delete' : 'create';
  return { kind: 'event', ts: BigInt(ts), action: kind, ref, data: fields?.get('data') ?? null };
}

function write(
  query: QueryContext,
  collection: Collection,
  id: bigint,
  fields: FaunaObject,
): DocumentValue {
  query.transaction.put(collection, id, fields);
  query.counts.writes++;
  const { ts } = query.transaction;
  return { kind: 'document', ref: documentRef(collection, id), ts, fields };
}

/** The document a write is about. */
function documentIn(call: Call, key: string) {
  const ref = call.as(key, asRef);
  if (ref.to === 'document' && existsAt(ref.collection)) return ref;
  if (ref.to === 'document') throw notFound(call.place, 'Document not found.');
  throw mismatch('Ref', ref, call.at(key));
}

function checkWrite({ access }: QueryContext, { name }: Collection, place: Place): void {
  if (!access.canWrite(name)) throw permissionDenied(place);
}

/** What is to be written. @throws {QueryFailure} where it refers to what is not there */
function paramsOf(call: Call): FaunaObject {
  const params = call.perhaps('params', asObject) ?? new Map<string, Value>();
  checkRefs(params, call.at('params'), call.place);
  const ttl = params.get('ttl');
  if (ttl !== undefined && ttl !== null && !isA(ttl, 'time')) {
    throw validationFailed(
      call.at('params'),
      ['ttl'],
      'invalid type',
      'Invalid type String, expected type Time.',
    );
  }
  return params;
}

function checkRefs(value: Value, field: Place, place: Place): void {
  if (isA(value, 'unresolved')) {
    const path = stepsOf(field).map(String);
    throw validationFailed(place, path, 'invalid reference', 'Cannot read reference.');
  }
  if (isArray(value)) value.forEach((element, i) => checkRefs(element, at(field, i), place));
  if (isObject(value)) {
    for (const [key, member] of value) checkRefs(member, at(field, key), place);
  }
}

/** A collection may say how long its documents live. */
function withTtl(collection: Collection, fields: FaunaObject, query: QueryContext): FaunaObject {
  const days = fieldsOf(collection).get('ttl_days');
  if (typeof days !== 'bigint' || fields.has('ttl')) return fields;
  const end = timeOfMicros(BigInt(query.transaction.ts) + days * 86_400_000_000n);
  return new Map([...fields, ['ttl', end]]);
}
