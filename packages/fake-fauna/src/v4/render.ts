import { doubleText } from '../json/write-double.ts';
import { existsAt } from '../store/schema.ts';
import type { Hole, Run } from '../synthetic/hole.ts';
import { BodyWriter } from '../synthetic/body-writer.ts';
import type { FaunaSet } from '../read/fauna-set.ts';
import { timeText } from '../values/time-text.ts';
import {
  isArray,
  isObject,
  type FaunaObject,
  type Ref,
  type Special,
  type Value,
} from '../values/value.ts';
import { writtenLambda } from './written-lambda.ts';

/** The body of an answer: `{"resource": …}`. */
export function renderResource(value: Value): Uint8Array {
  const writer = new BodyWriter(holeText);
  writer.text('{"resource":');
  write(value, writer);
  writer.text('}');
  return writer.bytes();
}

/** A value as it goes over the wire. */
export function render(value: Value): string {
  const writer = new BodyWriter(holeText);
  write(value, writer);
  return Buffer.from(writer.bytes()).toString();
}

function write(value: Value, writer: BodyWriter): void {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') {
    writer.text(String(value));
  } else if (typeof value === 'number') writer.text(doubleText(value));
  else if (typeof value === 'string') writer.text(JSON.stringify(value));
  else if (isArray(value)) writeList(value, writer);
  else if (isObject(value)) writeObject(value, writer);
  else writeSpecial(value, writer);
}

function writeList(values: readonly (Value | Run)[], writer: BodyWriter): void {
  let separator = '[';
  for (const value of values) {
    if (isRun(value)) {
      writer.text(separator);
      writer.run(value, (inner, holes) => write(inner, holes));
    } else {
      writer.text(separator);
      write(isGone(value) ? null : value, writer);
    }
    separator = ',';
  }
  writer.text(separator === '[' ? '[]' : ']');
}

function writeObject(members: FaunaObject, writer: BodyWriter): void {
  const isEscaped = [...members.keys()].some((key) => key.startsWith('@'));
  writer.text(isEscaped ? '{"@obj":{' : '{');
  writeMembers(members, writer, '');
  writer.text(isEscaped ? '}}' : '}');
}

/** Members that refer to what is gone are left out. */
function writeMembers(
  members: Iterable<readonly [string, Value]>,
  writer: BodyWriter,
  first: string,
) {
  let separator = first;
  for (const [key, value] of members) {
    if (isGone(value)) continue;
    writer.text(`${separator}${JSON.stringify(key)}:`);
    write(value, writer);
    separator = ',';
  }
}

function writeSpecial(value: Special, writer: BodyWriter): void {
  if (value.kind === 'hole') {
    if (value.is === 'document') writeHoleDocument(value, writer);
    else if (value.is === 'event') writeHoleEvent(value, writer);
    else writer.hole(value);
  } else if (value.kind === 'document') {
    writer.text('{');
    const { ref, ts, fields } = value;
    writeMembers([['ref', ref], ['ts', BigInt(ts)], ...fields], writer, '');
    writer.text('}');
  } else if (value.kind === 'page') {
    writer.text('{');
    if (value.before !== undefined) writeMembers([['before', value.before]], writer, '');
    if (value.before !== undefined) writer.text(',');
    if (value.after !== undefined) writeMembers([['after', value.after]], writer, '');
    if (value.after !== undefined) writer.text(',');
    writer.text('"data":');
    writeList(value.data, writer);
    writer.text('}');
  } else if (value.kind === 'event') {
    const { ts, action, ref, values, data } = value;
    writer.text('{');
    const common: [string, Value][] = [
      ['ts', ts],
      ['action', action],
      ['document', ref],
    ];
    const rest = data === undefined ? values : data;
    writeMembers(rest === undefined ? common : [...common, ['data', rest]], writer, '');
    writer.text('}');
  } else writer.text(tagText(value));
}

function writeHoleDocument(hole: Hole, writer: BodyWriter): void {
  const { shape } = hole;
  const ref: Hole = { kind: 'hole', shape, is: 'ref' };
  const ts: Hole = { kind: 'hole', shape, is: 'number', counter: 'ts' };
  writer.text('{');
  writeMembers(
    [
      ['ref', ref],
      ['ts', ts],
      ['data', shape.data],
    ],
    writer,
    '',
  );
  writer.text('}');
}

