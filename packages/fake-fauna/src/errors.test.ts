import { describe, expect, test } from 'vitest';
import { startFakeFauna } from './fake-fauna.ts';
import { ask, post, q } from './testing/post.ts';

async function filled() {
  const fake = await startFakeFauna({ settings: { indexBuildMicros: 60_000_000 } });
  fake.store.createCollection('foo');
  fake.store.createIndex('foo_ts', { source: 'foo', values: ['ts', 'ref'] });
  fake.store.set('foo', 1, { a: 1 });
  return fake;
}

const undefinedFoo = (kind: string) => ({
  code: 'invalid ref',
  description: `Ref refers to undefined ${kind} 'no'`,
});

interface Case {
  readonly query: unknown;
  readonly status: number;
  readonly error: { readonly code: string; readonly [key: string]: unknown };
}

describe('errors of a query', () => {
  test.each<Case>([
    {
      query: { paginate: { documents: { collection: 'no' } } },
      status: 400,
      error: { ...undefinedFoo('collection'), position: ['paginate', 'documents'] },
    },
    {
      query: { paginate: { match: { index: 'no' } } },
      status: 400,
      error: { ...undefinedFoo('index'), position: ['paginate', 'match'] },
    },
    {
      query: { get: { index: 'no' } },
      status: 400,
      error: { ...undefinedFoo('index'), position: ['get'] },
    },
    {
      query: { select: 'source', from: { get: { ref: { collection: 'no' }, id: '1' } } },
      status: 400,
      error: { ...undefinedFoo('collection'), position: ['from', 'get'] },
    },
    {
      query: { get: q.ref('foo', '9') },
      status: 404,
      error: { position: [], code: 'instance not found', description: 'Document not found.' },
    },
    {
      query: [1, { get: { match: { index: 'foo_ts' }, terms: 5 } }],
      status: 404,
      error: { position: [1], code: 'instance not found', description: 'Set not found.' },
    },
    {
      query: { select: ['data', 'b', 0], from: { get: q.ref('foo', '1') } },
      status: 404,
      error: {
        position: ['from'],
        code: 'value not found',
        description: 'Value not found at path [data,b,0].',
      },
    },
    {
      query: {
        map: { lambda: 'x', expr: { abort: { format: 'no %s in %d', values: ['b', 1] } } },
        collection: [1],
      },
      status: 400,
      error: { position: ['map', 'expr'], code: 'transaction aborted', description: 'no b in 1' },
    },
    {
      query: { paginate: { events: { range: { match: { index: 'foo_ts' } }, from: 1, to: 2 } } },
      status: 400,
      error: {
        position: [],
        code: 'invalid argument',
        description: 'Set does not support events history.',
      },
    },
    {
      query: { paginate: { collections: null }, events: true },
      status: 400,
      error: {
        position: [],
        code: 'invalid argument',
        description: 'Set does not support events history.',
      },
    },
    {
      query: {
        paginate: q.documents('foo'),
        events: true,
        after: { object: { ts: 1, document: q.ref('foo', '1') } },
      },
      status: 400,
      error: {
        position: ['after'],
        code: 'invalid argument',
        description: 'Cannot create event cursor with keys ts, document',
      },
    },
    {
      query: {
        paginate: q.documents('foo'),
        events: true,
        after: { object: { ts: 'x', action: 'remove' } },
      },
      status: 400,
      error: {
        position: ['after', 'ts'],
        code: 'invalid argument',
        description: 'Integer expected, String provided.',
      },
    },
    {
      query: { paginate: q.documents('foo'), events: true, after: { ts: 0, action: 'remove' } },
      status: 400,
      error: {
        position: ['after'],
        code: 'invalid expression',
        description: 'No form/function found, or invalid argument keys: { action, ts }.',
      },
    },
    {
      query: { paginate: q.documents('foo'), events: true, after: 'x' },
      status: 400,
      error: {
        position: ['after'],
        code: 'invalid argument',
        description: 'Object, Integer, Time, or Date expected, String provided.',
      },
    },
    {
      query: { paginate: q.documents('foo'), size: 'x' },
      status: 400,
      error: {
        position: ['size'],
        code: 'invalid argument',
        description: 'Integer expected, String provided.',
      },
    },
    {
      query: { paginate: q.documents('foo'), size: -1 },
      status: 400,
      error: { position: ['size'], code: 'invalid argument' },
    },
    {
      query: { paginate: 5 },
      status: 400,
      error: {
        position: ['paginate'],
        code: 'invalid argument',
        description: 'Ref or Set expected, Integer provided.',
      },
    },
    {
      query: { create: q.ref('foo', '1'), params: { object: {} } },
      status: 400,
      error: {
        position: ['create'],
        code: 'instance already exists',
        description: 'Document already exists.',
      },
    },
    {
      query: { create_collection: { object: { name: 'foo' } } },
      status: 400,
      error: {
        position: ['create_collection'],
        code: 'instance already exists',
        description: 'Collection already exists.',
      },
    },
    {
      query: { create_collection: { object: {} } },
      status: 400,
      error: {
        position: ['create_collection'],
        code: 'validation failed',
        failures: [
          { field: ['name'], code: 'value required', description: 'Required value not found.' },
        ],
      },
    },
    {
      query: {
        do: [
          { create_collection: { object: { name: 'bar' } } },
          { create: { collection: 'bar' }, params: { object: {} } },
        ],
      },
      status: 400,
      error: { position: ['do', 1, 'create'], code: 'invalid argument' },
    },
    {
      query: {
        let: { c: { create_collection: { object: { name: 'bar' } } } },
        in: { create: { select: 'ref', from: { var: 'c' } } },
      },
      status: 400,
      error: {
        position: ['in', 'create'],
        code: 'invalid argument',
        description: 'Cannot create a collection and a document in it in the same transaction.',
      },
    },
    {
      query: { nonsense: 1, and_more: 2 },
      status: 400,
      error: {
        position: [],
        code: 'invalid expression',
        description: 'No form/function found, or invalid argument keys: { and_more, nonsense }.',
      },
    },
    { query: { constructor: 1 }, status: 400, error: { position: [], code: 'invalid expression' } },
    { query: { a: 1 }, status: 400, error: { position: [], code: 'invalid expression' } },
    {
      query: { object: { x: [{ var: 'unbound' }] } },
      status: 400,
      error: {
        position: ['object', 'x', 0],
        code: 'invalid expression',
        description: "Variable 'unbound' is not defined.",
      },
    },
    {
      query: { ref: { collection: 'foo' }, id: 'abc' },
      status: 400,
      error: {
        position: ['id'],
        code: 'invalid argument',
        description: "Number or numeric String expected, non-numeric 'abc' provided.",
      },
    },
    {
      query: { ref: { collection: 'foo' }, id: '99999999999999999999' },
      status: 400,
      error: {
        position: ['id'],
        code: 'invalid argument',
        description: "The id provided is too large: '99999999999999999999'",
      },
    },
    {
      query: { '@ts': 'yesterday' },
      status: 400,
      error: { position: [], code: 'invalid expression', description: 'Invalid time.' },
    },
    {
      query: { map: { lambda: ['a', 'b'], expr: 1 }, collection: [[1]] },
      status: 400,
      error: {
        position: ['map', 'lambda'],
        code: 'invalid argument',
        description: 'Lambda expects an array with 2 elements. Array contains 1.',
      },
    },
    {
      query: '{"if":1,"then":2,"else":3}',
      status: 400,
      error: {
        position: ['if'],
        code: 'invalid argument',
        description: 'Boolean expected, Integer provided.',
      },
    },
  ])('$error.code at $error.position', async ({ query, status, error }) => {
    await using fake = await filled();
    const answer = await post(fake, query);
    expect(answer.json).toMatchObject({ errors: [error] });
    expect(answer.status).toBe(status);
    expect(Number(answer.headers.get('x-txn-time'))).toBeGreaterThan(0);
  });

  test('several errors come together, and the worst of them decides the status', async () => {
    await using fake = await filled();
    const answer = await post(fake, [{ get: q.ref('foo', '9') }, { to_micros: 'x' }]);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      errors: [
        { position: [0], code: 'instance not found' },
        { position: [1, 'to_micros'], code: 'invalid argument' },
      ],
    });
  });

  test('nothing stays of a query that fails', async () => {
    await using fake = await filled();
    const query = {
      do: [
        { create: q.ref('foo', '2'), params: { object: { data: { object: {} } } } },
        { delete: q.ref('foo', '1') },
        { create_collection: { object: { name: 'bar' } } },
        { abort: 'no' },
      ],
    };
    expect((await post(fake, query)).status).toBe(400);
    expect(await ask(fake, q.paginate(q.documents('foo')))).toEqual({
      data: [q.document('foo', '1')],
    });
    expect(await ask(fake, { exists: { collection: 'bar' } })).toBe(false);
  });

  test('an index is not active until it is built', async () => {
    await using fake = await filled();
    for (let id = 2; id < 200; id++) fake.store.set('foo', id, {});
    const index = {
      object: {
        name: 'late',
        source: { collection: 'foo' },
        values: [{ object: { field: 'ts' } }],
      },
    };
    await ask(fake, { create_index: index });
    const query = q.paginate(q.match('late'));
    expect(await post(fake, query)).toMatchObject({
      status: 404,
      json: {
        errors: [
          {
            code: 'instance not found',
            description: "Index 'late' is not active.",
            position: ['paginate', 'index'],
          },
        ],
      },
    });
    expect(await ask(fake, { select: 'active', from: { get: { index: 'late' } } })).toBe(false);
    fake.clock.advance(61_000_000);
    expect((await post(fake, query)).status).toBe(200);
    expect(await ask(fake, { select: 'active', from: { get: { index: 'late' } } })).toBe(true);
  });
});

