import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startFakeFauna, type FakeFauna } from './fake-fauna.ts';
import { frozenClock } from './store/clock.ts';
import { ask, post, projection, q } from './testing/post.ts';

const start = 1_700_000_000_000_000;
const count = 25;
const firstId = 9_007_199_254_740_990n;

/** One fake with synthetic documents, and one with the same documents stored. */
async function twins() {
  const options = { clock: frozenClock(start), settings: { defaultHistoryDays: null } };
  const synthetic = await startFakeFauna(options);
  const stored = await startFakeFauna({ ...options, clock: frozenClock(start) });
  for (const { store } of [synthetic, stored]) {
    store.createCollection('foo', { ts: 1 });
    store.createIndex('foo_ts', { source: 'foo', values: ['ts', 'ref'], ts: 1 });
    store.createIndex('by_number', { source: 'foo', values: ['-data.number'], ts: 1 });
  }
  const shape = synthetic.store.synthesise({
    collection: 'foo',
    count,
    bytes: 400,
    firstId,
    perTransaction: 4,
    stepMicros: 500,
  });
  for (let index = 0; index < count; index++) {
    const id = firstId + BigInt(index);
    const document = synthetic.store.read('foo', id);
    // The data of synthetic documents is an object.
    stored.store.set('foo', id, document?.fields['data'] as never, { ts: document?.ts ?? 0 });
  }
  stored.store.database.snapshot();
  return { synthetic, stored, shape };
}

const ref = (index: number) => q.ref('foo', String(firstId + BigInt(index)));
const ts = (index: number) =>
  start - 500 * (Math.ceil(count / 4) - 1) + 500 * Math.floor(index / 4);
const indexes = fc.integer({ min: -2, max: count + 2 });
const sizes = fc.integer({ min: 0, max: count + 3 });

/** Pages of the collection, of its index and of its history, with a cursor somewhere. */
const pages = fc.oneof(
  fc
    .tuple(indexes, sizes, fc.constantFrom('after', 'before'))
    .map(([i, size, key]) => q.paginate(q.documents('foo'), { size, [key]: [ref(i)] })),
  fc
    .tuple(indexes, sizes, fc.constantFrom('after', 'before'))
    .map(([i, size, key]) => q.paginate(q.match('foo_ts'), { size, [key]: [ts(i), ref(i)] })),
  fc
    .tuple(indexes, indexes, sizes)
    .map(([i, j, size]) =>
      q.paginate({ range: q.match('foo_ts'), from: [ts(i), ref(i)], to: ts(j) }, { size }),
    ),
  fc.tuple(indexes, sizes, fc.constantFrom('after', 'before')).map(([i, size, key]) =>
    q.paginate(q.documents('foo'), {
      size,
      events: true,
      [key]: { object: { ts: ts(i), action: 'add', document: ref(i) } },
    }),
  ),
  sizes.map((size) => q.paginate(q.match('by_number'), { size })),
);

const lambdas = fc.constantFrom(
  { var: 'x' },
  projection({ var: 'x' }),
  projection({ select: 1, from: { var: 'x' } }),
  { get: { var: 'x' } },
  { object: { only: { select: ['data', 'place', 'codes', 1], from: { get: { var: 'x' } } } } },
  { select: 'document', from: { var: 'x' } },
  { select: ['document', 'id'], from: { var: 'x' }, default: 'none' },
  { exists: { var: 'x' } },
  { equals: [{ select: ['data', 'name'], from: { get: { var: 'x' } } }, 'document 7'] },
  { select: ['data', 'missing'], from: { get: { var: 'x' } }, default: { abort: 'missing' } },
  [{ select: ['data', 'number'], from: { get: { var: 'x' } }, default: null }, 1],
);

const filters = fc.constantFrom(
  undefined,
  { equals: [{ select: ['action'], from: { var: 'x' }, default: 'add' }, 'remove'] },
  { equals: [{ select: ['action'], from: { var: 'x' }, default: 'add' }, 'add'] },
);

const queries = fc
  .tuple(pages, lambdas, filters, fc.option(indexes))
  .map(([page, expr, filter, at]) => {
    const kept =
      filter === undefined ? page : { filter: { lambda: 'x', expr: filter }, collection: page };
    const mapped = { map: { lambda: 'x', expr }, collection: kept };
    return at === null ? mapped : { at: ts(at), expr: mapped };
  });

type Change = { readonly id: number; readonly remove: boolean };
const changes = fc.record({ id: indexes, remove: fc.boolean() });

