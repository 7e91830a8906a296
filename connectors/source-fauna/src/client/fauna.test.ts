import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { collection, documents, now, paginate } from '../wire/expression.ts';
import { failing, opened, signal, textOf } from './testing/opened.ts';
import { resource, scriptedServer, type Reply } from './testing/scripted-server.ts';

describe('a query of FQL v4', () => {
  test('has the headers and the body of the protocol', async () => {
    await using server = await scriptedServer([resource(1)]);
    await using it = opened(server.port, { secret: ' fnSecret\n' });
    const answer = await it.fauna.query(
      paginate(documents(collection('foo')), { size: 2 }),
      signal,
    );
    expect(textOf(answer)).toBe('{"resource":1}');
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/',
        headers: {
          authorization: 'Bearer fnSecret',
          'content-type': 'application/json;charset=utf-8',
          'x-faunadb-api-version': '4',
          'accept-encoding': 'gzip',
          'user-agent': expect.stringMatching(/^fairlead\//) as string,
          host: `127.0.0.1:${server.port}`,
        },
        body: { paginate: { documents: { collection: 'foo' } }, size: 2 },
      },
    ]);
    expect(server.requests[0]?.headers).not.toHaveProperty('x-last-seen-txn');
  });

  test('of an environment has its secret, when the settings have none', async () => {
    await using server = await scriptedServer([resource(1)]);
    const settings = { secret: undefined };
    await using it = opened(server.port, settings, { env: { FAUNA_SECRET: 'fnOther' } });
    await it.fauna.query(now(), signal);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer fnOther');
  });

  test.each([200, 201])('has an answer of status %i', async (status) => {
    await using server = await scriptedServer([{ status, body: { resource: 'x' } }]);
    await using it = opened(server.port);
    expect(textOf(await it.fauna.query(now(), signal))).toBe('{"resource":"x"}');
  });

  test('sees what was seen before: the greatest transaction time goes back', async () => {
    const txn = (time: string) => resource(null, { 'x-txn-time': time });
    await using server = await scriptedServer([
      txn('1658504456881000'),
      txn('99'),
      txn('9007199254740993'),
      txn('no number'),
      resource(null),
    ]);
    await using it = opened(server.port);
    for (let i = 0; i < 6; i++) await it.fauna.query(now(), signal);
    expect(server.requests.map(({ headers }) => headers['x-last-seen-txn'])).toEqual([
      undefined,
      '1658504456881000',
      '1658504456881000',
      '9007199254740993',
      '9007199254740993',
      '9007199254740993',
    ]);
  });

  test('is made on one connection after the other', async () => {
    await using server = await scriptedServer([resource(1)]);
    await using it = opened(server.port);
    for (let i = 0; i < 5; i++) await it.fauna.query(now(), signal);
    expect(server.requests.map(({ connection }) => connection)).toEqual([0, 0, 0, 0, 0]);
    await Promise.all([1, 2, 3].map(() => it.fauna.query(now(), signal)));
    expect(server.open).toBe(3);
  });

  test('is made again at once when the server has closed a connection that was kept', async () => {
    const hangUp: Reply = (response) => response.destroy();
    await using server = await scriptedServer([resource(1), hangUp, resource(2)]);
    await using it = opened(server.port);
    await it.fauna.query(now(), signal);
    expect(textOf(await it.fauna.query(now(), signal))).toBe('{"resource":2}');
    expect(it.waits).toEqual([]);
  });

  test.each([
    ['with its length', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('has an answer that comes slowly, %s', async (_how, headers) => {
    const bytes = Buffer.from(`{"resource":"${'é'.repeat(2000)}"}`);
    const slowly: Reply = (response) => {
      response.writeHead(200, {
        ...('transfer-encoding' in headers ? {} : { 'content-length': bytes.length }),
        ...headers,
      });
      const step = (at: number) => {
        if (at >= bytes.length) response.end();
        else response.write(bytes.subarray(at, at + 1001), () => setImmediate(step, at + 1001));
      };
      step(0);
    };
    await using server = await scriptedServer([slowly]);
    await using it = opened(server.port);
    expect(textOf(await it.fauna.query(now(), signal))).toBe(bytes.toString());
  });

  test.each([
    ['with its length', true],
    ['in chunks', false],
  ])('has an answer that is packed, %s', async (_how, hasLength) => {
    const raw = gzipSync('{"resource":"packed"}');
    const packed: Reply = (response) => {
      response.writeHead(200, {
        'content-encoding': 'gzip',
        ...(hasLength ? { 'content-length': raw.length } : {}),
      });
      response.end(raw);
    };
    await using server = await scriptedServer([packed]);
    await using it = opened(server.port);
    expect(textOf(await it.fauna.query(now(), signal))).toBe('{"resource":"packed"}');
  });

  test('has an answer that a server has put spaces into', async () => {
    const raw = ' \n{\n  "resource": 1 ,\n "more": {}\n}\r\n';
    await using server = await scriptedServer([{ raw }]);
    await using it = opened(server.port);
    expect(textOf(await it.fauna.query(now(), signal))).toBe(raw);
  });
});

describe('a query of FQL v10', () => {
  const answer = (txn: unknown): Reply => ({ body: { data: null, summary: '', txn_ts: txn } });

  test('has the headers and the body of the protocol', async () => {
    await using server = await scriptedServer([answer(17), answer(5)]);
    await using it = opened(server.port);
    const values = { a: 'x', i: 5, big: 2 ** 40, long: 2n ** 60n, half: 0.5, none: undefined };
    const got = await it.fauna.fql('a.b(c)', { ...values, at: { '@time': 'T' } }, signal);
    expect(JSON.parse(textOf(got))).toEqual({ data: null, summary: '', txn_ts: 17 });
    await it.fauna.fql('1', {}, signal);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      path: '/query/1',
      headers: { authorization: 'Bearer fnSecret', 'x-format': 'tagged' },
      body: {
        query: 'a.b(c)',
        arguments: {
          a: 'x',
          i: { '@int': '5' },
          big: { '@long': '1099511627776' },
          long: { '@long': '1152921504606846976' },
          half: { '@double': '0.5' },
          at: { '@time': 'T' },
        },
      },
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('x-last-txn-ts');
    expect(server.requests[1]?.headers['x-last-txn-ts']).toBe('17');
  });

  test('does not take a field of a document for the time of a transaction', async () => {
    await using server = await scriptedServer([{ body: { data: { txn_ts: 99 } } }, answer(1)]);
    await using it = opened(server.port);
    await it.fauna.fql('1', {}, signal);
    await it.fauna.fql('1', {}, signal);
    expect(server.requests[1]?.headers).not.toHaveProperty('x-last-txn-ts');
  });

  test.each([
    ['from the beginning', { pageSize: 10 }, {}],
    ['after a cursor', { pageSize: 10, cursor: 'c', startTs: 5n }, { cursor: 'c' }],
    ['at a time', { pageSize: 10, startTs: 1658504456881000n }, { start_ts: 1658504456881000 }],
  ])('of a feed %s says where it begins', async (_where, options, start) => {
    const body = { token: 't', page_size: 10, ...start };
    const page = { events: [], cursor: 'c2', has_next: false };
    await using server = await scriptedServer([{ body: page }]);
    await using it = opened(server.port);
    expect(JSON.parse(textOf(await it.fauna.feed('t', options, signal)))).toEqual(page);
    expect(server.requests).toMatchObject([{ path: '/feed/1' }]);
    expect(server.requests[0]?.body).toEqual(body);
  });

  test('that fails has the code and the message', async () => {
    const body = { error: { code: 'invalid_query', message: 'The query failed 2 checks.' } };
    await using server = await scriptedServer([{ status: 400, body }]);
    await using it = opened(server.port);
    expect(await failing(it.fauna.fql('?', {}, signal))).toMatchObject({
      name: 'FaunaError',
      status: 400,
      code: 'invalid_query',
      description: 'The query failed 2 checks.',
    });
  });
});

describe('a ping', () => {
  test('needs no secret', async () => {
    await using server = await scriptedServer([resource('Scope Node is OK')]);
    await using it = opened(server.port);
    await it.fauna.ping(signal);
    expect(server.requests).toMatchObject([{ method: 'GET', path: '/ping?scope=node' }]);
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('of another server fails', async () => {
    await using server = await scriptedServer([
      { raw: 'pong', headers: { 'content-type': 'text/plain' } },
    ]);
    await using it = opened(server.port);
    expect(await failing(it.fauna.ping(signal))).toMatchObject({ status: 200, isForeign: true });
  });
});

describe('a secret', () => {
  test.each([
    ['that is not there', undefined, 'there is no secret'],
    ['of spaces', ' \n', 'there is no secret'],
    ['with a line break', 'fn\nSecret', 'the secret cannot be sent'],
    ['with a letter that headers have not', 'fnSécret', 'the secret cannot be sent'],
  ])('%s is a plain failure', (_which, secret, message) => {
    const open = () => opened(1, { secret });
    expect(open).toThrow(expect.objectContaining({ kind: 'config', where: 'secret', message }));
    expect(open).not.toThrow(/cret\b.*fn/s);
  });
});