describe('errors of a request', () => {
  test.each([
    { authorization: '' },
    { authorization: 'Bearer wrong' },
    { authorization: `Basic ${Buffer.from('wrong:').toString('base64')}` },
  ])('a secret that is not known: "$authorization"', async ({ authorization }) => {
    await using fake = await filled();
    const answer = await post(fake, { now: null }, { headers: { authorization } });
    expect(answer).toMatchObject({
      status: 401,
      json: { errors: [{ code: 'unauthorized', description: 'Unauthorized' }] },
    });
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Unauthorized"');
  });

  test('Basic takes the secret as the user', async () => {
    await using fake = await filled();
    const authorization = `Basic ${Buffer.from('secret:').toString('base64')}`;
    expect((await post(fake, 1, { headers: { authorization } })).json).toEqual({ resource: 1 });
  });

  test('a request without the version is refused', async () => {
    await using fake = await filled();
    const headers = { 'x-faunadb-api-version': '2.1' };
    expect(await post(fake, 1, { headers })).toMatchObject({
      status: 400,
      json: { errors: [{ code: 'bad request' }] },
    });
  });

  test('a body that is no JSON', async () => {
    await using fake = await filled();
    expect(await post(fake, '{"now":')).toMatchObject({
      status: 400,
      json: { errors: [{ code: 'invalid expression', position: [] }] },
    });
  });

  test('other routes and methods', async () => {
    await using fake = await filled();
    const get = async (path: string, method = 'GET') => {
      const response = await fetch(`${fake.address}${path}`, { method });
      return { status: response.status, json: await response.json() };
    };
    expect(await get('/')).toMatchObject({
      status: 405,
      json: { errors: [{ code: 'method not allowed' }] },
    });
    expect(await get('/other', 'POST')).toMatchObject({
      status: 404,
      json: { errors: [{ code: 'not found' }] },
    });
    expect(await get('/ping')).toEqual({ status: 200, json: { resource: 'Scope write is OK' } });
  });
});
