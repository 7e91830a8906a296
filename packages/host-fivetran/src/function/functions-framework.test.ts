import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { buildProgram, generatedStream, memorySource } from '@fairlead/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { callFunction, testFunction } from './caller.ts';
import { ModelTables } from './caller-tables.ts';
import { httpEndpoint } from './endpoints.ts';
import type { FunctionOptions } from './handle-function-call.ts';
import { httpFunction } from './http-function.ts';
import { platformLimits } from './limits.ts';
import { quiet } from './testing/sync.ts';

const generated = (count: number) =>
  memorySource({ streams: [generatedStream('a', { count, batch: 100 })] });

const post = (url: string, body: string, contentType = 'application/json') =>
  fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body });

describe("in the test server of Google's functions framework", () => {
  let functions = 0;
  /** The framework's own server with a function in it. */
  async function hosted(count: number, options: FunctionOptions = {}) {
    const name = `function-${functions++}`;
    http(name, httpFunction(generated(count), { ...quiet, ...options }));
    const server = getTestServer(name);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      url: urlOf(server),
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
  }

  test('a sync is made call by call, after the settings were tested', async () => {
    await using server = await hosted(1_000, { budget: { stopBytes: 50_000 } });
    const endpoint = httpEndpoint(server.url);
    await testFunction(endpoint);
    const tables = new ModelTables();
    const report = await callFunction(endpoint, tables, { syncId: 's' });
    expect(report).toMatchObject({ ended: 'caught-up', inserted: 1_000 });
    expect(report.calls).toBeGreaterThan(2);
    expect(tables.rowsOf('a')).toHaveLength(1_000);
  });

  test('an answer is JSON of a known length, without a charset', async () => {
    await using server = await hosted(10);
    const response = await post(server.url, '{}');
    const text = await response.text();
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    expect(JSON.parse(text).insert.a).toHaveLength(10);
  });

  // The framework has parsed the body too, and a number of that has fewer digits.
  test('the state of a test comes back digit by digit', async () => {
    await using server = await hosted(1);
    const state = '{"at":12345678901234567890, "n":1.10000000000000000000001}';
    const response = await post(server.url, `{"setup_test":true,"state":${state}}`);
    expect(await response.text()).toBe(`{"state":${state},"hasMore":false}`);
  });

  test.each([
    { what: 'a body that is no JSON', body: '{', type: 'text/plain', says: 'is not JSON' },
    { what: 'a body that is empty', body: '', type: 'application/json', says: 'is not JSON' },
    { what: 'a list', body: '[]', type: 'application/json', says: 'no JSON object' },
    {
      what: 'a state of another connector',
      body: '{"state":{"version":1,"connector":"source-other","bindings":{}}}',
      type: 'application/json',
      says: 'it belongs to source-other',
    },
    {
      what: 'a state that is none',
      body: '{"state":"x"}',
      type: 'application/json',
      says: 'saved state',
    },
  ])('$what is answered by an error of JSON', async ({ body, type, says }) => {
    await using server = await hosted(1);
    const response = await post(server.url, body, type);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ errorMessage: expect.stringContaining(says) });
  });

  test('what says that it is JSON and is not is answered by the framework itself, as a page', async () => {
    await using server = await hosted(1);
    const response = await post(server.url, '{');
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('text/html');
  });
});

describe("as a process of Google's functions framework", { timeout: 60_000 }, async () => {
  const program = await buildProgram(new URL('testing/main-cloud-function.ts', import.meta.url));
  const children: ChildProcess[] = [];
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await program[Symbol.asyncDispose]();
  });

  /** Starts `functions-framework`, and waits until it says where it is. */
  async function started(target: string, variables: Readonly<Record<string, string>> = {}) {
    const framework = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
    const main = fileURLToPath(new URL('main.js', `file://${framework}`));
    const loopback = new URL('testing/on-loopback.mjs', import.meta.url).href;
    const words = ['--import', loopback, main, `--target=${target}`, `--source=${program.path}`];
    const child = spawn(process.execPath, [...words, '--port=0'], {
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const log: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
    for await (const line of createInterface({ input: child.stdout })) {
      const [, port] = /^listening on (\d+)$/.exec(line) ?? [];
      if (port !== undefined) return { url: `http://127.0.0.1:${port}`, child, log };
    }
    throw new Error(`the framework did not start: ${log.join('\n')}`);
  }

  test('a sync has all rows, and every call its line in the log', async () => {
    const { url, child, log } = await started('main');
    const tables = new ModelTables();
    const options = { limits: platformLimits.gcf, syncId: 's' };
    await testFunction(httpEndpoint(url), options);
    const report = await callFunction(httpEndpoint(url), tables, options);
    expect(report).toMatchObject({ ended: 'caught-up', inserted: 5_000 });
    expect(report.calls).toBeGreaterThan(2);
    expect(tables.rowsOf('a')).toHaveLength(5_000);
    // A line may come after the answer that it tells of.
    child.kill();
    await once(child, 'close');
    const answered = log.map((line) => JSON.parse(line)).filter((line) => line.sync_id === 's');
    expect(answered.filter(({ message }) => message === 'answered')).toHaveLength(report.calls);
  });

  test('an answer of many megabytes comes whole', async () => {
    const { url } = await started('large');
    const tables = new ModelTables();
    const options = { limits: platformLimits.gcf };
    const report = await callFunction(httpEndpoint(url), tables, options);
    expect(report).toMatchObject({ ended: 'caught-up', calls: 1, inserted: 80_000 });
  });

  test('a call ends within the time that the deployment allows', async () => {
    const { url } = await started('slow', { CLOUD_RUN_TIMEOUT_SECONDS: '1' });
    const response = await post(url, '{}');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ insert: { a: [{ id: 1 }] }, hasMore: true });
  });
});

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}
