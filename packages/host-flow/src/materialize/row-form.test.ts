import { expect, test } from 'vitest';
import type { Slices, StoreBatch } from '../protocol/batches.ts';
import type { TupleField } from './bind-table.ts';
import { packTuple } from './pack-tuple.ts';
import { rowForm } from './row-form.ts';

const id: TupleField = { name: 'id', source: 'tuple' };
const bound = {
  name: 'people',
  keys: [id],
  values: [
    { name: 'flow_published_at', source: 'published' },
    { name: 'say "hi"', source: 'tuple' },
  ] satisfies TupleField[] as TupleField[],
  document: 'doc',
};

test.each([
  ['JSON', false, Buffer.from('[1]'), Buffer.from('["2026-08-21T10:00:00Z",{"a":[1,"]"]}]')],
  ['packed tuples', true, packTuple([1]), packTuple(['2026-08-21T10:00:00Z', { a: [1, ']'] }])],
])('a row is made from %s', (_, packed, key, values) => {
  expect(row(batch(packed, key, values, '{"x":1}'))).toBe(
    String.raw`{"id":1,"flow_published_at":"2026-08-21T10:00:00Z","say \"hi\"":{"a":[1,"]"]},"doc":{"x":1}}` +
      '\n',
  );
});

test.each([
  ['2026-08-21T10:00:00.1234567Z', '2026-08-21T10:00:00.123456Z'],
  ['2026-08-21T10:00:00.123456789+00:00', '2026-08-21T10:00:00.123456+00:00'],
  ['2026-08-21T10:00:00.123456Z', '2026-08-21T10:00:00.123456Z'],
])('a time of publication of %s is kept as %s', (given, kept) => {
  for (const packed of [false, true]) {
    const values = packed ? packTuple([given, null]) : Buffer.from(JSON.stringify([given, null]));
    const key = packed ? packTuple([1]) : Buffer.from('[1]');
    expect(JSON.parse(row(batch(packed, key, values, '{}')))['flow_published_at']).toBe(kept);
  }
});

test.each([false, true])('what the document has is not written twice, packed: %s', (packed) => {
  const values: TupleField[] = [
    { name: 'a', source: 'document' },
    { name: 'b', source: 'tuple' },
    { name: 'c', source: 'document' },
  ];
  const form = { ...bound, keys: [{ name: 'id', source: 'document' } as const], values };
  const tuple = ['x', [2], 'y'];
  const key = packed ? packTuple([1]) : Buffer.from('[1]');
  const rest = packed ? packTuple(tuple) : Buffer.from(JSON.stringify(tuple));
  expect(row(batch(packed, key, rest, '{"x":1}'), form)).toBe('{"b":[2],"doc":{"x":1}}\n');
});

test.each([
  ['12345678901234567890', '12345678901234567890'],
  ['1.10', '1.10'],
  ['true', 'true'],
  ['"a \\"b\\""', 'a "b"'],
  [' {"a": ["\\"", "\\\\"]} ', '{"a": ["\\"", "\\\\"]}'],
  ['null', null],
])('as text, %s is %j', (json, text) => {
  const values: TupleField[] = [
    { name: 'a', source: 'text' },
    { name: 'b', source: 'tuple' },
  ];
  const stored = batch(false, Buffer.from('[1]'), Buffer.from(`[${json},2]`), '{}');
  expect(JSON.parse(row(stored, { ...bound, values }))).toEqual({ id: 1, a: text, b: 2, doc: {} });
});

test('a packed value becomes text, however long its text is', () => {
  const value = { a: '"'.repeat(500) };
  const values: TupleField[] = [{ name: 'a', source: 'text' }];
  const stored = batch(true, packTuple([1]), packTuple([value]), '{}');
  expect(JSON.parse(row(stored, { ...bound, values }))).toMatchObject({ a: JSON.stringify(value) });
});

test('white space around the elements is no matter', () => {
  const values = Buffer.from('[ "2026-08-21T10:00:00.1234567Z" , {"a": 1} ] ');
  const stored = batch(false, Buffer.from(' [ 1 ]'), values, '{"x":1}');
  expect(JSON.parse(row(stored))).toEqual({
    id: 1,
    flow_published_at: '2026-08-21T10:00:00.123456Z',
    'say "hi"': { a: 1 },
    doc: { x: 1 },
  });
});

test('a document that is not there is a data failure', () => {
  const stored = batch(false, Buffer.from('[1]'), Buffer.from('["x",2]'), '');
  expect(() => row(stored)).toThrow('a store has no document');
});

test('without values there are the key and the document', () => {
  const form = { ...bound, values: [] };
  for (const values of ['', '[]']) {
    const stored = batch(false, Buffer.from('[1]'), Buffer.from(values), '{}');
    expect(row(stored, form)).toBe('{"id":1,"doc":{}}\n');
  }
});

test('without a document there are the key and the values', () => {
  const values: TupleField[] = [{ name: 'name', source: 'tuple' }];
  const form = { ...bound, values, document: '' };
  const stored = batch(false, Buffer.from('[1]'), Buffer.from('["Ann"]'), '');
  expect(row(stored, form)).toBe('{"id":1,"name":"Ann"}\n');
});

test.each([
  ['too few values', '[1]', '["x"]'],
  ['too many values', '[1]', '["x",2,3]'],
  ['no values', '[1]', ''],
  ['too many keys', '[1,2]', '["x",2]'],
  ['no array', '1', '["x",2]'],
  ['half an array', '[1', '["x",2]'],
  ['an array and more', '[1]1', '["x",2]'],
  ['an empty element', '[]', '["x",2]'],
  ['half a string', '[1]', '["x",2,"'],
])('%s are a data failure', (_, key, values) => {
  const stored = batch(false, Buffer.from(key), Buffer.from(values), '{}');
  expect(() => row(stored)).toThrow(expect.objectContaining({ kind: 'data' }));
});

function row(stored: StoreBatch, form = bound): string {
  const rows = rowForm(form);
  const out = Buffer.alloc(rows.room(stored, 0));
  return out.toString('utf8', 0, rows.write(stored, 0, out, 0));
}

function batch(packed: boolean, key: Buffer, values: Buffer, document: string): StoreBatch {
  return {
    is: 'store',
    binding: 0,
    packed,
    keys: slice(key),
    values: slice(values),
    documents: slice(Buffer.from(document)),
    flags: Uint8Array.of(0),
  };
}

function slice(bytes: Buffer): Slices {
  return { bytes, starts: Uint32Array.of(0), ends: Uint32Array.of(bytes.length) };
}
