import {
  backfill,
  changes,
  checkpoint,
  documents,
  generatedStream,
  memorySource,
} from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { callFunction, type FunctionEndpoint, testFunction } from './caller.ts';
import { ModelTables } from './caller-tables.ts';
import { sourceEndpoint } from './endpoints.ts';
import { lambdaFunction } from './lambda-function.ts';
import { platformLimits } from './limits.ts';
import { call, one, quiet } from './testing/sync.ts';
import { s3StandIn, type S3StandIn } from './testing/s3-stand-in.ts';

const limits = platformLimits.lambda;
const generated = (count: number) =>
  memorySource({ streams: [generatedStream('a', { count, batch: 100 })] });
const file = { bucket: 'rows', file: 'sync/0.json' };
const rows = () => one(documents([{ id: 1 }, { id: 2 }]), checkpoint);

/** A request whose rows go into the bucket. */
const ask = (s3: S3StandIn, source = rows(), more: object = {}) =>
  call(source, { ...file, ...more }, { platform: 'lambda', environment: s3.environment });

const contentOf = (s3: S3StandIn, path = '/rows/sync/0.json'): unknown =>
  JSON.parse(String(s3.objects.get(path)));

describe('rows that go into a bucket', () => {
  test('are in its file alone, and the answer has the rest', async () => {
    await using s3 = await s3StandIn();
    const source = one(...backfill(changes(['upsert', { id: 1 }], ['delete', { id: 2 }])));
    const { status, content } = await ask(s3, source);
    expect(status).toBe(200);
    expect(Object.keys(content)).toEqual(['state', 'schema', 'softDelete', 'hasMore']);
    expect(content).toMatchObject({
      schema: { a: { primary_key: ['id'] } },
      softDelete: ['a'],
      hasMore: false,
    });
    expect(String(s3.objects.get('/rows/sync/0.json'))).toBe(
      '{"insert":{"a":[{"id":1}]},"delete":{"a":[{"id":2}]}}',
    );
  });

  test('may be none, and their file is there all the same', async () => {
    await using s3 = await s3StandIn();
    const { content } = await ask(s3, one());
    expect(content).toMatchObject({ hasMore: false });
    expect(contentOf(s3)).toEqual({ insert: {}, delete: {} });
  });

  test('of several tables are there by their names', async () => {
    await using s3 = await s3StandIn();
    const script = [documents([{ id: 1 }, { id: 2 }]), changes(['delete', { id: 3 }]), checkpoint];
    const source = memorySource({
      streams: [
        { name: 'a', script },
        { name: 'empty', script: [] },
        { name: 'b', script },
      ],
    });
    await ask(s3, source);
    const inserted = [{ id: 1 }, { id: 2 }];
    expect(contentOf(s3)).toEqual({
      insert: { a: inserted, b: inserted },
      delete: { a: [{ id: 3 }], b: [{ id: 3 }] },
    });
  });

  test('keep all digits on every version of Node', async () => {
    await using s3 = await s3StandIn();
    const line = Buffer.from('{"id":1,"n":12345678901234567890}\n');
    const batch = { bytes: line, ends: Uint32Array.of(line.length) };
    const source = one({ is: 'documents', documents: batch }, checkpoint);
    const { environment } = s3;
    expect(await lambdaFunction(source, { ...quiet, environment })(file)).toMatchObject({
      hasMore: false,
    });
    expect(String(s3.objects.get('/rows/sync/0.json'))).toContain('"n":12345678901234567890');
  });

  test('may be far more than an answer holds, and come in several files', async () => {
    await using s3 = await s3StandIn();
    const handler = lambdaFunction(generated(50_000), {
      ...quiet,
      environment: s3.environment,
      budget: { fileBytes: 12_000_000 },
    });
    const endpoint: FunctionEndpoint = async (request) => {
      const event: unknown = JSON.parse(Buffer.from(request).toString());
      return { status: 200, body: Buffer.from(JSON.stringify(await handler(event))) };
    };
    const tables = new ModelTables();
    const { bucket } = s3;
    await testFunction(endpoint, { limits, bucket });
    const report = await callFunction(endpoint, tables, { limits, bucket, syncId: 's' });
    expect(report).toMatchObject({ ended: 'caught-up', calls: 2, inserted: 50_000 });
    expect(tables.rowsOf('a')).toHaveLength(50_000);
    const files = [...s3.objects].filter(([path]) => path.startsWith('/rows/s/'));
    expect(files.map(([path]) => path)).toEqual(['/rows/s/0.json', '/rows/s/1.json']);
    expect(files[0]?.[1].length).toBeGreaterThan(limits.responseBytes);
  });

  test('of a repeated call replace those of the first', async () => {
    await using s3 = await s3StandIn();
    const { content } = await ask(s3);
    const first = contentOf(s3);
    expect((await ask(s3)).content).toEqual(content);
    expect(contentOf(s3)).toEqual(first);
    expect([...s3.objects.keys()]).toEqual(['/rows/sync/0.json']);
  });

  test.each(['plain', 'a b+c', "it's (1)!*", 'ü/日本/%41', 'a//b', '#?&='])(
    'go into the file called %s',
    async (name) => {
      await using s3 = await s3StandIn();
      await ask(s3, rows(), { file: name });
      expect([...s3.objects.keys()]).toEqual([`/rows/${name}`]);
    },
  );

  test('go to the region in which the bucket is', async () => {
    await using s3 = await s3StandIn({ region: 'us-west-2' });
    expect((await ask(s3)).status).toBe(200);
    expect(s3.requests).toHaveLength(2);
    expect(s3.objects.size).toBe(1);
  });

  test.each([
    { what: 'S3 is busy', refusals: ['503 SlowDown', '500 InternalError'] },
    { what: 'a body was not waited for', refusals: ['400 RequestTimeout'] },
    { what: 'another writes', refusals: ['409 OperationAborted'] },
  ])('are sent again when $what', async ({ refusals }) => {
    await using s3 = await s3StandIn({ refusals: [...refusals] });
    expect((await ask(s3)).status).toBe(200);
    expect(s3.requests).toHaveLength(refusals.length + 1);
  });

  test('are whole or not there when a connection breaks', async () => {
    await using s3 = await s3StandIn({ breaks: 2 });
    const { status } = await ask(s3, generated(20_000));
    expect(status).toBe(200);
    expect(s3.requests).toHaveLength(3);
    expect(contentOf(s3)).toMatchObject({ insert: { a: { length: 20_000 } } });
  });
});

