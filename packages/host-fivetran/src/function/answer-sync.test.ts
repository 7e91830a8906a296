import {
  backfill,
  changes,
  checkpoint,
  documents,
  generatedStream,
  memorySource,
} from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { call, idsOf, numbered, one, sync } from './testing/sync.ts';

describe('an answer', () => {
  test('has rows, keys and the whole state', async () => {
    const source = memorySource({
      streams: [
        { name: 'a', script: [numbered(0, 2), checkpoint, numbered(2, 3), checkpoint] },
        { name: 'b', key: ['/x', '/y'], script: [documents([{ x: 1, y: 'k' }]), checkpoint] },
      ],
    });
    const { status, text } = await call(source, { agent: 'a/b/c', state: {} });
    expect(status).toBe(200);
    expect(text).toBe(
      '{"state":{"version":1,"connector":"source-memory","bindings":{"a":{"at":4},"b":{"at":2}}},' +
        '"insert":{"a":[{"id":0},{"id":1},{"id":2}],"b":[{"x":1,"y":"k"}]},' +
        '"schema":{"a":{"primary_key":["id"]},"b":{"primary_key":["x","y"]}},"hasMore":false}',
    );
  });

  test('has documents byte for byte, with all digits, nulls and what is nested', async () => {
    const document =
      '{"id":12345678901234567890, "p":1.10,"n":null,"o":{"a":[1,null]},"s":"\\u00e9é"}';
    const line = Buffer.from(`${document}\n`);
    const source = one(
      { is: 'documents', documents: { bytes: line, ends: Uint32Array.of(line.length) } },
      checkpoint,
    );
    const { text } = await call(source, {});
    expect(text).toContain(`"insert":{"a":[${document}]}`);
  });

  test('deletes by the columns of the key only, with their bytes', async () => {
    const source = one(changes(['delete', { id: 12345678901234567890n, name: 'x' }]), checkpoint);
    const { text } = await call(source, {});
    expect(text).toContain('"insert":{},"delete":{"a":[{"id":12345678901234567890}]}');
  });

  test('is the same one for the same request', async () => {
    const streams = [generatedStream('a', { count: 900, batch: 100 })];
    const budget = { stopBytes: 60_000 };
    const first = await call(memorySource({ streams }), { state: {}, sync_id: 's' }, { budget });
    const again = await call(memorySource({ streams }), { state: {}, sync_id: 's' }, { budget });
    expect(again.text).toBe(first.text);
    expect(first.content.hasMore).toBe(true);
  });

  test.each([
    {
      what: 'a row that is inserted and deleted',
      script: [changes(['insert', { id: 1 }]), checkpoint, changes(['delete', { id: 1 }])],
      insert: {},
      deleted: { a: [{ id: 1 }] },
    },
    {
      what: 'a row that is deleted and inserted',
      script: [changes(['delete', { id: 1 }], ['insert', { id: 1, n: 2 }])],
      insert: { a: [{ id: 1, n: 2 }] },
      deleted: undefined,
    },
    {
      what: 'a row that comes twice',
      script: [changes(['upsert', { id: 1, n: 1 }], ['upsert', { id: 2 }], ['upsert', { id: 1 }])],
      insert: { a: [{ id: 2 }, { id: 1 }] },
      deleted: undefined,
    },
    {
      what: 'keys that are written in two ways',
      script: [documents([{ id: 'é' }]), { ...raw('{"id":"\\u00e9","n":1}') }],
      insert: { a: [{ id: 'é', n: 1 }] },
      deleted: undefined,
    },
    {
      what: 'numbers that are written in two ways',
      script: [raw('{"id":100}'), raw('{"id":1e2}'), raw('{"id":100.0}')],
      insert: { a: [{ id: 100 }] },
      deleted: undefined,
    },
  ])('says of $what what was said last', async ({ script, insert, deleted }) => {
    const { content } = await call(one(...script, checkpoint), {});
    expect(content.insert).toEqual(insert);
    expect(content.delete).toEqual(deleted);
  });

  function raw(document: string) {
    const line = Buffer.from(`${document}\n`);
    const ends = Uint32Array.of(line.length);
    return { is: 'documents', documents: { bytes: line, ends } } as const;
  }
});

