import { describe, expect, test } from 'vitest';
import { startFakeFauna, type FakeFauna } from './fake-fauna.ts';
import { frozenClock } from './store/clock.ts';
import { ask, post, projection, q } from './testing/post.ts';

const start = 1_700_000_000_000_000;

/** Four documents of one transaction, and the index that the connector needs. */
async function filled(): Promise<FakeFauna> {
  const fake = await startFakeFauna({
    clock: frozenClock(start),
    settings: { defaultHistoryDays: null },
  });
  fake.store.createCollection('foo');
  fake.store.createIndex('foo_ts', { source: 'foo', values: ['ts', 'ref'] });
  fake.store.transaction(
    (transaction) => {
      for (const id of [101, 9, 102, 10]) transaction.set('foo', id, { n: id });
    },
    { ts: start + 1000 },
  );
  return fake;
}

/** The query for a full refresh, word for word. */
const fullRefresh = (size: number, after?: unknown, at?: number) => ({
  at: at ?? start + 5000,
  expr: {
    map: { lambda: 'x', expr: projection({ var: 'x' }) },
    collection: {
      paginate: { documents: { collection: 'foo' } },
      size,
      ...(after === undefined ? {} : { after }),
    },
  },
});

/** The query for updates, word for word. */
const updates = (from: unknown, size = 64, after?: unknown) => ({
  map: { lambda: 'x', expr: projection({ select: 1, from: { var: 'x' } }) },
  collection: {
    paginate: { range: { match: { index: 'foo_ts' }, terms: [] }, from, to: [] },
    size,
    ...(after === undefined ? {} : { after }),
  },
});

/** The query for deletions, word for word. */
const deletions = (after: unknown, size = 64) => ({
  map: {
    lambda: 'x',
    expr: {
      object: {
        ref: { select: 'document', from: { var: 'x' } },
        ts: { select: 'ts', from: { var: 'x' } },
      },
    },
  },
  collection: {
    filter: {
      lambda: 'x',
      expr: { equals: [{ select: ['action'], from: { var: 'x' } }, 'remove'] },
    },
    collection: { paginate: { documents: { collection: 'foo' } }, events: true, after, size },
  },
});

const row = (id: number, ts = start + 1000) => ({
  ref: String(id),
  ts,
  data: { n: id },
  ttl: null,
});

describe('the three reading queries', () => {
  test('a full refresh gives documents by the number of their id, page by page', async () => {
    await using fake = await filled();
    const first = await post(fake, fullRefresh(3));
    expect(first.text).toBe(
      `{"resource":{"after":[${JSON.stringify(q.document('foo', '102'))}],"data":[` +
        [9, 10, 101].map((id) => JSON.stringify(row(id))).join(',') +
        ']}}',
    );
    expect(await ask(fake, fullRefresh(3, [q.document('foo', '102')]))).toEqual({
      before: [q.document('foo', '102')],
      data: [row(102)],
    });
  });

  test('updates are inclusive, and ties of one time are neither lost nor repeated', async () => {
    await using fake = await filled();
    fake.store.set('foo', 10, { n: 10 }, { ts: start + 2000 });
    const page = await ask(fake, updates([0], 2));
    const ref = q.document('foo', '102');
    expect(page).toEqual({ after: [start + 1000, ref, ref], data: [row(9), row(101)] });
    expect(await ask(fake, updates([0], 2, [start + 1000, ref, ref]))).toEqual({
      before: [start + 1000, ref, ref],
      data: [row(102), row(10, start + 2000)],
    });
    const from = [start + 1000, q.ref('foo', '101')];
    expect(await ask(fake, updates(from))).toEqual({
      data: [row(101), row(102), row(10, start + 2000)],
    });
    expect(await ask(fake, updates([253_370_764_800_000_000, q.ref('foo', '10')]))).toEqual({
      data: [],
    });
  });

  test('deletions come in their order, and a filtered page may be empty and go on', async () => {
    await using fake = await filled();
    for (const [i, id] of [102, 9].entries())
      fake.store.delete('foo', id, { ts: start + 3000 + i });
    const after = { object: { ts: 0, action: 'remove' } };
    const removes = [
      { ref: q.document('foo', '102'), ts: start + 3000 },
      { ref: q.document('foo', '9'), ts: start + 3001 },
    ];
    expect(await ask(fake, deletions(after))).toEqual({
      before: { ts: 0, action: 'remove' },
      data: removes,
    });
    const cursor = { ts: start + 1000, action: 'add', document: q.document('foo', '101') };
    expect(await ask(fake, deletions(after, 2))).toEqual({
      before: { ts: 0, action: 'remove' },
      after: cursor,
      data: [],
    });
    expect(await ask(fake, deletions({ object: cursor }, 3))).toEqual({
      before: cursor,
      after: { ts: start + 3001, action: 'remove', document: q.document('foo', '9') },
      data: [removes[0]],
    });
  });
});

