import { existsAt, planOf, type SchemaObject } from '../../store/schema.ts';
import { merged, stored } from '../../store/merge-fields.ts';
import { objectOf, schemaRef, type FaunaObject, type Value } from '../../values/value.ts';
import { asObject } from '../casts.ts';
import type { QueryContext } from '../env.ts';
import {
  failure,
  invalidArgument,
  permissionDenied,
  validationFailed,
  type Place,
} from '../failures.ts';
import { form, type Form } from '../form.ts';
import { isListing } from '../parse-ref.ts';

const creations: readonly (readonly [key: string, listing: string])[] = [
  ['create_collection', 'collections'],
  ['create_class', 'collections'],
  ['create_index', 'indexes'],
  ['create_database', 'databases'],
  ['create_function', 'functions'],
  ['create_role', 'roles'],
];

/** What makes collections, indexes and so on. */
export const schemaForms: readonly Form[] = creations.map(([key, listing]) =>
  form(key, (call) => createObject(call.env.query, listing, call.as(key, asObject), call.at(key))),
);

/** From how many documents on an index is built after it was made. */
const builtAtOnce = 128;

const nouns: Readonly<Record<string, string>> = {
  collections: 'Collection',
  indexes: 'Index',
  databases: 'Database',
  functions: 'Function',
  roles: 'Role',
};

/** Makes an object of the schema, and gives its document. */
export function createObject(
  query: QueryContext,
  listing: string,
  params: FaunaObject,
  place: Place,
): Value {
  if (!query.access.canChangeSchema()) throw permissionDenied(place);
  const name = params.get('name');
  if (typeof name !== 'string') {
    throw validationFailed(place, ['name'], 'value required', 'Required value not found.');
  }
  if (!isListing(listing) || nouns[listing] === undefined) {
    throw invalidArgument(place, `Cannot create ${listing} here.`);
  }
  if (query.database.find(listing, name) !== undefined) {
    throw failure(place, 'instance already exists', `${nouns[listing]} already exists.`);
  }
  const object =
    listing === 'collections'
      ? createCollection(query, name, params)
      : listing === 'indexes'
        ? createIndex(query, name, params, place)
        : query.transaction.createOther(listing, name, stored(params));
  query.counts.writes++;
  const version = object.versions.at(-1);
  const fields = version?.fields ?? params;
  return {
    kind: 'document',
    ref: schemaRef(object),
    ts: query.transaction.ts,
    fields,
    isNew: true,
  };
}

function createCollection(query: QueryContext, name: string, params: FaunaObject): SchemaObject {
  const days = query.defaultHistoryDays;
  const usual = objectOf(days === null ? {} : { history_days: BigInt(days) });
  return query.transaction.createCollection(name, merged(usual, params));
}

function createIndex(
  query: QueryContext,
  name: string,
  params: FaunaObject,
  place: Place,
): SchemaObject {
  if (!params.has('source')) {
    throw validationFailed(place, ['source'], 'value required', 'Required value not found.');
  }
  const usual = objectOf({ active: true, serialized: true, partitions: 1n });
  const { transaction, snapshot, indexBuildMicros } = query;
  const hidden = { hidden: false, activeFrom: 0 };
  const index = transaction.createIndex(name, merged(usual, params), hidden);
  const documents = (planOf(index).sources ?? []).filter((source) => existsAt(source));
  const count = documents.reduce(
    (sum, source) => sum + source.documents.stored.length + (source.documents.shape?.count ?? 0),
    0,
  );
  if (count > builtAtOnce) index.activeFrom = snapshot + indexBuildMicros;
  return index;
}
