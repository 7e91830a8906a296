import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { checkpoint, documents, generatedStream, memorySource, waits } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { callFunction, testFunction } from './caller.ts';
import { ModelTables } from './caller-tables.ts';
import { httpEndpoint } from './endpoints.ts';
import { type HttpRequest, httpFunction } from './http-function.ts';
import { platformLimits } from './limits.ts';
import { serveFunction } from './serve-function.ts';
import { quiet } from './testing/sync.ts';

const generated = (count: number) =>
  memorySource({ streams: [generatedStream('a', { count, batch: 100 })] });

const post = (url: string, body: string) => fetch(url, { method: 'POST', body });

describe('a function that is served', () => {
  test('is called as Fivetran does', async () => {
    await using server = await serveFunction(generated(1_000), {
      ...quiet,
      budget: { stopBytes: 50_000 },
    });
    const tables = new ModelTables();
    const endpoint = httpEndpoint(server.url, { authorization: 'x' });
    await testFunction(endpoint);
    const report = await callFunction(endpoint, tables, { syncId: 's' });
    expect(report).toMatchObject({ ended: 'caught-up', inserted: 1_000 });
    expect(report.calls).toBeGreaterThan(2);
    expect(tables.rowsOf('a')).toHaveLength(1_000);
  });

  test('writes a line of JSON for each call', async () => {
    const lines: string[] = [];
    await using server = await serveFunction(generated(1), { write: (line) => lines.push(line) });
    await post(server.url, '{"sync_id":"s"}');
    const last = JSON.parse(lines.at(-1) ?? '');
    expect(last).toMatchObject({ message: 'answered', sync_id: 's', status: 200, rowCount: 1 });
  });

  test.each([
    { what: 'no JSON', body: '{', status: 400, says: 'the request is not JSON' },
    {
      what: 'too large',
      body: `{"x":"${'x'.repeat(200_000)}"}`,
      status: 413,
      says: 'more than 1000 bytes',
    },
  ])('answers JSON to what is $what', async ({ body, status, says }) => {
    const options = { ...quiet, limits: { requestBytes: 1_000 } };
    await using server = await serveFunction(generated(1), options);
    const response = await post(server.url, body);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ errorMessage: expect.stringContaining(says) });
  });

  test('is called by POST only', async () => {
    await using server = await serveFunction(generated(1), quiet);
    const response = await fetch(server.url);
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({ errorType: 'config' });
  });

  test('ends a call whose caller goes away', async () => {
    const source = memorySource({
      streams: [
        { name: 'a', script: [documents([{ id: 1 }]), waits(() => new Promise(() => {}))] },
      ],
    });
    await using server = await serveFunction(source, quiet);
    const request = httpRequest(server.url, { method: 'POST' });
    request.on('error', () => {});
    request.end('{}');
    while (source.open === 0) await new Promise((resolve) => setImmediate(resolve));
    request.destroy();
    while (source.open > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(source.pulls).toBe(1);
  });

  test('goes on after a request that breaks off', async () => {
    await using server = await serveFunction(generated(1), quiet);
    const broken = httpRequest(server.url, { method: 'POST', headers: { 'content-length': 100 } });
    const failed = once(broken, 'error');
    broken.write('{');
    setImmediate(() => broken.destroy(new Error('gone')));
    await failed;
    expect((await post(server.url, '{}')).status).toBe(200);
  });

  test('ends its calls when it is disposed', async () => {
    const source = memorySource({
      streams: [{ name: 'a', script: [waits(() => new Promise(() => {}))] }],
    });
    const server = await serveFunction(source, quiet);
    const called = post(server.url, '{}').then(
      () => 'answered',
      () => 'cut',
    );
    while (source.open === 0) await new Promise((resolve) => setImmediate(resolve));
    await server[Symbol.asyncDispose]();
    expect(await called).toBe('cut');
    expect(source.open).toBe(0);
  });

  test('is not there twice', async () => {
    await using server = await serveFunction(generated(1), quiet);
    const port = Number(new URL(server.url).port);
    await expect(serveFunction(generated(1), { ...quiet, port })).rejects.toThrow('EADDRINUSE');
  });
});

describe('a function that is served as a platform runs it', () => {
  test.each(['gcf', 'gcf-gen1', 'lambda', 'azure'] as const)('%s: a sync', async (platform) => {
    const options = { ...quiet, platform, budget: { stopBytes: 10_000 } };
    const script = Array.from({ length: 50 }, (_, id) => [
      documents([{ id, text: 'x'.repeat(300) }]),
      checkpoint,
    ]).flat();
    const source = memorySource({ streams: [{ name: 'a', script }] });
    await using server = await serveFunction(source, options);
    const endpoint = httpEndpoint(server.url);
    const limits = platformLimits[platform];
    await testFunction(endpoint, { limits });
    const report = await callFunction(endpoint, new ModelTables(), { limits });
    expect(report).toMatchObject({ ended: 'caught-up', inserted: 50, calls: 2 });
  });

  test.each(['lambda', 'azure'] as const)('%s: errors are JSON', async (platform) => {
    const options = { ...quiet, platform, limits: { requestBytes: 1_000 } };
    await using server = await serveFunction(generated(1), options);
    for (const [body, says] of [
      ['{', 'is not JSON'],
      ['[]', 'no JSON object'],
      [`{"x":"${'x'.repeat(1_000)}"}`, 'more than 1000 bytes'],
    ] as const) {
      const response = await post(server.url, body);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toMatchObject({ errorMessage: expect.stringContaining(says) });
    }
  });

  test('ends a call that no caller ends when it is disposed', async () => {
    const source = memorySource({
      streams: [{ name: 'a', script: [waits(() => new Promise(() => {}))] }],
    });
    const server = await serveFunction(source, { ...quiet, platform: 'lambda' });
    const called = post(server.url, '{}').catch(() => 'cut');
    while (source.open === 0) await new Promise((resolve) => setImmediate(resolve));
    await server[Symbol.asyncDispose]();
    expect(await called).toBe('cut');
    expect(source.open).toBe(0);
  });
});

test('the settings of a deployment are overruled by those of the connection', async () => {
  const source = memorySource({ streams: [generatedStream('a', { count: 1 })] });
  const seen: unknown[] = [];
  const check = { ...source, check: async (scope: object) => void seen.push(scope) };
  const config = z.looseObject({ a: z.string(), b: z.string() });
  const settings = { a: 'deployed', b: 'deployed' };
  await using server = await serveFunction({ ...check, config }, { ...quiet, settings });
  await testFunction(httpEndpoint(server.url), { secrets: { b: 'secret' } });
  expect(seen).toMatchObject([{ config: { a: 'deployed', b: 'secret' } }]);
});

test.each([
  {
    what: 'the bytes of the body',
    read: (text: string) => ({ rawBody: Buffer.from(text), body: {} }),
  },
  { what: 'the parsed body', read: (text: string) => ({ body: JSON.parse(text) }) },
  { what: 'the text of the body', read: (text: string) => ({ body: text }) },
])('a framework may have read $what before', async ({ read }) => {
  const handle = httpFunction(generated(3), quiet);
  await using server = await listening(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    await handle(Object.assign(request, read(Buffer.concat(chunks).toString())), response);
  });
  const report = await callFunction(httpEndpoint(server.url), new ModelTables());
  expect(report).toMatchObject({ ended: 'caught-up', inserted: 3 });
});

async function listening(
  handle: (...args: Parameters<ReturnType<typeof httpFunction>>) => Promise<void>,
) {
  const server = createServer((request: HttpRequest, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