describe('pages', () => {
  const page = (options: Record<string, unknown> = {}) => q.paginate(q.documents('foo'), options);
  const ref = (id: number) => q.document('foo', String(id));

  test.each([
    { options: {}, page: { data: [9, 10, 101, 102].map(ref) } },
    { options: { size: 0 }, page: { data: [] } },
    {
      options: { size: 0, after: [ref(10)] },
      page: { before: [ref(10)], after: [ref(10)], data: [] },
    },
    {
      options: { size: 2, after: [ref(10)] },
      page: { before: [ref(10)], after: [ref(102)], data: [ref(10), ref(101)] },
    },
    {
      options: { size: 2, after: ref(11) },
      page: { before: [ref(11)], data: [ref(101), ref(102)] },
    },
    {
      options: { size: 2, before: [ref(102)] },
      page: { before: [ref(10)], after: [ref(102)], data: [ref(10), ref(101)] },
    },
    { options: { size: 9, before: [ref(10)] }, page: { after: [ref(10)], data: [ref(9)] } },
    {
      options: { cursor: { object: { before: [ref(10)] } } },
      page: { after: [ref(10)], data: [ref(9)] },
    },
    {
      options: { cursor: { object: { after: [ref(102)] } } },
      page: { before: [ref(102)], data: [ref(102)] },
    },
    { options: { size: 1_000_000 }, page: { data: [9, 10, 101, 102].map(ref) } },
  ])('Documents with $options', async ({ options, page: expected }) => {
    await using fake = await filled();
    expect(await ask(fake, page(options))).toEqual(expected);
  });

  test('the elements of an index are its values, and a cursor is the values and the document', async () => {
    await using fake = await filled();
    fake.store.createIndex('n', { source: 'foo', values: ['data.n'] });
    fake.store.createIndex('down', { source: 'foo', values: ['-data.n', 'ts'] });
    expect(await ask(fake, q.paginate(q.match('n'), { size: 2 }))).toEqual({
      after: [101, ref(101)],
      data: [9, 10],
    });
    expect(await ask(fake, q.paginate(q.match('down'), { size: 1, after: [101] }))).toEqual({
      before: [101],
      after: [10, start + 1000, ref(10)],
      data: [[101, start + 1000]],
    });
    const range = { range: { match: { index: 'n' } }, from: 10, to: [101] };
    expect(await ask(fake, q.paginate(range))).toEqual({ data: [10, 101] });
  });

  test('terms choose, and documents whose values are all null are left out', async () => {
    await using fake = await filled();
    fake.store.set('foo', 7, { tag: ['a', 'b'], n: 1 });
    fake.store.set('foo', 8, { tag: 'a' });
    fake.store.createIndex('by', { source: 'foo', terms: ['data.tag'], values: ['data.n'] });
    fake.store.createIndex('bare', { source: 'foo', terms: ['data.tag'] });
    expect(await ask(fake, q.paginate({ match: { index: 'by' }, terms: 'a' }))).toEqual({
      data: [1],
    });
    expect(await ask(fake, q.paginate({ match: { index: 'bare' }, terms: ['a'] }))).toEqual({
      data: [ref(7), ref(8)],
    });
    expect(await ask(fake, { get: { match: 'a', index: { index: 'bare' } } })).toMatchObject({
      ref: ref(7),
    });
  });

  test('events page backwards and take cursors of every form', async () => {
    await using fake = await filled();
    fake.store.delete('foo', 9, { ts: start + 2000 });
    const event = (action: string, id: number, ts: number) => ({
      ts: start + ts,
      action,
      document: ref(id),
    });
    const adds = [9, 10, 101, 102].map((id) => event('add', id, 1000));
    const all = [...adds, event('remove', 9, 2000)];
    const events = (options: Record<string, unknown>) =>
      ask(fake, page({ events: true, ...options }));
    expect(await events({})).toEqual({ data: all });
    expect(await ask(fake, q.paginate({ events: q.documents('foo') }))).toEqual({ data: all });
    expect(await events({ after: start + 1000 })).toMatchObject({ data: all });
    expect(await events({ after: { object: { ts: start + 1000 } } })).toMatchObject({
      data: all.slice(4),
    });
    expect(
      await events({
        after: { object: { ts: start + 1000, action: 'add', resource: q.ref('foo', '101') } },
      }),
    ).toMatchObject({ data: all.slice(2) });
    expect(
      await events({ after: { time: new Date((start + 2000) / 1000).toISOString() } }),
    ).toMatchObject({ data: all.slice(4) });
    expect(await events({ size: 2, before: { object: event('remove', 9, 2000) } })).toEqual({
      before: all[2],
      after: all[4],
      data: all.slice(2, 4),
    });
    expect(await events({ before: null })).toMatchObject({ data: all });
  });
});
