import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GrpcError, Status } from '@fairlead/grpc';
import { buildProgram, type BuiltProgram, tempFolder, type TempFolder } from '@fairlead/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DataType } from '../protocol/common.gen.ts';
import { DestinationConnector } from '../protocol/destination_sdk.gen.ts';
import { protocolClient } from '../protocol/protocol-client.ts';
import { linesOfLog } from '../testing/start-program.ts';
import { BatchFileWriter } from './testing/batch-file-writer.ts';
import { type DestinationProgram, startDestination } from './testing/destination-program.ts';
import { column, queryFile } from './testing/test-destination.ts';

let folder: TempFolder;
let program: BuiltProgram;
let server: DestinationProgram;
beforeAll(async () => {
  folder = await tempFolder();
  program = await buildProgram(new URL('testing/main-destination.ts', import.meta.url));
  server = await startDestination(program.path);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await program[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const require = createRequire(import.meta.url);
const buf = join(dirname(require.resolve('@bufbuild/buf/package.json')), 'bin', 'buf');
const protos = fileURLToPath(new URL('../../proto', import.meta.url));

/** Calls a method by a client that is not ours. */
async function curl(name: string, request: object): Promise<unknown> {
  const url = `http://127.0.0.1:${server.port}/fivetran_sdk.v2.DestinationConnector/${name}`;
  const options = ['--schema', protos, '--protocol', 'grpc', '--http2-prior-knowledge'];
  const args = [buf, 'curl', ...options, '--data', JSON.stringify(request), url];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

test('buf curl calls every method', async () => {
  const configuration = { path: folder.join('curl.duckdb') };
  const columns = [
    { name: 'id', type: 'INT', primaryKey: true },
    { name: 'name', type: 'STRING' },
    { name: '_fivetran_synced', type: 'UTC_DATETIME' },
  ];
  const schemaName = 'shop';
  const table = { name: 'orders', columns };
  const success = { success: true };

  expect(await curl('ConfigurationForm', {})).toMatchObject({
    fields: expect.arrayContaining([
      expect.objectContaining({
        name: 'path',
        label: 'Path',
        required: true,
        textField: 'PlainText',
      }),
    ]),
    tests: [{ name: 'connect', label: 'Connecting with these settings' }],
  });
  // CSV is the value that is not written.
  expect(await curl('Capabilities', {})).toEqual({});
  expect(await curl('Test', { name: 'connect', configuration })).toEqual(success);
  const described = { configuration, schemaName, tableName: 'orders' };
  expect(await curl('DescribeTable', described)).toEqual({ notFound: true });
  expect(await curl('CreateTable', { configuration, schemaName, table })).toEqual(success);
  expect(await curl('DescribeTable', described)).toEqual({ table });
  const more = { name: 'orders', columns: [...columns, { name: 'price', type: 'DOUBLE' }] };
  expect(await curl('AlterTable', { configuration, schemaName, table: more })).toEqual(success);

  const files = new BatchFileWriter(folder.path);
  const path = await files.rows(
    ['id', 'name', '_fivetran_synced', 'price'],
    [['1', 'a', '2024-01-01T00:00:00Z', '1.5']],
  );
  const keys = Object.fromEntries(
    Object.entries(files.keys).map(([file, key]) => [file, Buffer.from(key).toString('base64')]),
  );
  const { nullString, unmodifiedString } = files.params;
  const batch = {
    configuration,
    schemaName,
    table: more,
    keys,
    replaceFiles: [path],
    fileParams: { compression: 'ZSTD', encryption: 'AES', nullString, unmodifiedString },
  };
  expect(await curl('WriteBatch', batch)).toEqual(success);
  expect(await queryFile(configuration.path, 'SELECT id, name, price FROM shop.orders')).toEqual([
    [1, 'a', 1.5],
  ]);
  const operation = { type: 'LIVE_TO_HISTORY' };
  const details = { schema: schemaName, table: 'orders', tableSyncModeMigration: operation };
  expect(await curl('Migrate', { configuration, details })).toEqual(success);
  expect(await curl('WriteHistoryBatch', { ...batch, replaceFiles: [] })).toEqual(success);
  const truncation = {
    ...described,
    syncedColumn: '_fivetran_synced',
    utcDeleteBefore: '2025-01-01T00:00:00Z',
  };
  expect(await curl('Truncate', truncation)).toEqual(success);
  expect(await queryFile(configuration.path, 'SELECT count(*) FROM shop.orders')).toEqual([['0']]);
});

test('SIGTERM ends a call that is running, of which all or nothing stays', async () => {
  await using other = await startDestination(program.path);
  const call = protocolClient(other.channel).ask;
  const configuration = { path: folder.join('stopped.duckdb') };
  const columns = [column('id!', DataType.INT), column('text', DataType.STRING)];
  const request = { configuration, schemaName: 'shop', table: { name: 't', columns } };
  const { method } = DestinationConnector;
  await call(method.createTable, request);
  const files = new BatchFileWriter(folder.path);
  const rows = Array.from({ length: 200_000 }, (_, id) => [String(id), `text ${id}`]);
  const batch = {
    ...request,
    replaceFiles: [await files.rows(['id', 'text'], rows)],
    keys: files.keys,
    fileParams: files.params,
  };
  const exited = once(other.process, 'exit');
  const answering = call(method.writeBatch, batch).then(
    ({ response }) => response.case,
    (error: unknown) => (error instanceof GrpcError ? error.code : error),
  );
  setTimeout(() => other.process.kill('SIGTERM'), 200);
  const answer = await answering;
  expect(await exited).toEqual([0, null]);
  const counted = await queryFile(configuration.path, 'SELECT count(*) FROM shop.t');
  expect([answer, counted]).toBeOneOf([
    [Status.UNAVAILABLE, [['0']]],
    ['success', [['200000']]],
  ]);
});

test('the log is JSON lines, and SIGTERM ends the program in order', async () => {
  const ended = once(server.process, 'close');
  server.process.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  const lines = linesOfLog(server);
  expect(lines[0]).toMatchObject({
    level: 'INFO',
    message: expect.stringMatching(/^listening \(host=127\.0\.0\.1, port=\d+\)$/),
    'message-origin': 'sdk_destination',
  });
  expect(lines.at(-1)).toMatchObject({ level: 'INFO', message: 'stopping' });
});

test.each([
  { args: ['--port', 'x'], says: '--port: x is no port' },
  { args: ['--nothing'], says: 'command line' },
])('arguments that are wrong end it: $args', async ({ args, says }) => {
  const run = promisify(execFile)(process.execPath, [program.path, ...args]);
  const error: unknown = await run.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 2, stdout: expect.stringContaining(says) });
});
