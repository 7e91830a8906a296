import { microsOf } from '../values/time-text.ts';
import {
  isA,
  isArray,
  isObject,
  isRef,
  type FaunaObject,
  type Ref,
  type UnresolvedRef,
  type Value,
} from '../values/value.ts';
import type { Collection, Index } from '../store/schema.ts';
import { isCollection, isIndex } from '../store/schema.ts';
import { failure, invalidArgument, type Place, type QueryFailure } from './failures.ts';

/** What the server calls the type of a value. */
export function typeName(value: Value): string {
  if (value === null) return 'Null';
  if (typeof value === 'bigint') return 'Integer';
  if (typeof value === 'number') return 'Double';
  if (typeof value === 'boolean') return 'Boolean';
  if (typeof value === 'string') return 'String';
  if (isArray(value)) return 'Array';
  if (isObject(value)) return 'Object';
  if (isRef(value))
    return refTypes[value.to === 'schema' ? value.object.listing : ''] ?? nativeType(value);
  if (isA(value, 'unresolved'))
    return value.id === undefined ? (refTypes[value.listing] ?? 'Ref') : 'Ref';
  return kindNames[kindOf(value)] ?? 'Object';
}

const refTypes: Readonly<Record<string, string>> = {
  collections: 'Collection Ref',
  indexes: 'Index Ref',
  databases: 'Database Ref',
  keys: 'Key Ref',
  functions: 'User Function Ref',
};

const kindNames: Readonly<Record<string, string>> = {
  time: 'Time',
  date: 'Date',
  bytes: 'Bytes',
  uuid: 'UUID',
  set: 'Set',
  lambda: 'Lambda',
  page: 'Page',
};

function nativeType(ref: Ref): string {
  return ref.to === 'native' ? 'Collection Ref' : 'Ref';
}

function kindOf(value: Value): string {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : '';
}

/** The failure of a value that is not of a type. */
export function mismatch(expected: string, value: Value, place: Place): QueryFailure {
  return invalidArgument(place, `${expected} expected, ${typeName(value)} provided.`);
}

/** The failure of a reference to what nobody has made. */
export function undefinedRef({ listing, name }: UnresolvedRef, place: Place): QueryFailure {
  const kinds: Readonly<Record<string, string>> = {
    collections: 'collection',
    indexes: 'index',
    databases: 'database',
    functions: 'function',
    roles: 'role',
    keys: 'key',
    access_providers: 'access_provider',
  };
  return failure(
    place,
    'invalid ref',
    `Ref refers to undefined ${kinds[listing] ?? listing} '${name}'`,
  );
}

export function asInteger(value: Value, place: Place): bigint {
  if (typeof value === 'bigint') return value;
  throw mismatch('Integer', value, place);
}

export function asNumber(value: Value, place: Place): bigint | number {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  throw mismatch('Number', value, place);
}

export function asBoolean(value: Value, place: Place): boolean {
  if (typeof value === 'boolean') return value;
  throw mismatch('Boolean', value, place);
}

export function asString(value: Value, place: Place): string {
  if (typeof value === 'string') return value;
  throw mismatch('String', value, place);
}

export function asArray(value: Value, place: Place): readonly Value[] {
  if (isArray(value)) return value;
  throw mismatch('Array', value, place);
}

export function asObject(value: Value, place: Place): FaunaObject {
  if (isObject(value)) return value;
  throw mismatch('Object', value, place);
}

export function asNull(value: Value, place: Place): null {
  if (value === null) return null;
  throw mismatch('Null', value, place);
}

/** One value, or the values of an array. */
export function asList(value: Value): readonly Value[] {
  return isArray(value) ? value : [value];
}

/** Microseconds of an instant or of an integer. */
export function asMicros(value: Value, place: Place): bigint {
  if (typeof value === 'bigint') return value;
  if (isA(value, 'time')) return microsOf(value);
  throw mismatch('Time', value, place);
}

export function asPath(value: Value, place: Place): (string | bigint)[] {
  return asList(value).map((step, i) => {
    if (typeof step === 'string' || typeof step === 'bigint') return step;
    throw mismatch('String or Integer', step, isArray(value) ? { parent: place, step: i } : place);
  });
}

export function asRef(value: Value, place: Place): Ref {
  if (isRef(value)) return value;
  if (isA(value, 'unresolved')) throw undefinedRef(value, place);
  throw mismatch('Ref', value, place);
}

export function asCollection(value: Value, place: Place): Collection | string {
  if (isRef(value) && value.to === 'native') return value.name;
  if (isRef(value) && value.to === 'schema' && isCollection(value.object)) return value.object;
  if (isA(value, 'unresolved')) throw undefinedRef(value, place);
  throw mismatch('Collection Ref', value, place);
}

export function asIndex(value: Value, place: Place): Index {
  if (isRef(value) && value.to === 'schema' && isIndex(value.object)) return value.object;
  if (isA(value, 'unresolved')) throw undefinedRef(value, place);
  throw mismatch('Identifier', value, place);
}