describe('a table that is read anew', () => {
  const source = () =>
    one(numbered(0, 3), checkpoint, ...backfill(numbered(2, 5), checkpoint, numbered(5, 6)));

  test('is named under softDelete in the answer in which it begins, without what came before', async () => {
    const { content } = await call(source(), {});
    expect(content).toMatchObject({ softDelete: ['a'], hasMore: false });
    expect(idsOf(content.insert.a)).toEqual([2, 3, 4, 5]);
  });

  test('does not bring back what was deleted before', async () => {
    const renewing = one(
      changes(['delete', { id: 1 }], ['delete', { id: 2 }], ['upsert', { id: 3 }]),
      ...backfill(numbered(2, 3)),
    );
    const { content } = await call(renewing, {});
    expect(content).toMatchObject({ insert: { a: [{ id: 2 }] }, delete: { a: [{ id: 1 }] } });
  });

  test('is named once, however many answers it takes', async () => {
    const streams = [generatedStream('a', { count: 1_000, batch: 50 })];
    const budget = { stopBytes: 1 };
    const { answers, tables } = await sync(memorySource({ streams }), { function: { budget } });
    expect(answers).toHaveLength(20);
    expect(answers.map(({ softDelete }) => softDelete.length)).toEqual([1, ...Array(19).fill(0)]);
    expect(tables.rowsOf('a')).toHaveLength(1_000);
  });

  test.each(['at-once', 'at-end'] as const)(
    'loses the rows that do not come again, marked %s',
    async (marks) => {
      const before = [numbered(0, 10), checkpoint];
      const script = [...before, ...backfill(numbered(3, 6), checkpoint, numbered(6, 8))];
      const first = await sync(one(...before), { model: { marks } });
      expect(idsOf(first.tables.rowsOf('a'))).toHaveLength(10);
      const { tables, state } = first;
      await sync(one(...script), { tables, state, function: { budget: { stopBytes: 1 } } });
      expect(idsOf(tables.rowsOf('a'))).toEqual([3, 4, 5, 6, 7]);
    },
  );

  test.each([
    { softDelete: 'never', named: undefined },
    { softDelete: 'deletes', named: ['b'] },
  ] as const)('is not named where $softDelete is asked for', async ({ softDelete, named }) => {
    const memory = memorySource({
      streams: [
        { name: 'a', script: backfill(numbered(0, 1)) },
        { name: 'b', script: [changes(['delete', { id: 1 }]), checkpoint] },
      ],
    });
    const { content } = await call(memory, {}, { softDelete });
    expect(content.softDelete).toEqual(named);
  });
});

describe('the streams of a source', () => {
  test('are asked for once a sync, and again for the next', async () => {
    const memory = memorySource({ streams: [generatedStream('a', { count: 100, batch: 10 })] });
    let asked = 0;
    const source = {
      ...memory,
      discover(...scope: Parameters<typeof memory.discover>) {
        asked++;
        return memory.discover(...scope);
      },
    };
    const options = { function: { budget: { stopBytes: 1 } } };
    const first = await sync(source, { ...options, syncId: 'one' });
    expect(first.calls).toBeGreaterThan(5);
    expect(asked).toBe(1);
    await sync(source, { ...options, syncId: 'two', state: first.state });
    expect(asked).toBe(2);
  });

  test('are asked for again by a sync after one that was broken off', async () => {
    const memory = memorySource({ streams: [generatedStream('a', { count: 100, batch: 10 })] });
    const budget = { stopBytes: 1 };
    const { content } = await call(memory, { sync_id: 'one' }, { budget });
    const more = { ...memory, discover: async () => [] };
    const same = await call(more, { sync_id: 'one', state: content.state }, { budget });
    expect(Object.keys(same.content.schema)).toEqual(['a']);
    const other = await call(more, { sync_id: 'two', state: content.state }, { budget });
    expect(Object.keys(other.content.schema)).toEqual([]);
  });
});
