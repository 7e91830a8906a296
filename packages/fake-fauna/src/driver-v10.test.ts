import {
  DateStub,
  Document,
  fql,
  Module,
  NullDocument,
  Page,
  TimeStub,
  type QueryValue,
} from 'fauna';
import { describe, expect, test } from 'vitest';
import { startFakeFauna } from './fake-fauna.ts';
import { clientV10 } from './testing/official-clients.ts';

type Row = { id: string; n: number };

async function filled() {
  const fake = await startFakeFauna({ settings: { defaultHistoryDays: 1 } });
  fake.store.createCollection('foo');
  for (let n = 1; n <= 5; n++) fake.store.set('foo', n, { n, even: n % 2 === 0 });
  return fake;
}

describe('the official client of FQL v10', () => {
  test('creates, reads, changes and deletes documents', async () => {
    await using fake = await startFakeFauna();
    using client = clientV10(fake);
    await client.query(fql`Collection.create({ name: "foo", history_days: 2 })`);
    const { data: made } = await client.query<Document & { name: string }>(
      fql`foo.create({ id: "7", name: "Ada", born: Date("1815-12-10"), tags: ["a", null], gone: null })`,
    );
    expect(made).toBeInstanceOf(Document);
    expect(made).toMatchObject({ id: '7', name: 'Ada', born: DateStub.from('1815-12-10') });
    expect(made.coll).toEqual(new Module('foo'));
    const { data } = await client.query(fql`let one = foo.byId("7")!
      one.update({ name: "Bob", more: { deep: 1 } })`);
    expect(data).toMatchObject({ name: 'Bob', more: { deep: 1 }, tags: ['a', null] });
    const { data: replaced } = await client.query<Document>(
      fql`foo("7").replace({ only: ${1.5} })`,
    );
    expect(replaced.toObject()).toMatchObject({ only: 1.5 });
    expect(replaced.toObject()).not.toHaveProperty('name');
    const { data: deleted } = await client.query(fql`foo.byId("7").delete()`);
    expect(deleted).toBeInstanceOf(NullDocument);
    const { data: missing } = await client.query(fql`foo.byId("7")`);
    expect(missing).toMatchObject({ cause: 'not found' });
    expect((await client.query(fql`foo.byId("7").exists()`)).data).toBe(false);
  });

  test('reads sets page by page', async () => {
    await using fake = await filled();
    using client = clientV10(fake);
    const { data } = await client.query<Page<Row>>(fql`foo.all().pageSize(2)`);
    expect(data).toBeInstanceOf(Page);
    expect(data.data.map(({ id, n }) => [id, n])).toEqual([
      ['1', 1],
      ['2', 2],
    ]);
    const ids: string[] = [];
    for await (const row of client.paginate<Row>(fql`foo.all().pageSize(2)`).flatten())
      ids.push(row.id);
    expect(ids).toEqual(['1', '2', '3', '4', '5']);
  });

  test('a page that follows is of the moment of the first', async () => {
    await using fake = await filled();
    using client = clientV10(fake);
    const first = await client.query<{ data: Row[]; after: string }>(fql`foo.all().paginate(2)`);
    fake.store.set('foo', 3, { n: 33 });
    fake.store.delete('foo', 4);
    fake.store.set('foo', 6, { n: 6 });
    const rest = await client.query<{ data: Row[] }>(fql`Set.paginate(${first.data.after}, 10)`);
    expect(rest.data.data.map(({ n }) => n)).toEqual([3, 4, 5]);
  });

  test.each([
    { query: fql`foo.where(.even).map(.n).toArray()`, is: [2, 4] },
    { query: fql`foo.all().where(x => x.n > 3 && !x.even).map(x => x.id).toArray()`, is: ['5'] },
    {
      query: fql`foo.where(.n >= ${4}) { id, double: .n * 2 }.toArray()`,
      is: [
        { id: '4', double: 8 },
        { id: '5', double: 10 },
      ],
    },
    { query: fql`foo.all().count()`, is: 5 },
    { query: fql`foo.all().take(2).map(.n).toArray()`, is: [1, 2] },
    { query: fql`foo.firstWhere(.n == 3)?.id`, is: '3' },
    { query: fql`foo.byId("2") { n, even }`, is: { n: 2, even: true } },
    { query: fql`if (foo.all().isEmpty()) "none" else "some"`, is: 'some' },
    { query: fql`let a = { b: [1, 2] }; a.b[1] + 1`, is: 3 },
    { query: fql`(1 + 2) * 3 - 4 / 2 % 2`, is: 9 },
    { query: fql`"a" + 1`, is: 'a1' },
    { query: fql`[1, 2, 3].map(x => x * 2).filter((x) => x != 2)`, is: [4, 6] },
    { query: fql`null ?? "default"`, is: 'default' },
    { query: fql`Time.epoch(1, "seconds").toMicros()`, is: 1_000_000 },
    { query: fql`Collection.all().map(.name).toArray()`, is: ['foo'] },
    { query: fql`Collection("foo").byId("1").n`, is: 1 },
    { query: fql`${{ a: 1, b: fql`1 + 1` }}`, is: { a: 1, b: 2 } },
    { query: fql`${[1, fql`2`]}`, is: [1, 2] },
    { query: fql`${9_007_199_254_740_993n}`, is: 9_007_199_254_740_993n },
    { query: fql`{ "@tag": 1 }`, is: { '@tag': 1 } },
  ])('evaluates a query, $is', async ({ query, is }) => {
    await using fake = await filled();
    using client = clientV10(fake);
    expect((await client.query(query)).data).toEqual(is);
  });

  test('reads the past', async () => {
    await using fake = await filled();
    using client = clientV10(fake);
    const { txn_ts: before = 0 } = await client.query(fql`null`);
    fake.store.delete('foo', 1);
    const at = (micros: number) =>
      client.query(fql`at(Time.epoch(${micros}, "microseconds")) { foo.all().map(.n).toArray() }`);
    expect((await at(before)).data).toEqual([1, 2, 3, 4, 5]);
    expect((await at(before + 60_000_000)).data).toEqual([2, 3, 4, 5]);
    await expect(at(before - 90_000_000_000)).rejects.toMatchObject({ code: 'invalid_request' });
    const { data } = await client.query(fql`foo.byId("2").ts`);
    expect(data).toBeInstanceOf(TimeStub);
  });

  test.each([
    { query: fql`bar.all()`, error: { code: 'invalid_query', httpStatus: 400 } },
    { query: fql`foo.all(`, error: { code: 'invalid_query' } },
    { query: fql`foo.create({ id: "1" })`, error: { code: 'constraint_failure' } },
    { query: fql`foo.byId("99").update({})`, error: { code: 'document_not_found' } },
    { query: fql`foo.byId("99")!.n`, error: { code: 'null_value' } },
    { query: fql`foo("99").delete()`, error: { code: 'document_not_found' } },
    { query: fql`abort({ reason: "mine" })`, error: { code: 'abort', abort: { reason: 'mine' } } },
    { query: fql`Set.paginate("nonsense")`, error: { code: 'invalid_argument' } },
    { query: fql`foo.all().pageSize(0)`, error: { code: 'invalid_bounds' } },
    { query: fql`foo.all().pageSize(16001)`, error: { code: 'invalid_bounds' } },
  ])('fails as $error.code', async ({ query, error }) => {
    await using fake = await filled();
    using client = clientV10(fake);
    await expect(client.query(query)).rejects.toMatchObject(error);
  });

  test('an unknown secret is refused, and what may not be read looks empty', async () => {
    await using fake = await filled();
    fake.secrets.set('weak', { read: [] });
    using stranger = clientV10(fake, 'wrong');
    using weak = clientV10(fake, 'weak');
    await expect(stranger.query(fql`1`)).rejects.toMatchObject({
      code: 'unauthorized',
      httpStatus: 401,
    });
    expect((await weak.query(fql`foo.all().toArray()`)).data).toEqual([]);
    expect((await weak.query(fql`foo.byId("1")`)).data).toMatchObject({
      cause: 'permission denied',
    });
    await expect(weak.query(fql`foo.create({})`)).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });
});

