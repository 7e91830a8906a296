import { describe, expect, test } from 'vitest';
import type { Role } from './access.ts';
import { startFakeFauna } from './fake-fauna.ts';
import { post, q } from './testing/post.ts';

async function withRole(role: Role) {
  const fake = await startFakeFauna({ secrets: { key: role } });
  fake.store.createCollection('foo');
  fake.store.createCollection('bar');
  fake.store.createIndex('foo_ts', { source: 'foo', values: ['ts', 'ref'] });
  fake.store.createIndex('all', { source: '_', values: ['ref'] });
  fake.store.createIndex('hidden', { source: 'foo', hidden: true });
  fake.store.set('foo', 1, {});
  fake.store.set('bar', 2, {});
  return fake;
}

const denied = (...position: (string | number)[]) => ({
  status: 403,
  json: {
    errors: [
      {
        position,
        code: 'permission denied',
        description: 'Insufficient privileges to perform the action.',
      },
    ],
  },
});
const data = (...elements: unknown[]) => ({ status: 200, json: { resource: { data: elements } } });
const create = { create: { collection: 'foo' }, params: { object: {} } };
const [one, two] = [q.document('foo', '1'), q.document('bar', '2')];

describe('what a role may do', () => {
  test.each<{ role: Role; query: unknown; answer: object }>([
    { role: {}, query: q.paginate(q.documents('foo')), answer: data() },
    { role: {}, query: q.paginate(q.documents('foo'), { events: true }), answer: data() },
    { role: {}, query: q.paginate({ collections: null }), answer: denied('paginate') },
    { role: {}, query: q.paginate({ indexes: null }), answer: denied('paginate') },
    { role: {}, query: q.paginate(q.match('foo_ts')), answer: denied('paginate') },
    {
      role: {},
      query: q.paginate({ range: q.match('foo_ts'), from: [], to: [] }),
      answer: denied('paginate'),
    },
    { role: {}, query: { get: q.ref('foo', '1') }, answer: denied() },
    { role: {}, query: [{ get: { index: 'foo_ts' } }], answer: denied(0) },
    {
      role: {},
      query: { exists: q.ref('foo', '1') },
      answer: { status: 200, json: { resource: false } },
    },
    { role: {}, query: create, answer: denied('create') },
    { role: { read: ['foo'] }, query: q.paginate(q.documents('foo')), answer: data(one) },
    { role: { read: ['foo'] }, query: q.paginate(q.documents('bar')), answer: data() },
    {
      role: { read: ['foo'] },
      query: q.paginate(one, { events: true }),
      answer: denied('paginate'),
    },
    {
      role: { read: ['foo'], history: ['*'] },
      query: { count: { events: one } },
      answer: { json: { resource: 1 } },
    },
    {
      role: { read: ['foo'], indexes: ['all'] },
      query: q.paginate(q.match('all')),
      answer: data(one),
    },
    {
      role: { read: ['*'], indexes: ['*'] },
      query: q.paginate(q.match('all')),
      answer: data(one, two),
    },
    { role: { unrestricted: ['all'] }, query: q.paginate(q.match('all')), answer: data(one, two) },
    {
      role: { listings: ['collections'] },
      query: q.paginate({ collections: null }),
      answer: data(q.collection('foo'), q.collection('bar')),
    },
    {
      role: { listings: ['*'] },
      query: q.paginate({ indexes: null }),
      answer: data(q.index('foo_ts'), q.index('all')),
    },
    { role: { write: ['foo'] }, query: create, answer: { status: 201 } },
    {
      role: { write: ['foo'] },
      query: { create_collection: { object: { name: 'new' } } },
      answer: denied('create_collection'),
    },
    { role: 'server-readonly', query: q.paginate(q.match('foo_ts')), answer: { status: 200 } },
    { role: 'server-readonly', query: create, answer: denied('create') },
    { role: 'server-readonly', query: { delete: q.ref('foo', '1') }, answer: denied() },
    { role: 'client', query: { get: q.ref('foo', '1') }, answer: denied() },
    { role: 'server', query: { delete: { collection: 'foo' } }, answer: { status: 200 } },
  ])('$role: $query', async ({ role, query, answer }) => {
    await using fake = await withRole(role);
    expect(await post(fake, query, { secret: 'key' })).toMatchObject(answer);
  });
});
