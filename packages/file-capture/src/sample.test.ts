import { silentLog, type Failure } from '@fairlead/sdk';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { memoryStore } from './memory-store.ts';
import { sampleStream } from './sample.ts';
import type { FileInfo } from './store.ts';
import { settings } from './test-support.ts';

async function sample(
  files: Record<string, string | Uint8Array>,
  written: Parameters<typeof settings>[0] = {},
  sampleBytes?: number,
) {
  const store = memoryStore(files);
  const { signal } = new AbortController();
  const listed: FileInfo[] = [];
  for await (const file of store.list({ signal })) listed.push(file);
  const found = await sampleStream({
    store,
    files: listed,
    settings: settings(written),
    signal,
    log: silentLog,
    ...(sampleBytes === undefined ? {} : { sampleBytes }),
  });
  expect(store.openCount()).toBe(0);
  return { ...found, opened: store.opened };
}

const integer = { type: 'integer', minimum: -(2 ** 53), maximum: 2 ** 53 };

describe('the schema of a stream', () => {
  test('has the added member first, and requires nothing else', async () => {
    const { schema, textual } = await sample({ 'a.jsonl': '{"a":1,"b":{"c":"x"},"d":[1]}\n' });
    expect(schema).toMatchObject({ type: 'object', required: ['_meta'] });
    expect(Object.entries(schema['properties'] ?? {})).toEqual([
      [
        '_meta',
        {
          type: 'object',
          properties: { file: { type: 'string' }, offset: integer },
          required: ['file', 'offset'],
        },
      ],
      ['a', integer],
      ['b', { type: 'object', properties: { c: { type: 'string' } } }],
      ['d', { type: 'array', items: integer }],
    ]);
    expect(textual).toBe(false);
  });

  test('has the types of CSV columns, which were guessed from text', async () => {
    const { schema, textual } = await sample({ 'a.csv': 'a,b,c\n1,x,2024-01-31\n2,,2024-02-29\n' });
    expect(schema['properties']).toMatchObject({
      a: integer,
      b: { type: ['null', 'string'] },
      c: { type: 'string', format: 'date' },
    });
    expect(textual).toBe(true);
  });

  test('is that of the first two files and the last', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const { schema, opened } = await sample(
      Object.fromEntries(names.map((name) => [`${name}.jsonl`, `{"${name}":1}\n`])),
    );
    expect(Object.keys(schema['properties'] ?? {})).toEqual(['_meta', 'a', 'b', 'd']);
    expect(opened).toEqual(['a.jsonl@0', 'b.jsonl@0', 'd.jsonl@0']);
  });

  test('merges columns of different types to strings', async () => {
    const { schema } = await sample({ 'a.csv': 'a,b\n1,1\n', 'b.csv': 'a,b\nx,1.5\n' });
    expect(schema['properties']).toMatchObject({ a: { type: 'string' }, b: { type: 'number' } });
  });

  test('looks at the beginning of a file only', async () => {
    const line = (name: string) => `{"${name}":"${'x'.repeat(1000)}"}\n`;
    const text = line('early').repeat(5_000) + line('late');
    const { schema } = await sample({ 'a.jsonl': text }, {}, 1024 * 1024);
    expect(Object.keys(schema['properties'] ?? {})).toEqual(['_meta', 'early']);
  });

  test('without the member is that of the documents', async () => {
    const { schema } = await sample({ 'a.jsonl': '{"a":1}\n' }, { metadata: false });
    expect(schema).toEqual({ type: 'object', properties: { a: integer } });
  });

  test('of nothing but empty files has the member', async () => {
    const { schema, failure } = await sample({ 'a.csv': '', 'b.csv': '\n' });
    expect(Object.keys(schema['properties'] ?? {})).toEqual(['_meta']);
    expect(failure).toBeUndefined();
  });

  test('comes from the files that can be read; the failure of another is told', async () => {
    const { schema, failure } = await sample({
      'a.csv': 'PAR1\x15\x00',
      'b.csv.gz': gzipSync('x,y\n1,2\n'),
    });
    expect(Object.keys(schema['properties'] ?? {})).toEqual(['_meta', 'x', 'y']);
    expect(failure).toMatchObject<Partial<Failure>>({ kind: 'config', where: 'a.csv' });
  });

  test('knows documents before a broken one', async () => {
    const { schema, failure } = await sample({ 'a.jsonl': '{"a":1}\n{"b":}\n' });
    expect(Object.keys(schema['properties'] ?? {})).toEqual(['_meta', 'a']);
    expect(failure?.where).toBe('a.jsonl, record 2, byte 13');
  });
});
