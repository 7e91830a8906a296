import type { Ref, Value } from '../values/value.ts';
import type { Hole, Run } from '../synthetic/hole.ts';
import type { Collection, SchemaObject } from '../store/schema.ts';
import type { QueryContext } from '../v4/env.ts';
import type { Tokens } from './tokens.ts';

/** A value of FQL v10 while a query runs: all that v4 has, and what only v10 knows. */
export type Thing = Value | readonly Thing[] | ReadonlyMap<string, Thing> | V10Thing;

export type V10Thing = Module | Func | Pipeline | Source | Missing | SetPage | Definition;

/** What a query runs in. */
export interface Context {
  readonly query: QueryContext;
  /** The time of the innermost `at`. */
  readonly at: number | undefined;
  /** The synthetic documents for all of which an expression is evaluated at once. */
  readonly symbolic: Run | undefined;
  readonly tokens: Tokens;
}

/** `Collection`, `Set`, `Time` and so on, or a collection. */
export interface Module {
  readonly kind: 'module';
  readonly name: string;
  readonly collection: Collection | undefined;
}

export interface Func {
  readonly kind: 'function';
  readonly call: (args: readonly Thing[], context: Context) => Thing;
  /** The path of a short lambda such as `.a.b`. */
  readonly path: readonly string[] | undefined;
}

/** What is done with the documents of a collection, or with values, one after the other. */
export interface Pipeline {
  readonly kind: 'pipeline';
  readonly from: Collection | readonly Thing[];
  readonly stages: readonly Stage[];
  readonly pageSize: number;
  /** The time the documents are read at; the present unless told. */
  readonly at: number | undefined;
}

export type Stage =
  | { readonly is: 'where' | 'map'; readonly call: Func['call'] }
  | { readonly is: 'take'; readonly count: number };

/** What events can be read from. */
export interface Source {
  readonly kind: 'source';
  readonly pipeline: Pipeline;
  readonly fields: readonly (readonly string[])[];
  readonly ts: number;
}

/** A document that is not there. */
export interface Missing {
  readonly kind: 'missing';
  readonly ref: Ref | { readonly collection: string; readonly name: string };
  /** Undefined where nothing is told but the reference. */
  readonly cause: string | undefined;
}

/** A page of a set. What paginate gives is a value of its own, and not a set. */
export interface SetPage {
  readonly kind: 'set-page';
  readonly isStruct?: boolean;
  readonly data: readonly (Thing | Run)[];
  readonly after: string | undefined;
}

/** The document of a collection itself. */
export interface Definition {
  readonly kind: 'definition';
  readonly object: SchemaObject;
}

export function isThing<Kind extends V10Thing['kind']>(
  value: Thing | Run,
  kind: Kind,
): value is Extract<V10Thing, { kind: Kind }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

export function isMap(value: Thing | Run): value is ReadonlyMap<string, Thing> {
  return value instanceof Map;
}

export function isList(value: Thing | Run): value is readonly Thing[] {
  return Array.isArray(value);
}

export function isHole(value: Thing | Run): value is Hole {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'hole';
}
