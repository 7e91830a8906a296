import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { now } from '../wire/expression.ts';
import { FaunaError } from './fauna-error.ts';
import { failing, opened, signal, textOf } from './testing/opened.ts';
import { error, resource, scriptedServer, type Reply } from './testing/scripted-server.ts';

describe('an error of the server', () => {
  test('is told with all that it says', async () => {
    const failures = [
      { field: ['data', 'a'], code: 'value required', description: 'Value is required.' },
    ];
    await using server = await scriptedServer([
      error(400, 'validation failed', 'document data is not valid.', {
        position: ['map', 0, 'expr'],
        failures,
      }),
    ]);
    await using it = opened(server.port);
    expect(await failing(it.fauna.query(now(), signal))).toMatchObject({
      status: 400,
      code: 'validation failed',
      description: 'document data is not valid.',
      position: ['map', 0, 'expr'],
      failures,
    });
  });

  test('of several is the one that the status is of', async () => {
    const errors = [
      { position: ['a'], code: 'instance not found', description: 'Document not found.' },
      { position: ['b'], code: 'permission denied', description: 'Insufficient privileges.' },
    ];
    await using server = await scriptedServer([{ status: 403, body: { errors } }]);
    await using it = opened(server.port);
    expect(await failing(it.fauna.query(now(), signal))).toMatchObject({
      code: 'permission denied',
      position: ['b'],
    });
  });

  // How often it is asked, by §9 of the protocol.
  test.each([
    [400, 'invalid expression', 1],
    [400, 'invalid argument', 1],
    [400, 'transaction aborted', 1],
    [401, 'unauthorized', 1],
    [403, 'permission denied', 1],
    [404, 'instance not found', 1],
    [404, 'not found', 1],
    [409, 'contended transaction', 8],
    [410, 'permission denied', 1],
    [413, 'request too large', 1],
    [429, 'too many requests', 10],
    [440, 'processing time limit exceeded', 1],
    [500, 'internal server error', 3],
    [503, 'time out', 3],
    [503, 'unavailable', 8],
    [540, 'operator error', 8],
  ])('%i %s is asked %i times', async (status, code, times) => {
    await using server = await scriptedServer([error(status, code, 'As it happens.')]);
    await using it = opened(server.port);
    const failed = await failing(it.fauna.query(now(), signal));
    expect(failed).toBeInstanceOf(FaunaError);
    expect(failed).toMatchObject({ status, code, description: 'As it happens.' });
    expect(server.requests).toHaveLength(times);
    expect(it.waits).toHaveLength(times - 1);
  });

  test.each([409, 429, 500, 503, 540])('%i passes, and the query is answered', async (status) => {
    await using server = await scriptedServer([error(status, 'x', 'y'), resource(1)]);
    await using it = opened(server.port);
    expect(textOf(await it.fauna.query(now(), signal))).toBe('{"resource":1}');
    expect(it.waits).toHaveLength(1);
  });

  test('is waited for longer each time, and as long as the server asks', async () => {
    const busy = (seconds: string): Reply => ({
      status: 429,
      headers: { 'retry-after': seconds },
      body: {
        errors: [{ code: 'too many requests', description: 'Rate limit for read exceeded' }],
      },
    });
    await using server = await scriptedServer([
      busy('0'),
      busy('0'),
      busy('30'),
      busy('86400'),
      error(409, 'contended transaction', 'x'),
      resource(1),
    ]);
    await using it = opened(server.port);
    await it.fauna.query(now(), signal);
    expect(it.waits).toEqual([1000, 2000, 30_000, 300_000, 3200]);
    expect(it.lines).toMatchObject([
      { level: 'warn', message: 'trying again', fields: { attempt: 1, ms: 1000 } },
      { level: 'warn' },
      { level: 'warn' },
      { level: 'warn' },
      { level: 'debug' },
    ]);
  });

  test('has no advice of a support that is no more', async () => {
    const description =
      'java.lang.Exception: x\nPlease create a ticket at https://support.fauna.com';
    await using server = await scriptedServer([error(500, 'internal server error', description)]);
    await using it = opened(server.port);
    expect(await failing(it.fauna.query(now(), signal))).toMatchObject({
      description: 'java.lang.Exception: x',
    });
  });
});

