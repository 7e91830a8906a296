import { isA, isArray, isObject, isRef, type FaunaObject, type Value } from '../values/value.ts';
import type { Documents } from './documents.ts';
import type { Version } from './version.ts';
import { versionAt } from './version.ts';

/** The system's own collections, whose documents are the schema. */
export const listings = [
  'collections',
  'indexes',
  'databases',
  'functions',
  'roles',
  'keys',
  'tokens',
  'credentials',
  'access_providers',
] as const;

export type Listing = (typeof listings)[number];

/** A collection, an index, a role and so on. */
export interface SchemaObject {
  readonly listing: Listing;
  readonly name: string;
  /** Grows with every object made. */
  readonly serial: bigint;
  readonly versions: Version[];
}

export interface Collection extends SchemaObject {
  readonly listing: 'collections';
  readonly documents: Documents;
}

export interface Index extends SchemaObject {
  readonly listing: 'indexes';
  /** Whether Indexes() leaves it out, as it does those of FQL v10. */
  readonly hidden: boolean;
  /** From when on it can be read, in microseconds. */
  activeFrom: number;
}

/** A field of an index: a path in the document. */
export interface IndexField {
  readonly path: readonly (string | number)[];
  readonly reverse: boolean;
}

/** What an index holds. */
export interface IndexPlan {
  /** Undefined where it has the documents of every collection. */
  readonly sources: readonly Collection[] | undefined;
  readonly terms: readonly IndexField[];
  readonly values: readonly IndexField[];
}

/** Whether an object is there at a time. */
export function existsAt(object: SchemaObject, at = Infinity): boolean {
  return versionAt(object.versions, at)?.fields !== undefined;
}

/** The newest fields of an object; none where it was deleted. */
export function fieldsOf(object: SchemaObject): FaunaObject {
  return object.versions.at(-1)?.fields ?? new Map();
}

export function isCollection(object: SchemaObject): object is Collection {
  return object.listing === 'collections';
}

export function isIndex(object: SchemaObject): object is Index {
  return object.listing === 'indexes';
}

/** How far back a collection can be read, in microseconds since 1970, when it is `now`. */
export function minimumValidTime(collection: Collection, now: number): number {
  const days = fieldsOf(collection).get('history_days');
  if (days === undefined || days === null) return 0;
  return now - Number(days) * 86_400_000_000 - 900_000_000;
}

/** The plan of an index, from its definition. */
export function planOf(index: Index): IndexPlan {
  const fields = fieldsOf(index);
  return {
    sources: sourcesOf(fields.get('source') ?? null),
    terms: listOf(fields.get('terms')).map(fieldOf),
    values: listOf(fields.get('values')).map(fieldOf),
  };
}

function sourcesOf(source: Value): readonly Collection[] | undefined {
  const sources: Collection[] = [];
  for (const one of isArray(source) ? source : [source]) {
    const ref = isObject(one) ? one.get('collection') : one;
    if (ref === '_') return undefined;
    if (isRef(ref) && ref.to === 'schema' && isCollection(ref.object)) sources.push(ref.object);
  }
  return sources;
}

function fieldOf(value: Value): IndexField {
  const field = isObject(value) ? value.get('field') : undefined;
  const path = (isArray(field) ? field : [field ?? '']).map((step) =>
    typeof step === 'bigint' ? Number(step) : String(step),
  );
  return { path, reverse: isObject(value) && value.get('reverse') === true };
}

function listOf(value: Value | undefined): readonly Value[] {
  if (isArray(value)) return value;
  return value === undefined || value === null || isA(value, 'set') ? [] : [value];
}