describe('event feeds', () => {
  test('tell creates, updates and deletes in order, and resume at a cursor', async () => {
    await using fake = await filled();
    using client = clientV10(fake);
    const { data: source } = await client.query<QueryValue>(fql`foo.all().eventSource()`);
    fake.store.set('foo', 1, { n: 11 });
    fake.store.transaction((transaction) => {
      transaction.set('foo', 9, { n: 9 });
      transaction.delete('foo', 3);
      transaction.set('foo', 8, { n: 8 });
    });
    const feed = client.feed<Row>(source as never, { page_size: 2 });
    const page = await feed.nextPage();
    const brief = (events: Iterable<{ type: string; data: { id: string } }>) =>
      [...events].map(({ type, data }) => [type, data.id]);
    expect(brief(page.events as never)).toEqual([
      ['update', '1'],
      ['remove', '3'],
    ]);
    expect(page.hasNext).toBe(true);
    const rest = await feed.nextPage();
    expect(brief(rest.events as never)).toEqual([
      ['add', '8'],
      ['add', '9'],
    ]);
    expect(rest.hasNext).toBe(false);
    const again = client.feed<Row>(source as never, { cursor: page.cursor });
    expect(brief((await again.nextPage()).events as never)).toEqual([
      ['add', '8'],
      ['add', '9'],
    ]);
    const idle = client.feed<Row>(source as never, { cursor: rest.cursor });
    expect([...(await idle.nextPage()).events]).toEqual([]);
  });

  test('start at a time, filter, and watch fields', async () => {
    await using fake = await filled();
    using client = clientV10(fake);
    const start = fake.store.read('foo', 2)?.ts ?? 0;
    const types = async (query: ReturnType<typeof fql>) => {
      const feed = client.feed<Row>(query, { start_ts: start });
      const { events } = await feed.nextPage();
      return [...events].map(({ type, data }) => `${type} ${data.id}`);
    };
    expect(await types(fql`foo.all().eventSource()`)).toEqual(['add 3', 'add 4', 'add 5']);
    fake.store.set('foo', 4, { n: 4, even: false });
    fake.store.set('foo', 5, { n: 5, even: true });
    fake.store.set('foo', 5, { n: 50, even: true });
    expect(await types(fql`foo.where(.even).eventSource()`)).toEqual([
      'add 4',
      'remove 4',
      'add 5',
      'update 5',
    ]);
    expect(await types(fql`foo.all().eventsOn(.n)`)).toEqual([
      'add 3',
      'add 4',
      'add 5',
      'update 5',
    ]);
  });

  test('a cursor below the history is told as an error', async () => {
    await using fake = await filled();
    using client = clientV10(fake);
    const feed = client.feed(fql`foo.all().eventSource()` as never, { start_ts: 1 });
    const { events } = await feed.nextPage();
    expect(() => [...events]).toThrow('is too far in the past. Recreate the stream and try again.');
  });
});

describe('event streams', () => {
  test('send what happens while they are open', async () => {
    await using fake = await filled();
    using client = clientV10(fake);
    const stream = client.stream<Row>(fql`foo.all().eventSource()` as never, {
      status_events: true,
    });
    const seen: string[] = [];
    for await (const event of stream) {
      seen.push('data' in event ? `${event.type} ${event.data.id}` : event.type);
      if (seen.length === 1) fake.store.set('foo', 1, { n: 11 });
      if (seen.length === 2) fake.store.delete('foo', 1);
      if (seen.length === 3) break;
    }
    stream.close();
    expect(seen).toEqual(['status', 'update 1', 'remove 1']);
  });
});
