import { Decimal, decodeValue as decodeJson } from '@fairlead/json';

/**
 * A value of FQL v4 in memory. Integers beyond 2^53 are bigint; doubles that a number cannot hold are
 * {@link Decimal}. NaN and infinities come as strings.
 */
export type FaunaValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Decimal
  | FaunaRef
  | FaunaTagged
  | readonly FaunaValue[]
  | FaunaObject;

export interface FaunaObject {
  readonly [name: string]: FaunaValue;
}

/** A reference: to a thing of `collection`, or to one that Fauna has by itself. */
export class FaunaRef {
  readonly id: string;
  readonly collection: FaunaRef | undefined;
  /** The database it is in, when that is another one. */
  readonly database: FaunaRef | undefined;

  constructor(id: string, collection?: FaunaRef, database?: FaunaRef) {
    this.id = id;
    this.collection = collection;
    this.database = database;
  }
}

/** A value that JSON has not and that is no reference. */
export class FaunaTagged {
  /** `@ts`, `@date`, `@bytes`, `@uuid`, `@set` or `@query`. */
  readonly tag: string;
  /** What Fauna puts into it. */
  readonly content: FaunaValue;

  constructor(tag: string, content: FaunaValue) {
    this.tag = tag;
    this.content = content;
  }
}

/**
 * The value of tagged JSON from `start` to `end`, for descriptions and not for documents: it makes an object of each.
 * @throws {JsonSyntaxError} when it is no JSON.
 */
export function decodeValue(json: Uint8Array, start = 0, end: number = json.length): FaunaValue {
  return untagged(decodeJson(json, start, end));
}

/** The `resource` of an answer; undefined when it has none. */
export function decodeAnswer(body: Uint8Array): FaunaValue | undefined {
  const answer = decodeJson(body);
  return isRecord(answer) && Object.hasOwn(answer, 'resource')
    ? untagged(answer['resource'])
    : undefined;
}

/** Whether a value is an object with members. */
export function isFaunaObject(value: FaunaValue | undefined): value is FaunaObject {
  return isRecord(value) && !(value instanceof FaunaRef) && !(value instanceof FaunaTagged);
}

/** What is at `path` in a value; undefined when nothing is. */
export function valueAt(
  value: FaunaValue | undefined,
  ...path: readonly (string | number)[]
): FaunaValue | undefined {
  let found = value;
  for (const step of path) {
    if (typeof step === 'number') found = Array.isArray(found) ? found[step] : undefined;
    else found = isFaunaObject(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return found;
}

function untagged(value: unknown): FaunaValue {
  if (Array.isArray(value)) return value.map(untagged);
  if (!isRecord(value)) return scalar(value);
  const [only, ...others] = Object.entries(value);
  if (only !== undefined && others.length === 0) {
    const found = fromTag(only[0], only[1]);
    if (found !== undefined) return found;
  }
  return untaggedMembers(value);
}

function untaggedMembers(object: Readonly<Record<string, unknown>>): FaunaObject {
  // Not by assignment, which would set the prototype for one name.
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, untagged(value)]));
}

/** The value of a tag, or undefined when it is none. */
function fromTag(tag: string, content: unknown): FaunaValue | undefined {
  if (tag === '@obj') return isRecord(content) ? untaggedMembers(content) : undefined;
  if (tag === '@ref') return refOf(content);
  if (tag === '@set' || tag === '@query') return new FaunaTagged(tag, untagged(content));
  const isText = typeof content === 'string' && texts.has(tag);
  return isText ? new FaunaTagged(tag, content) : undefined;
}

const texts: ReadonlySet<string> = new Set(['@ts', '@date', '@bytes', '@uuid']);

function refOf(content: unknown): FaunaRef | undefined {
  if (!isRecord(content)) return undefined;
  const { id, collection, database } = content;
  if (typeof id !== 'string') return undefined;
  const parent = collection === undefined ? undefined : untagged(collection);
  if (parent !== undefined && !(parent instanceof FaunaRef)) return undefined;
  const home = database === undefined ? undefined : untagged(database);
  return new FaunaRef(id, parent, home instanceof FaunaRef ? home : undefined);
}

function scalar(value: unknown): FaunaValue {
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return value;
    default:
      return value instanceof Decimal ? value : null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Decimal)
  );
}
