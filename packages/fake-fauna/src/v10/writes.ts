import type { Collection } from '../store/schema.ts';
import { merged, stored } from '../store/merge-fields.ts';
import { liveVersion } from '../store/version.ts';
import { timeOfMicros } from '../values/time-text.ts';
import {
  documentRef,
  isA,
  type DocumentRef,
  type FaunaObject,
  type Value,
} from '../values/value.ts';
import { fieldsOf } from '../store/schema.ts';
import { forbidden } from './definitions.ts';
import { V10Failure, invalidType } from './failure.ts';
import { isList, isMap, isThing, type Context, type Thing } from './thing.ts';
import { isValue } from './truth.ts';

/** Makes a document. @throws {V10Failure} where there is one of this id, or nobody may */
export function createDocument(collection: Collection, given: Thing, context: Context): Thing {
  const { query } = context;
  if (!query.access.canWrite(collection.name)) throw forbidden();
  const { id: wanted, data, ttl } = partsOf(given);
  const id = wanted ?? query.database.nextId();
  if (liveVersion(collection.documents.versions(id), Infinity, query.snapshot) !== undefined) {
    throw new V10Failure(
      'constraint_failure',
      `Failed to create document in collection \`${collection.name}\`.`,
      {
        constraint_failures: [
          { paths: [['id']], message: 'A document with this id already exists.' },
        ],
      },
    );
  }
  const days = fieldsOf(collection).get('ttl_days');
  const usual =
    typeof days === 'bigint'
      ? timeOfMicros(BigInt(query.transaction.ts) + days * 86_400_000_000n)
      : undefined;
  return write(documentRef(collection, id), data, ttl ?? usual, context);
}

/** What a document can be asked to do to itself. */
export const documentWrites: Readonly<
  Record<string, (ref: DocumentRef, args: readonly Thing[], context: Context) => Thing>
> = {
  update: (ref, [given = null], context) => {
    const before = existing(ref, context);
    const { data, ttl, clearsTtl } = partsOf(given);
    const old = before.get('data');
    const after = merged(old instanceof Map ? old : new Map(), data);
    const oldTtl = before.get('ttl');
    return write(ref, after, ttl ?? (clearsTtl ? undefined : oldTtl), context);
  },
  replace: (ref, [given = null], context) => {
    existing(ref, context);
    const { data, ttl } = partsOf(given);
    return write(ref, data, ttl, context);
  },
  delete: (ref, _, context) => {
    existing(ref, context);
    context.query.transaction.put(ref.collection, ref.id, undefined);
    context.query.counts.writes++;
    return { kind: 'missing', ref, cause: 'deleted' };
  },
};

function existing({ collection, id }: DocumentRef, { query }: Context): FaunaObject {
  if (!query.access.canWrite(collection.name)) throw forbidden();
  const version = liveVersion(collection.documents.versions(id), Infinity, query.snapshot);
  if (version !== undefined) return version.fields;
  throw new V10Failure(
    'document_not_found',
    `Collection \`${collection.name}\` does not contain document with id ${id}.`,
  );
}

function write(
  ref: DocumentRef,
  data: FaunaObject,
  ttl: Value | undefined,
  { query }: Context,
): Thing {
  const content: [string, Value][] = [['data', stored(data)]];
  if (isA(ttl, 'time')) content.push(['ttl', ttl]);
  const fields = new Map(content);
  query.transaction.put(ref.collection, ref.id, fields);
  query.counts.writes++;
  return { kind: 'document', ref, ts: query.transaction.ts, fields };
}

/** The id, the time to live and the rest of what is to be written. */
function partsOf(given: Thing) {
  if (!isMap(given)) throw invalidType('Object', 'in `data`');
  const members = new Map([...given].map(([key, value]) => [key, storable(value)]));
  const id = members.get('id');
  const ttl = members.get('ttl');
  const inner = members.get('data');
  for (const name of ['id', 'ttl', 'ts', 'coll']) members.delete(name);
  if (inner instanceof Map && members.size === 1) members.delete('data');
  const data: FaunaObject = inner instanceof Map && members.size === 0 ? inner : members;
  return {
    id: typeof id === 'string' || typeof id === 'bigint' ? BigInt(id) : undefined,
    ttl: isA(ttl, 'time') ? ttl : undefined,
    clearsTtl: ttl === null,
    data,
  };
}

/** A thing as it is stored: a document as a reference to it. @throws {V10Failure} of what cannot be */
function storable(thing: Thing): Value {
  if (isList(thing)) return thing.map(storable);
  if (isMap(thing)) return new Map([...thing].map(([key, value]) => [key, storable(value)]));
  if (isThing(thing, 'missing') && 'kind' in thing.ref) return thing.ref;
  if (!isValue(thing))
    throw new V10Failure('invalid_type', 'A value of this type cannot be stored.');
  return isA(thing, 'document') ? thing.ref : thing;
}