function writeHoleEvent({ shape }: Hole, writer: BodyWriter): void {
  const ref: Hole = { kind: 'hole', shape, is: 'ref' };
  const ts: Hole = { kind: 'hole', shape, is: 'number', counter: 'ts' };
  writer.text('{');
  writeMembers(
    [
      ['ts', ts],
      ['action', 'add'],
      ['document', ref],
    ],
    writer,
    '',
  );
  writer.text('}');
}

type Tagged = Exclude<Special, { kind: 'hole' | 'document' | 'page' | 'event' }>;

function tagText(value: Tagged): string {
  switch (value.kind) {
    case 'time':
      return `{"@ts":"${timeText(value.nanos)}"}`;
    case 'date':
      return `{"@date":"${value.text}"}`;
    case 'bytes':
      return `{"@bytes":"${value.base64}"}`;
    case 'uuid':
      return `{"@uuid":"${value.text}"}`;
    case 'ref':
      return refText(value);
    case 'unresolved': {
      const parent = refOf(value.name, refOf(value.listing));
      return value.id === undefined ? parent : refOf(String(value.id), parent);
    }
    case 'set':
      return setText(value.set);
    case 'lambda':
      return `{"@query":${writtenLambda(value)}}`;
  }
}

/** A reference, tag and all. */
function refText(ref: Ref): string {
  if (ref.to === 'native') return refOf(ref.name);
  if (ref.to === 'schema') return refOf(ref.object.name, refOf(ref.object.listing));
  return refOf(String(ref.id), refText({ kind: 'ref', to: 'schema', object: ref.collection }));
}

function refOf(id: string, collection?: string): string {
  const rest = collection === undefined ? '' : `,"collection":${collection}`;
  return `{"@ref":{"id":${JSON.stringify(id)}${rest}}}`;
}

/** Sets of the schema and of one document are written as references. */
function setText(set: FaunaSet): string {
  if (set.is === 'listing') return refOf(set.listing);
  return set.is === 'document' ? refText(set.ref) : `{"@set":${contentText(set)}}`;
}

function contentText(set: FaunaSet): string {
  if (set.is === 'listing') return refOf(set.listing);
  if (set.is === 'document') return refText(set.ref);
  if (set.is === 'singleton') return `{"singleton":${refText(set.ref)}}`;
  if (set.is === 'events') return `{"events":${setText(set.source)}}`;
  if (set.is === 'documents') {
    return `{"documents":${refText({ kind: 'ref', to: 'schema', object: set.collection })}}`;
  }
  if (set.is === 'match') {
    const index = refText({ kind: 'ref', to: 'schema', object: set.index });
    const terms = set.terms.length === 0 ? '' : `,"terms":${alone(set.terms)}`;
    return `{"match":${index}${terms}}`;
  }
  if (set.is === 'filter') {
    return `{"filter":${writtenLambda(set.lambda)},"collection":${setText(set.source)}}`;
  }
  const bound = (key: string, values: readonly Value[]) =>
    values.length === 0 ? '' : `,"${key}":${alone(values)}`;
  return `{"range":${setText(set.source)}${bound('from', set.from.given)}${bound('to', set.to.given)}}`;
}

function alone(values: readonly Value[]): string {
  return render(values.length === 1 ? (values[0] ?? null) : values);
}

/** Whether a value refers to something whose collection was deleted. */
function isGone(value: Value): boolean {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  if (value.kind !== 'ref' || value.to === 'native') return false;
  return !existsAt(value.to === 'document' ? value.collection : value.object);
}

/** What stands before and after the number of a hole. */
function holeText(hole: Hole): readonly [string, string] {
  if (hole.is === 'number') return ['', ''];
  if (hole.is === 'time') return ['{"@ts":"', '"}'];
  if (hole.is === 'text') {
    const inner = (text: string) => JSON.stringify(text).slice(1, -1);
    return [`"${inner(hole.before ?? '')}`, `${inner(hole.after ?? '')}"`];
  }
  const collection = refText({ kind: 'ref', to: 'schema', object: hole.shape.collection });
  return ['{"@ref":{"id":"', `","collection":${collection}}}`];
}

function isRun(value: Value | Run): value is Run {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'run';
}