describe('a bucket that takes no rows is told of', () => {
  test.each([
    {
      refusal: '403 AccessDenied',
      kind: 'access',
      says: /S3 does not take the rows \(403 AccessDenied\)/,
    },
    { refusal: '404 NoSuchBucket', kind: 'config', says: /Check the name of the bucket/ },
    { refusal: '400 ExpiredToken', kind: 'access', says: /400 ExpiredToken/ },
  ])('by $refusal', async ({ refusal, kind, says }) => {
    await using s3 = await s3StandIn({ refusals: [refusal] });
    const { status, content, text } = await ask(s3);
    expect(status).toBe(400);
    expect(content).toMatchObject({ errorType: kind, errorMessage: expect.stringMatching(says) });
    // What the server says is not quoted, as it may hold what nobody may see.
    expect(text).not.toContain('a+secret/key');
    expect(s3.objects.size).toBe(0);
    expect(s3.requests).toHaveLength(1);
  });

  test('by a signature that is not right', async () => {
    await using s3 = await s3StandIn();
    const environment = { ...s3.environment, AWS_SECRET_ACCESS_KEY: 'wrong' };
    const { content } = await call(rows(), file, { environment });
    expect(content.errorMessage).toContain('403 SignatureDoesNotMatch');
  });

  test('by a name that is not there', async () => {
    await using s3 = await s3StandIn();
    const { content } = await ask(s3, rows(), { bucket: 'other' });
    expect(content).toMatchObject({ errorType: 'config' });
    expect(content.errorMessage).toMatch(/^bucket other: .*404 NoSuchBucket/);
  });

  test('by an environment without credentials, before anything is read', async () => {
    const source = rows();
    const { status, content } = await call(source, file, { environment: {} });
    expect(status).toBe(400);
    expect(content.errorMessage).toContain('no credentials of AWS');
    expect(source.pulls).toBe(0);
  });

  test.each([{ bucket: 'rows' }, { bucket: 'rows', file: '' }, { bucket: 1, file: 'x' }])(
    'by a request of %j',
    async (request) => {
      const { content } = await call(rows(), request);
      expect(content.errorMessage).toContain('no file in it');
    },
  );

  test('by a file that no address can name', async () => {
    await using s3 = await s3StandIn();
    const { content } = await ask(s3, rows(), { file: 'a/../../other/b' });
    expect(content.errorMessage).toContain('no address');
    expect(s3.requests).toEqual([]);
  });

  test('by a server that cannot be reached', async () => {
    const gone = await s3StandIn();
    await gone[Symbol.asyncDispose]();
    const limited = { environment: gone.environment, limits: { timeoutMs: 2_000 } };
    const { status, content } = await call(rows(), file, limited);
    expect(status).toBe(500);
    expect(content.errorType).toBe('transient');
  });

  test('in the test of the settings', async () => {
    await using s3 = await s3StandIn({ refusals: ['403 AccessDenied'] });
    const { bucket, environment } = s3;
    const endpoint = sourceEndpoint(rows(), { ...quiet, environment });
    await expect(testFunction(endpoint, { bucket })).rejects.toThrow('403 AccessDenied');
    await testFunction(endpoint, { bucket });
    expect(contentOf(s3, '/rows/test.json')).toEqual({ insert: {}, delete: {} });
  });
});

describe('an answer with a bucket is refused', () => {
  const answering =
    (answer: object): FunctionEndpoint =>
    async () => ({ status: 200, body: Buffer.from(JSON.stringify(answer)) });
  const done = { state: {}, hasMore: false };
  const bucket = (text?: string) => ({
    name: 'b',
    read: async () => (text === undefined ? undefined : Buffer.from(text)),
  });

  test.each([
    { what: 'whose rows are in it', answer: { ...done, insert: {} }, says: /goes into the bucket/ },
    { what: 'without a file', answer: done, says: /the bucket has no file/ },
    { what: 'whose file is no JSON', answer: done, text: '{"insert":', says: /not JSON/ },
    { what: 'that is an error', answer: { errorMessage: 'no' }, says: /^the function.*no$|^no$/ },
  ])('$what', async ({ answer, text, says }) => {
    const options = { bucket: bucket(text) };
    const report = await callFunction(answering(answer), new ModelTables(), options);
    expect(report.failure?.message).toMatch(says);
  });
});
