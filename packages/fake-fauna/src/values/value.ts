import type { Collection, SchemaObject } from '../store/schema.ts';
import type { FaunaSet } from '../read/fauna-set.ts';
import type { Hole, Run } from '../synthetic/hole.ts';
import type { Lambda } from '../v4/lambda.ts';

/**
 * A value of Fauna while a query runs. Integers are bigints, doubles are numbers; objects are maps, which keep the
 * order of keys that look like numbers.
 */
export type Value =
  | null
  | boolean
  | string
  | bigint
  | number
  | readonly Value[]
  | FaunaObject
  | Special;

export type FaunaObject = ReadonlyMap<string, Value>;

/** Values that JSON has no form for. */
export type Special =
  | Time
  | CalendarDate
  | Bytes
  | Uuid
  | Ref
  | UnresolvedRef
  | SetValue
  | Lambda
  | DocumentValue
  | EventValue
  | Page
  | Hole;

/** An instant, in nanoseconds since 1970. */
export interface Time {
  readonly kind: 'time';
  readonly nanos: bigint;
}

/** A day, as its ISO text. */
export interface CalendarDate {
  readonly kind: 'date';
  readonly text: string;
}

/** Bytes, in standard base64 with padding. */
export interface Bytes {
  readonly kind: 'bytes';
  readonly base64: string;
}

export interface Uuid {
  readonly kind: 'uuid';
  readonly text: string;
}

/** A reference to something that exists, or did when it was made. */
export type Ref = DocumentRef | SchemaRef | NativeRef;

export interface DocumentRef {
  readonly kind: 'ref';
  readonly to: 'document';
  readonly collection: Collection;
  readonly id: bigint;
}

/** A reference to a collection, an index, a role, a key and so on. */
export interface SchemaRef {
  readonly kind: 'ref';
  readonly to: 'schema';
  readonly object: SchemaObject;
}

/** A reference to one of the system's own collections, such as `collections`. */
export interface NativeRef {
  readonly kind: 'ref';
  readonly to: 'native';
  readonly name: string;
}

/** A reference to a collection, index and so on that nobody has made; with `id`, to a document in such a collection. */
export interface UnresolvedRef {
  readonly kind: 'unresolved';
  readonly listing: string;
  readonly name: string;
  readonly id?: bigint;
}

export interface SetValue {
  readonly kind: 'set';
  readonly set: FaunaSet;
}

/** What Get gives. `fields` are all but `ref` and `ts`. */
export interface DocumentValue {
  readonly kind: 'document';
  readonly ref: Ref;
  readonly ts: number;
  readonly fields: FaunaObject;
  /** Whether the query that gives it made it. */
  readonly isNew?: boolean;
}

export type Action = 'add' | 'remove' | 'create' | 'update' | 'delete';

/** A change of a set (add, remove) or of a document (create, update, delete). */
export interface EventValue {
  readonly kind: 'event';
  readonly ts: bigint;
  readonly action: Action;
  readonly ref: Ref;
  /** The values of an index, for a change of one of its sets. */
  readonly values?: readonly Value[];
  /** What changed, for a change of a document. */
  readonly data?: Value;
}

/** A page of a set. Documents that are not stored may lie in it as runs. */
export interface Page {
  readonly kind: 'page';
  readonly before?: Value | undefined;
  readonly after?: Value | undefined;
  readonly data: readonly (Value | Run)[];
}

function isSpecial(value: Value | Run): value is Special | Run {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map)
  );
}

export function isObject(value: Value | Run | undefined): value is FaunaObject {
  return value instanceof Map;
}

export function isArray(value: Value | Run | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isRef(value: Value | Run | undefined): value is Ref {
  return isA(value, 'ref');
}

/** Whether a value is special, and of this kind. */
export function isA<Kind extends Special['kind']>(
  value: Value | Run | undefined,
  kind: Kind,
): value is Extract<Special, { kind: Kind }> {
  return value !== undefined && isSpecial(value) && value.kind === kind;
}

export function time(nanos: bigint): Time {
  return { kind: 'time', nanos };
}

export function nativeRef(name: string): NativeRef {
  return { kind: 'ref', to: 'native', name };
}

export function schemaRef(object: SchemaObject): SchemaRef {
  return { kind: 'ref', to: 'schema', object };
}

export function documentRef(collection: Collection, id: bigint): DocumentRef {
  return { kind: 'ref', to: 'document', collection, id };
}

export function objectOf(members: Readonly<Record<string, Value>>): FaunaObject {
  return new Map(Object.entries(members));
}
