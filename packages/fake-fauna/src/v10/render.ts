import { doubleText } from '../json/write-double.ts';
import type { Hole, Run } from '../synthetic/hole.ts';
import { BodyWriter } from '../synthetic/body-writer.ts';
import { timeText } from '../values/time-text.ts';
import { isA, type DocumentValue, type Ref, type Value } from '../values/value.ts';
import { definitionFields } from './definitions.ts';
import { documentAt, pageOf } from './pipeline.ts';
import type { Context, Definition, Missing, SetPage, Thing, V10Thing } from './thing.ts';
import { isList, isMap } from './thing.ts';
import { isValue } from './truth.ts';

/** How values are told: with tags, or as JSON alone. */
export type Format = 'tagged' | 'simple';

/** Writes values of FQL v10 into a body. */
export class V10Writer {
  readonly body: BodyWriter;
  readonly #format: Format;
  readonly #context: Context;
  /** How many documents lie around: references inside of one stay references, elsewhere they are followed. */
  #depth = 0;

  constructor(format: Format, context: Context, body?: BodyWriter) {
    this.#format = format;
    this.#context = context;
    this.body = body ?? new BodyWriter((hole) => this.#around(hole));
  }

  text(text: string): void {
    this.body.text(text);
  }

  /** A value; sets are given as their first pages, but for those that lie in others. */
  write(thing: Thing, inSet = false): void {
    if (isValue(thing)) this.#value(thing, inSet);
    else if (isList(thing)) this.#list(thing, inSet);
    else if (isMap(thing)) this.#object(thing, inSet);
    else this.#thing(thing, inSet);
  }

  /** The elements of a page, in brackets. */
  items(items: readonly (Thing | Run)[]): void {
    this.#list(items, true);
  }

  /** A run of values, with what stands before and after each of them. */
  run(run: Run, around: (write: () => void, body: BodyWriter) => void): void {
    this.body.run(run, (value, body) => {
      const inner = new V10Writer(this.#format, this.#context, body);
      around(() => inner.write(value, true), body);
    });
  }

  #value(value: Value, inSet: boolean): void {
    if (value === null || typeof value === 'boolean') this.text(String(value));
    else if (typeof value === 'string') this.text(JSON.stringify(value));
    else if (typeof value === 'bigint') this.#integer(value);
    else if (typeof value === 'number') {
      const text = doubleText(value).replaceAll('"', '');
      this.text(this.#isTagged ? `{"@double":"${text}"}` : doubleText(value));
    } else if (isList(value)) this.#list(value, inSet);
    else if (isMap(value)) this.#object(value, inSet);
    else if (isA(value, 'document')) this.#document(value);
    else if (isA(value, 'ref')) this.#reference(value);
    else if (isA(value, 'hole')) this.#hole(value);
    else if (isA(value, 'time')) this.#tagged('@time', JSON.stringify(timeText(value.nanos)));
    else if (isA(value, 'date')) this.#tagged('@date', JSON.stringify(value.text));
    else if (isA(value, 'bytes')) this.#tagged('@bytes', JSON.stringify(value.base64));
    else if (isA(value, 'uuid')) this.#tagged('@uuid', JSON.stringify(value.text));
    else this.text(JSON.stringify(`[${value.kind} of FQL v4]`));
  }

  #thing(thing: V10Thing, inSet: boolean): void {
    switch (thing.kind) {
      case 'module':
        return this.#tagged('@mod', JSON.stringify(thing.name));
      case 'function':
        return this.text('"[function <lambda>]"');
      case 'source':
        return this.#tagged('@stream', JSON.stringify(this.#context.tokens.ofSource(thing)));
      case 'missing':
        return this.#missing(thing);
      case 'definition':
        return this.#definition(thing);
      case 'set-page':
        return thing.isStruct === true
          ? this.#page(thing)
          : this.#wrapped('@set', () => this.#page(thing));
      case 'pipeline': {
        if (!inSet) {
          const page = pageOf(thing, thing.pageSize, undefined, this.#context);
          return this.#wrapped('@set', () => this.#page(page));
        }
        const token = this.#context.tokens.ofPage({
          pipeline: thing,
          next: 0,
          size: thing.pageSize,
        });
        return this.#tagged('@set', JSON.stringify(token));
      }
    }
  }

