import faunadb from 'faunadb';
import { describe, expect, test } from 'vitest';
import { startFakeFauna } from './fake-fauna.ts';
import { clientV4 } from './testing/official-clients.ts';

const { query: q, errors, values } = faunadb;

describe('the official client of FQL v4', () => {
  test('creates collections, indexes and documents, and reads them', async () => {
    await using fake = await startFakeFauna();
    await using client = clientV4(fake);
    const collection = await client.query(q.CreateCollection({ name: 'foo', history_days: 30 }));
    expect(collection).toMatchObject({
      name: 'foo',
      history_days: 30,
      ref: expect.any(values.Ref),
    });
    await client.query(
      q.CreateIndex({
        name: 'foo_ts',
        source: q.Collection('foo'),
        values: [{ field: ['ts'] }, { field: ['ref'] }],
      }),
    );
    const created: { ref: faunadb.values.Ref; ts: number; data: unknown } = await client.query(
      q.Create(q.Ref(q.Collection('foo'), '101'), {
        data: { a: 1, nested: { b: [true, null], gone: null } },
      }),
    );
    expect(created.ref.id).toBe('101');
    expect(created.data).toEqual({ a: 1, nested: { b: [true, null] } });
    expect(await client.query(q.Get(created.ref))).toEqual(created);
    expect(await client.query(q.Get(q.Index('foo_ts')))).toMatchObject({
      active: true,
      name: 'foo_ts',
      values: [{ field: ['ts'] }, { field: ['ref'] }],
    });
    expect(await client.query(q.Paginate(q.Match(q.Index('foo_ts'))))).toEqual({
      data: [[created.ts, created.ref]],
    });
    expect(await client.query(q.Paginate(q.Collections()))).toEqual({
      data: [created.ref.collection],
    });
    expect(await client.query(q.Exists(created.ref))).toBe(true);
    expect(await client.query(q.Exists(q.Index('no')))).toBe(false);
  });

  test('generates ids of 18 digits that grow', async () => {
    await using fake = await startFakeFauna();
    await using client = clientV4(fake);
    fake.store.createCollection('foo');
    const made: { ref: faunadb.values.Ref }[] = await client.query(
      q.Map([1, 2, 3], q.Lambda('n', q.Create(q.Collection('foo'), { data: { n: q.Var('n') } }))),
    );
    const ids = made.map(({ ref }) => ref.id);
    expect(ids.every((id) => /^\d{18}$/.test(id))).toBe(true);
    expect(ids.toSorted()).toEqual(ids);
  });

  test('updates, replaces and deletes', async () => {
    await using fake = await startFakeFauna();
    await using client = clientV4(fake);
    fake.store.createCollection('foo');
    fake.store.set('foo', 1, { a: { x: 1, y: 2 }, b: 1 });
    const ref = q.Ref(q.Collection('foo'), 1);
    expect(
      await client.query(q.Update(ref, { data: { a: { y: null, z: 3 }, b: [1, null] } })),
    ).toMatchObject({
      data: { a: { x: 1, z: 3 }, b: [1, null] },
    });
    expect(await client.query(q.Replace(ref, { data: { only: true } }))).toMatchObject({
      data: { only: true },
    });
    expect(await client.query(q.Delete(ref))).toMatchObject({ data: { only: true } });
    await expect(client.query(q.Get(ref))).rejects.toThrow(errors.NotFound);
    await expect(client.query(q.Delete(ref))).rejects.toThrow(errors.NotFound);
  });

  test.each([
    {
      what: 'Let, Var and Select',
      expr: q.Let({ a: { b: [1, 2] } }, q.Select(['b', 1], q.Var('a'))),
      is: 2,
    },
    {
      what: 'Select with a default',
      expr: q.Select(['x', 'y'], { x: 'text' }, 'none'),
      is: 'none',
    },
    { what: 'If and Equals', expr: q.If(q.Equals(1, 1, 1.0), 'same', q.Abort('no')), is: 'same' },
    { what: 'Do', expr: q.Do(1, 2, 3), is: 3 },
    { what: 'Map', expr: q.Map([1, 2], q.Lambda('x', q.Add(q.Var('x'), 1))), is: [2, 3] },
    {
      what: 'Map with a pattern',
      expr: q.Map([[1, 'a']], q.Lambda(['_', 'b'], q.Var('b'))),
      is: ['a'],
    },
    { what: 'Filter', expr: q.Filter([1, 2, 3], q.Lambda('x', q.GT(q.Var('x'), 1))), is: [2, 3] },
    {
      what: 'Reduce',
      expr: q.Reduce(q.Lambda(['a', 'b'], q.Add(q.Var('a'), q.Var('b'))), 1, [2, 3]),
      is: 6,
    },
    { what: 'And, Or and Not', expr: q.And(true, q.Or(false, true), q.Not(false)), is: true },
    { what: 'Format', expr: q.Format('%s is %d%%', ['this', 5]), is: 'this is 5%' },
    { what: 'Concat', expr: q.Concat(['a', 'b'], '-'), is: 'a-b' },
    { what: 'ToMicros of Epoch', expr: q.ToMicros(q.Epoch(5, 'milliseconds')), is: 5000 },
    { what: 'ToMicros of Time', expr: q.ToMicros(q.Time('1970-01-01T00:00:01.5Z')), is: 1_500_000 },
    { what: 'Count', expr: q.Count([1, 2]), is: 2 },
    { what: 'ContainsPath', expr: q.ContainsPath(['a', 0], { a: [1] }), is: true },
    { what: 'ToString', expr: q.ToString(q.Date('2022-11-22')), is: '2022-11-22' },
    { what: 'Merge', expr: q.Merge({ a: 1 }, { b: 2 }), is: { a: 1, b: 2 } },
    { what: 'IsNull', expr: q.IsNull(null), is: true },
    { what: 'an empty object', expr: {}, is: {} },
  ])('evaluates $what', async ({ expr, is }) => {
    await using fake = await startFakeFauna();
    await using client = clientV4(fake);
    expect(await client.query(expr)).toEqual(is);
  });

  test('keeps every type of value', async () => {
    await using fake = await startFakeFauna();
    await using client = clientV4(fake);
    fake.store.createCollection('foo');
    const data = {
      time: new values.FaunaTime('2022-11-22T01:23:45.123456789Z'),
      date: new values.FaunaDate('2022-11-22'),
      bytes: new values.Bytes('+/8='),
      ref: new values.Ref('1', new values.Ref('foo', values.Native.COLLECTIONS)),
      native: values.Native.INDEXES,
      number: 1.5,
      list: [1, 'a', null],
    };
    await client.query(q.Create(q.Ref(q.Collection('foo'), 7), { data }));
    const read: { data: unknown } = await client.query(q.Get(q.Ref(q.Collection('foo'), 7)));
    expect(read.data).toEqual(data);
  });

  test('pages forwards and backwards by its helper', async () => {
    await using fake = await startFakeFauna();
    await using client = clientV4(fake);
    fake.store.createCollection('foo');
    for (let id = 1; id <= 7; id++) fake.store.set('foo', id, { id });
    const pages: unknown[] = [];
    await client
      .paginate(q.Documents(q.Collection('foo')), { size: 3 })
      .map((ref: faunadb.Expr) => q.Select(['data', 'id'], q.Get(ref)))
      .each((page) => void pages.push(page));
    expect(pages).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
    const back: unknown[] = [];
    await client
      .paginate(q.Documents(q.Collection('foo')), {
        size: 3,
        before: [q.Ref(q.Collection('foo'), 7)],
      })
      .map((ref: faunadb.Expr) => q.Select('id', ref))
      .eachReverse((page) => void back.push(page));
    expect(back).toEqual([
      ['4', '5', '6'],
      ['1', '2', '3'],
    ]);
  });

  test('reads events, also those that are inserted into the past and removed', async () => {
    await using fake = await startFakeFauna({ settings: { defaultHistoryDays: null } });
    await using client = clientV4(fake);
    fake.store.createCollection('foo', { ts: 1 });
    const ref = q.Ref(q.Collection('foo'), 1);
    await client.query(q.Insert(ref, 100, 'create', { data: { a: 1, b: 1 } }));
    await client.query(q.Insert(ref, 200, 'update', { data: { a: 2 } }));
    await client.query(q.Insert(ref, 300, 'delete', {}));
    const documents: { data: { ts: number; action: string; data: unknown }[] } = await client.query(
      q.Paginate(ref, { events: true }),
    );
    expect(documents.data.map(({ ts, action, data }) => [ts, action, data])).toEqual([
      [100, 'create', { a: 1, b: 1 }],
      [200, 'update', { a: 2, b: null }],
      [300, 'delete', null],
    ]);
    const events = () =>
      client.query<{ data: { action: string }[] }>(
        q.Paginate(q.Events(q.Documents(q.Collection('foo')))),
      );
    expect((await events()).data.map(({ action }) => action)).toEqual(['add', 'remove']);
    await client.query(q.Remove(ref, 300, 'delete'));
    expect((await events()).data.map(({ action }) => action)).toEqual(['add']);
    expect(await client.query(q.At(150, q.Select('data', q.Get(ref))))).toEqual({ a: 1, b: 1 });
    await expect(client.query(q.At(50, q.Get(ref)))).rejects.toThrow('instance not found');
  });

  test('makes roles and keys, whose secrets work until they are deleted', async () => {
    await using fake = await startFakeFauna();
    await using client = clientV4(fake);
    for (const name of ['foo', 'bar']) {
      fake.store.createCollection(name);
      fake.store.set(name, 1, {});
    }
    fake.store.createIndex('foo_ts', { source: 'foo', values: ['ts', 'ref'] });
    await client.query(
      q.CreateRole({
        name: 'reader',
        privileges: [
          { resource: q.Collections(), actions: { read: true } },
          { resource: q.Collection('foo'), actions: { read: true } },
          { resource: q.Index('foo_ts'), actions: { read: true, write: false } },
        ],
      }),
    );
    const key: { ref: faunadb.values.Ref; secret: string } = await client.query(
      q.CreateKey({ role: q.Role('reader') }),
    );
    await using reader = clientV4(fake, key.secret);
    const count = (set: faunadb.Expr) => reader.query(q.Count(q.Select('data', q.Paginate(set))));
    expect(await count(q.Collections())).toBe(2);
    expect(await count(q.Documents(q.Collection('foo')))).toBe(1);
    expect(await count(q.Documents(q.Collection('bar')))).toBe(0);
    expect(await count(q.Match(q.Index('foo_ts')))).toBe(1);
    await expect(count(q.Indexes())).rejects.toThrow(errors.PermissionDenied);
    await expect(reader.query(q.CreateKey({ role: 'admin' }))).rejects.toThrow(
      errors.PermissionDenied,
    );
    await expect(client.query(q.Do(q.Delete(key.ref), q.Abort('no')))).rejects.toThrow(
      'transaction aborted',
    );
    expect(await count(q.Collections())).toBe(2);
    await client.query(q.Delete(key.ref));
    await expect(count(q.Collections())).rejects.toThrow(errors.Unauthorized);
    const server: { secret: string } = await client.query(q.CreateKey({ role: 'server' }));
    await using other = clientV4(fake, server.secret);
    expect(await other.query(q.Exists(q.Role('reader')))).toBe(true);
  });

  test('gets its classes of errors, and sees its own writes', async () => {
    await using fake = await startFakeFauna({ secrets: { weak: {} } });
    await using client = clientV4(fake);
    await using stranger = clientV4(fake, 'wrong');
    await using weak = clientV4(fake, 'weak');
    await expect(stranger.query(q.Now())).rejects.toThrow(errors.Unauthorized);
    await expect(weak.query(q.Paginate(q.Collections()))).rejects.toThrow(errors.PermissionDenied);
    await expect(client.query(q.Abort('because'))).rejects.toMatchObject({
      description: 'because',
    });
    await client.query(q.CreateCollection({ name: 'foo' }));
    await expect(client.query(q.CreateCollection({ name: 'foo' }))).rejects.toThrow(
      errors.BadRequest,
    );
    expect(client).toMatchObject({ _http: { _lastSeen: fake.store.database.last } });
    expect(await client.ping('node')).toBe('Scope node is OK');
  });
});