function change({ store }: FakeFauna, { id, remove }: Change): void {
  if (remove) store.delete('foo', firstId + BigInt(id));
  else store.set('foo', firstId + BigInt(id), { changed: true, number: id });
}

describe('synthetic documents', () => {
  test('answer every query as stored ones do, whatever was written over them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(changes, { maxLength: 6 }),
        fc.array(queries, { minLength: 8, maxLength: 8 }),
        async (written, asked) => {
          const { synthetic, stored } = await twins();
          await using _synthetic = synthetic;
          await using _stored = stored;
          for (const one of written) for (const fake of [synthetic, stored]) change(fake, one);
          for (const query of asked) {
            const [a, b] = await Promise.all([post(synthetic, query), post(stored, query)]);
            expect(a.text).toBe(b.text);
            expect(synthetic.counters.reads).toBe(stored.counters.reads);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test('answer queries of FQL v10 and feeds as stored ones do', async () => {
    const { synthetic, stored } = await twins();
    await using _synthetic = synthetic;
    await using _stored = stored;
    for (const fake of [synthetic, stored]) {
      change(fake, { id: 7, remove: true });
      change(fake, { id: 9, remove: false });
    }
    const send = async ({ address }: FakeFauna, path: string, body: unknown) => {
      const headers = { authorization: 'Bearer secret', 'x-format': 'tagged' };
      const response = await fetch(`${address}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers,
      });
      const text = await response.text();
      return text.replaceAll(/"query_time_ms":\d+|"after":"[^"]+"/g, '');
    };
    for (const query of [
      'foo.all().pageSize(10)',
      'foo.all().pageSize(20) { id, ts, number, place }',
      'foo.all().pageSize(20).map(x => x.data)',
      'foo.where(.number > 20)',
      'foo.all().map(.coll).paginate(12)',
    ]) {
      const [a, b] = await Promise.all([
        send(synthetic, '/query/1', { query }),
        send(stored, '/query/1', { query }),
      ]);
      expect(a).toBe(b);
      expect(a).toContain('"data":');
    }
    const feed = async (fake: FakeFauna) => {
      const answer = await send(fake, '/query/1', { query: 'foo.all().eventSource()' });
      const token = /"@stream":"([^"]+)"/.exec(answer)?.[1];
      const first = await send(fake, '/feed/1', { token, page_size: 12, start_ts: 2 });
      const cursor = /"cursor":"([^"]+)","has_next"/.exec(first)?.[1];
      return [first, await send(fake, '/feed/1', { token, page_size: 100, cursor })];
    };
    const [a, b] = await Promise.all([feed(synthetic), feed(stored)]);
    expect(a).toEqual(b);
    expect(a[1]?.match(/"type"/g)).toHaveLength(count + 2 - 12);
  });

  test('are read page by page to their end, millions of them', async () => {
    await using fake = await startFakeFauna();
    fake.store.synthesise({ collection: 'many', count: 10_000_000 });
    fake.store.createIndex('many_ts', { source: 'many', values: ['ts', 'ref'] });
    const page = (await ask(fake, q.paginate(q.match('many_ts'), { size: 3, before: [9e17] }))) as {
      data: unknown[];
    };
    const last = page.data.at(-1) as [number, unknown];
    expect(last[1]).toEqual(q.document('many', '300000000009999999'));
    const after = [last[0], last[1], last[1]];
    expect(await ask(fake, q.paginate(q.match('many_ts'), { after }))).toEqual({
      before: after,
      data: [last],
    });
    expect(await ask(fake, { exists: q.ref('many', '300000000010000000') })).toBe(false);
  });

  test('have about the size that was asked for', async () => {
    await using fake = await startFakeFauna();
    fake.store.synthesise({ collection: 'large', count: 10, bytes: 2000 });
    const document = fake.store.read('large', 300_000_000_000_000_000n);
    const length = JSON.stringify(document?.fields['data']).length;
    expect(length).toBeGreaterThan(1900);
    expect(length).toBeLessThan(2100);
  });

  test('in another order than theirs they are refused where they are too many', async () => {
    await using fake = await startFakeFauna();
    fake.store.synthesise({ collection: 'many', count: 1_000_000 });
    fake.store.createIndex('by', { source: 'many', values: ['data.number'] });
    expect(await post(fake, q.paginate(q.match('by')))).toMatchObject({ status: 500 });
  });
});