  #page({ data, after }: SetPage): void {
    this.text('{"data":');
    this.#list(data, true);
    this.text(after === undefined ? '}' : `,"after":${JSON.stringify(after)}}`);
  }

  #list(items: readonly (Thing | Run)[], inSet: boolean): void {
    let separator = '[';
    for (const item of items) {
      this.text(separator);
      if (isRun(item)) this.run(item, (write) => write());
      else this.write(item, inSet);
      separator = ',';
    }
    this.text(separator === '[' ? '[]' : ']');
  }

  #object(members: ReadonlyMap<string, Thing>, inSet: boolean): void {
    const isEscaped = this.#isTagged && [...members.keys()].some((key) => key.startsWith('@'));
    this.text(isEscaped ? '{"@object":{' : '{');
    this.#members(members, inSet, '');
    this.text(isEscaped ? '}}' : '}');
  }

  #members(members: Iterable<readonly [string, Thing]>, inSet: boolean, first: string): void {
    let separator = first;
    for (const [key, value] of members) {
      this.text(`${separator}${JSON.stringify(key)}:`);
      this.write(value, inSet);
      separator = ',';
    }
  }

  #document({ ref, ts, fields }: DocumentValue): void {
    if (ref.to !== 'document') return this.#reference(ref);
    const time: Value = { kind: 'time', nanos: BigInt(ts) * 1000n };
    const head: [string, Value][] = [['id', String(ref.id)]];
    const ttl = fields.get('ttl');
    const rest: [string, Value][] =
      ttl === undefined
        ? [['ts', time]]
        : [
            ['ts', time],
            ['ttl', ttl],
          ];
    this.#fields(head, ref.collection.name, rest, fields.get('data'));
  }

  /** Fields of a document lie beside id and ts; those that have such names lie in `data`. */
  #fields(
    head: readonly [string, Value][],
    collection: string,
    rest: readonly [string, Value][],
    data: Value | undefined,
  ): void {
    const members: [string, Value][] = isMapValue(data) ? [...data] : [];
    const clashing = members.filter(([name]) => reserved.includes(name));
    const plain = members.filter(([name]) => !reserved.includes(name));
    const inner: [string, Value][] = clashing.length === 0 ? [] : [['data', new Map(clashing)]];
    this.#wrapped('@doc', () => {
      this.text('{');
      this.#members(head, true, '');
      this.text(',"coll":');
      this.#tagged('@mod', JSON.stringify(collection));
      this.#depth++;
      this.#members([...rest, ...plain, ...inner], true, ',');
      this.#depth--;
      this.text('}');
    });
  }

  #reference(ref: Ref): void {
    if (ref.to === 'native')
      return this.#tagged('@mod', JSON.stringify(nativeNames[ref.name] ?? ref.name));
    if (ref.to === 'schema') {
      return this.#tagged('@mod', JSON.stringify(ref.object.name));
    }
    if (this.#depth === 0) {
      const document = documentAt(ref.collection, ref.id, this.#context);
      if (document !== undefined) return this.#document(document);
      return this.#missing({ kind: 'missing', ref, cause: 'not found' });
    }
    this.#wrapped('@ref', () => {
      this.text(`{"id":"${ref.id}","coll":`);
      this.#tagged('@mod', JSON.stringify(ref.collection.name));
      this.text('}');
    });
  }

  #missing({ ref, cause }: Missing): void {
    if (!this.#isTagged) return this.text('null');
    const isNamed = !('kind' in ref);
    const collection = isNamed ? ref.collection : ref.to === 'document' ? ref.collection.name : '';
    const id = isNamed ? ref.name : ref.to === 'document' ? String(ref.id) : '';
    this.text(`{"@ref":{"${isNamed ? 'name' : 'id'}":${JSON.stringify(id)},"coll":`);
    this.#tagged('@mod', JSON.stringify(collection));
    this.text(cause === undefined ? '}}' : `,"exists":false,"cause":${JSON.stringify(cause)}}}`);
  }

  #definition({ object }: Definition): void {
    const [name, ...rest] = definitionFields(object);
    const ts = object.versions.at(-1)?.ts ?? 0;
    const time: [string, Value] = ['ts', { kind: 'time', nanos: BigInt(ts) * 1000n }];
    const more: [string, Value][] = [
      ['constraints', []],
      ['indexes', new Map()],
    ];
    this.#fields(
      name === undefined ? [] : [name],
      'Collection',
      [time, ...rest, ...more],
      undefined,
    );
  }

  #hole(hole: Hole): void {
    const { shape, is } = hole;
    if (is !== 'document') return this.body.hole(hole);
    const id: Hole = { kind: 'hole', shape, is: 'text', counter: 'id' };
    const ts: Hole = { kind: 'hole', shape, is: 'time' };
    this.#fields([['id', id]], shape.collection.name, [['ts', ts]], shape.data);
  }

  #around({ is, before = '', after = '', shape }: Hole): readonly [string, string] {
    const inner = (text: string) => JSON.stringify(text).slice(1, -1);
    const tag = (name: string): readonly [string, string] =>
      this.#isTagged ? [`{"${name}":"`, '"}'] : ['"', '"'];
    if (is === 'number') return this.#isTagged ? tag('@int') : ['', ''];
    if (is === 'time') return tag('@time');
    if (is === 'text') return [`"${inner(before)}`, `${inner(after)}"`];
    const mod = this.#isTagged
      ? `{"@mod":${JSON.stringify(shape.collection.name)}}`
      : JSON.stringify(shape.collection.name);
    return this.#isTagged
      ? ['{"@ref":{"id":"', `","coll":${mod}}}`]
      : ['{"id":"', `","coll":${mod}}`];
  }

  #integer(value: bigint): void {
    if (!this.#isTagged) return this.text(String(value));
    const tag = BigInt.asIntN(32, value) === value ? '@int' : '@long';
    this.text(`{"${tag}":"${value}"}`);
  }

  #tagged(tag: string, content: string): void {
    this.text(this.#isTagged ? `{"${tag}":${content}}` : content);
  }

  #wrapped(tag: string, write: () => void): void {
    if (this.#isTagged) this.text(`{"${tag}":`);
    write();
    if (this.#isTagged) this.text('}');
  }

  get #isTagged(): boolean {
    return this.#format === 'tagged';
  }
}

const reserved = ['id', 'coll', 'ts', 'ttl', 'data'];

const nativeNames: Readonly<Record<string, string>> = {
  collections: 'Collection',
  indexes: 'Index',
  databases: 'Database',
  functions: 'Function',
  roles: 'Role',
  keys: 'Key',
  tokens: 'Token',
  credentials: 'Credential',
  access_providers: 'AccessProvider',
};

function isMapValue(value: Value | undefined): value is ReadonlyMap<string, Value> {
  return value instanceof Map;
}

function isRun(item: Thing | Run): item is Run {
  return typeof item === 'object' && item !== null && 'kind' in item && item.kind === 'run';
}