describe('an answer that is none', () => {
  const html = { 'content-type': 'text/html; charset=utf-8' };

  test.each<[string, Reply, object, number]>([
    [
      'a web page',
      { raw: '<html>', headers: html },
      { status: 200, description: 'text/html, without resource' },
      1,
    ],
    [
      'other JSON',
      { body: { ok: true } },
      { status: 200, description: 'application/json, without resource' },
      1,
    ],
    ['an array', { raw: '[{"resource":1}]' }, { status: 200 }, 1],
    [
      'a page that is not found',
      { status: 404, raw: 'no', headers: html },
      { status: 404, description: 'text/html' },
      1,
    ],
    ['a refusal', { status: 403, raw: '', headers: html }, { status: 403 }, 1],
    [
      'nothing',
      (response) => response.writeHead(204).end(),
      { status: 204, description: 'without a content type' },
      1,
    ],
    [
      'a redirect',
      { status: 301, headers: { ...html, location: 'https://db.example.com/?key=fnSecret' } },
      { status: 301, description: 'text/html, a redirect to https://db.example.com' },
      1,
    ],
    ['a broken error', { status: 400, raw: '{"errors":[{' }, { status: 400 }, 1],
    ['errors of another kind', { status: 400, body: { errors: ['no'] } }, { status: 400 }, 1],
    [
      'a failure of a proxy',
      { status: 502, raw: 'Bad Gateway', headers: html },
      { status: 502 },
      8,
    ],
  ])('%s is not of Fauna', async (_what, reply, expected, times) => {
    await using server = await scriptedServer([reply]);
    await using it = opened(server.port);
    const failed = await failing(it.fauna.query(now(), signal));
    expect(failed).toMatchObject({ ...expected, code: '', isForeign: true });
    expect(server.requests).toHaveLength(times);
  });

  test('may come from something in between, once the server has answered', async () => {
    const maintenance: Reply = { status: 404, raw: '<html>', headers: html };
    await using server = await scriptedServer([resource(1), maintenance, maintenance, resource(2)]);
    await using it = opened(server.port);
    await it.fauna.query(now(), signal);
    expect(textOf(await it.fauna.query(now(), signal))).toBe('{"resource":2}');
    expect(it.waits).toEqual([200, 400]);
  });

  test('is asked for again when it ends too early', async () => {
    const cut: Reply = (response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"resource":', () => response.destroy());
    };
    const cutChunk: Reply = (response) => {
      response.write('{"resource":', () => response.destroy());
    };
    await using server = await scriptedServer([
      resource(0),
      cut,
      cutChunk,
      { raw: '{"resource":{"data":[1,' },
      { raw: gzipSync('{"resource":1}').subarray(0, 20), headers: { 'content-encoding': 'gzip' } },
      resource(1),
    ]);
    await using it = opened(server.port);
    await it.fauna.query(now(), signal);
    expect(textOf(await it.fauna.query(now(), signal))).toBe('{"resource":1}');
    expect(it.waits).toEqual([200, 400, 800, 1600]);
  });

  test.each<[string, Reply]>([
    ['by its length', { raw: `{"resource":"${'x'.repeat(2000)}"}` }],
    [
      'by its chunks',
      (response) => {
        response.write('{"resource":"');
        response.end('x'.repeat(2000));
      },
    ],
    [
      'when it is unpacked',
      { raw: gzipSync('x'.repeat(2000)), headers: { 'content-encoding': 'gzip' } },
    ],
  ])('is too long %s', async (_how, reply) => {
    await using server = await scriptedServer([reply]);
    await using it = opened(server.port, {}, { mostBytes: 1000 });
    expect(await failing(it.fauna.query(now(), signal))).toMatchObject({
      name: 'LinkError',
      reason: 'too-long',
    });
    expect(server.requests).toHaveLength(1);
  });

  test('packed in a way that nobody asked for is refused', async () => {
    const headers = { 'content-encoding': 'br' };
    await using server = await scriptedServer([{ raw: 'x', headers }]);
    await using it = opened(server.port);
    expect(await failing(it.fauna.query(now(), signal))).toMatchObject({ reason: 'no-http' });
  });

  test.each<[string, Reply]>([
    ['before it begins', () => {}],
    ['in the midst', (response) => void response.write('{"resource":')],
  ])('is late %s', async (_when, reply) => {
    await using server = await scriptedServer([reply]);
    await using it = opened(server.port, {}, { answerMs: 50 });
    expect(await failing(it.fauna.query(now(), signal))).toMatchObject({
      name: 'LinkError',
      reason: 'late',
      message: `no whole answer of 127.0.0.1:${server.port} within 0.05 s`,
    });
    expect(server.requests).toHaveLength(2);
  });
});
