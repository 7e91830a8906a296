import type { Json } from '../json/parse-json.ts';
import type { Database } from '../store/database.ts';
import { isCollection, listings, type Listing } from '../store/schema.ts';
import {
  documentRef,
  isA,
  isRef,
  nativeRef,
  schemaRef,
  type Ref,
  type UnresolvedRef,
} from '../values/value.ts';
import { invalidExpression, type Place } from './failures.ts';

/** The reference that the content of an `@ref` means. @throws {QueryFailure} invalid expression */
export function parseRef(database: Database, json: Json, place: Place): Ref | UnresolvedRef {
  const invalid = () => invalidExpression(place, 'Invalid ref.');
  if (!(json instanceof Map)) throw invalid();
  const members: ReadonlyMap<string, Json> = json;
  const id = members.get('id');
  const parent = members.get('collection') ?? members.get('class');
  if (typeof id !== 'string') throw invalid();
  if (parent === undefined) {
    const name = id === 'classes' ? 'collections' : id;
    if (!isListing(name)) throw invalid();
    return nativeRef(name);
  }
  const tagged = parent instanceof Map ? parent.get('@ref') : undefined;
  const collection = parseRef(database, tagged ?? null, place);
  if (isRef(collection) && collection.to === 'native') {
    return objectRef(database, collection.name, id);
  }
  if (!/^-?\d{1,19}$/.test(id)) throw invalid();
  if (isA(collection, 'unresolved')) return { ...collection, id: BigInt(id) };
  if (collection.to !== 'schema' || !isCollection(collection.object)) throw invalid();
  return documentRef(collection.object, BigInt(id));
}

/** A reference to an object of the schema, whether it is there or not. */
export function objectRef(database: Database, listing: string, name: string): Ref | UnresolvedRef {
  const object = isListing(listing) ? database.find(listing, name) : undefined;
  return object === undefined ? { kind: 'unresolved', listing, name } : schemaRef(object);
}

export function isListing(name: string): name is Listing {
  return listings.some((listing) => listing === name);
}
