import { changes, checkpoint, generatedStream, memorySource } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { azureFunction } from './azure-function.ts';
import { callFunction, type FunctionEndpoint } from './caller.ts';
import { ModelTables } from './caller-tables.ts';
import { lambdaFunction } from './lambda-function.ts';
import { platformLimits } from './limits.ts';
import { type Content, quiet } from './testing/sync.ts';

const generated = (count: number) =>
  memorySource({ streams: [generatedStream('a', { count, batch: 100 })] });

const hasRawJson = 'rawJSON' in JSON;

/** As Lambda calls a handler: with a value, whose answer it makes JSON of. */
const lambdaEndpoint =
  (handler: ReturnType<typeof lambdaFunction>, leftMs = 900_000): FunctionEndpoint =>
  async (request) => {
    const event: unknown = JSON.parse(Buffer.from(request).toString());
    const value = await handler(event, { getRemainingTimeInMillis: () => leftMs });
    return { status: 200, body: Buffer.from(JSON.stringify(value)) };
  };

describe('on AWS Lambda', () => {
  const small = (count: number) => {
    const rows = Array.from({ length: count }, (_, id) => ['upsert', { id }] as const);
    return memorySource({ streams: [{ name: 'a', script: [changes(...rows), checkpoint] }] });
  };

  test('a sync has all rows', async () => {
    const tables = new ModelTables();
    const endpoint = lambdaEndpoint(lambdaFunction(small(50), quiet));
    const report = await callFunction(endpoint, tables, { limits: platformLimits.lambda });
    expect(report).toMatchObject({ ended: 'caught-up', inserted: 50 });
  });

  test.each([
    { number: '12345678901234567890' },
    { number: '0.10000000000000000000001' },
    { number: '1e400' },
  ])('the digits of $number are kept, or it is said that they are not', async ({ number }) => {
    const line = Buffer.from(`{"id":1,"n":${number},"__proto__":{"a":[${number}]}}\n`);
    const batch = { bytes: line, ends: Uint32Array.of(line.length) };
    const script = [{ is: 'documents', documents: batch } as const, checkpoint];
    const handler = lambdaFunction(memorySource({ streams: [{ name: 'a', script }] }), quiet);
    const text = JSON.stringify(await handler({}));
    if (hasRawJson) expect(text).toContain(line.toString().trimEnd());
    else {
      expect(JSON.parse(text)).toMatchObject({
        errorMessage: expect.stringContaining('Run the function on Node 22 or later.'),
      });
    }
  });

  test('a call ends within the time that is left', async () => {
    const memory = small(3);
    const source = {
      ...memory,
      async *pull(request: Parameters<typeof memory.pull>[0]) {
        yield* memory.pull(request);
        await new Promise(() => {});
      },
    };
    const report: Content = await lambdaFunction(source, quiet)(
      {},
      { getRemainingTimeInMillis: () => 100 },
    );
    expect(report).toMatchObject({ hasMore: true });
    expect(report.insert.a).toHaveLength(3);
  });

  test('an error is an answer, for which nothing is thrown', async () => {
    const answer = await lambdaFunction(small(1), quiet)({ state: 'x' });
    expect(answer).toMatchObject({
      errorType: 'state',
      errorMessage: expect.stringContaining('saved state'),
    });
  });
});

describe('on Azure', () => {
  /** As Azure calls a handler. */
  const azureEndpoint =
    (handler: ReturnType<typeof azureFunction>): FunctionEndpoint =>
    async (request) => {
      const { status, headers, body } = await handler({
        arrayBuffer: async () => Uint8Array.from(request).buffer,
      });
      return { status, contentType: headers['content-type'] ?? '', body };
    };

  test('a sync has all rows', async () => {
    const tables = new ModelTables();
    const endpoint = azureEndpoint(azureFunction(generated(500), quiet));
    const report = await callFunction(endpoint, tables, { limits: platformLimits.azure });
    expect(report).toMatchObject({ ended: 'caught-up', inserted: 500 });
    expect(tables.rowsOf('a')).toHaveLength(500);
  });

  test('a request that is too large is refused', async () => {
    const options = { ...quiet, limits: { requestBytes: 10 } };
    const endpoint = azureEndpoint(azureFunction(generated(1), options));
    const report = await callFunction(endpoint, new ModelTables());
    expect(report.failure?.message).toBe('request: the request has more than 10 bytes');
  });
});
