import { randomBytes } from 'node:crypto';
import { truncate, writeFile } from 'node:fs/promises';
import { nul } from '@fairlead/materialize-null';
import { GrpcError, openChannel, Status } from '@fairlead/grpc';
import { duckdb } from '@fairlead/materialize-duckdb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DataType } from '../protocol/common.gen.ts';
import { Compression, DestinationConnector, Encryption } from '../protocol/destination_sdk.gen.ts';
import { destinationConnector } from './destination-connector.ts';
import type { BatchFileWriter } from './testing/batch-file-writer.ts';
import { holdDatabase } from './testing/hold-database.ts';
import { column, testDestination, type TestDestination } from './testing/test-destination.ts';

const { method } = DestinationConnector;
const schemaName = 'bad';
const columns = [column('id!', DataType.INT), column('name', DataType.STRING)];
const table = { name: 't', columns };
const good = '"id","name"\n1,"a"\n';

let destination: TestDestination;
beforeAll(async () => {
  destination = await testDestination();
  const { configuration, call } = destination;
  await call(method.createTable, { configuration, schemaName, table });
});
afterAll(() => destination[Symbol.asyncDispose]());

/** The message of the task that a batch of one file ends in. */
async function taskOf(
  files: BatchFileWriter,
  path: string,
  { kind = 'replaceFiles', ...request }: { readonly kind?: string; readonly table?: object } = {},
): Promise<string> {
  const { response } = await destination.call(method.writeBatch, {
    configuration: destination.configuration,
    schemaName,
    table,
    [kind]: [path],
    keys: files.keys,
    fileParams: files.params,
    ...request,
  });
  expect(response.case).toBe('task');
  expect(await destination.query('SELECT count(*) FROM bad.t')).toEqual([['0']]);
  return response.case === 'task' ? response.value.message : '';
}

const packings = [
  { compression: Compression.ZSTD, encryption: Encryption.AES },
  { compression: Compression.GZIP, encryption: Encryption.AES },
  { compression: Compression.OFF, encryption: Encryption.AES },
  { compression: Compression.ZSTD, encryption: Encryption.NONE },
  { compression: Compression.GZIP, encryption: Encryption.NONE },
];

test.each(packings)(
  'another key or a cut file is a task: $compression $encryption',
  async (packing) => {
    const files = destination.files(packing);
    const path = await files.text(good.repeat(1) + '2,"b"\n'.repeat(5000));
    await truncate(path, 50);
    expect(await taskOf(files, path)).toMatch(
      /cannot be decrypted or decompressed|no UTF-8|file is/,
    );
    if (packing.encryption === Encryption.NONE) return;
    const whole = await files.text(good);
    files.keys[whole] = randomBytes(32);
    expect(await taskOf(files, whole)).toMatch(
      /cannot be decrypted or decompressed|no UTF-8|has no column/,
    );
    files.keys[whole] = randomBytes(16);
    expect(await taskOf(files, whole)).toContain('the key has 16 bytes instead of 32');
    delete files.keys[whole];
    expect(await taskOf(files, whole)).toContain('its key was not sent');
  },
);

test('files that are packed in another way than was said are tasks', async () => {
  for (const said of packings) {
    for (const packed of packings) {
      if (said === packed) continue;
      const files = destination.files(packed);
      const path = await files.text(good);
      Object.assign(files.params, said);
      files.keys[path] ??= randomBytes(32);
      expect(await taskOf(files, path)).toMatch(/^table bad\.t: file batch-/);
    }
  }
});

test('a file that is not there, empty, or no CSV is a task', async () => {
  const files = destination.files({ compression: Compression.OFF, encryption: Encryption.NONE });
  expect(await taskOf(files, destination.folder.join('nothing.csv'))).toContain('(ENOENT)');
  const empty = await files.text('');
  expect(await taskOf(files, empty)).toContain('the file is empty');
  expect(await taskOf(files, destination.folder.path)).toContain('(EISDIR)');
  const random = destination.folder.join('random.csv');
  await writeFile(random, randomBytes(5000));
  await taskOf(files, random);
});

test.each([
  { what: 'a column is missing', text: '"id"\n1\n', says: 'the file has no column name' },
  { what: 'the key is missing', text: '"name"\n1\n', says: 'the file has no column id' },
  { what: 'a column is twice', text: '"id","name","name"\n1,2,3\n', says: 'the column name twice' },
  { what: 'nobody knows a column', text: '"id","name","x"\n1,2,3\n', says: 'there is no column x' },
  {
    what: 'a row has no key',
    text: '"id","name"\n2,1\n"null-Kq""7, x",a\n',
    says: 'no value for the key column id',
  },
  { what: 'fields are missing', text: '"id","name"\n1\n', says: 'row 1 has fewer' },
])('a file where $what is a task', async ({ text, says }) => {
  const files = destination.files();
  expect(await taskOf(files, await files.text(text))).toContain(says);
});

test('of rows with the same key in one file the last one stays', async () => {
  const { configuration, call } = destination;
  const twice = { name: 'twice', columns };
  await call(method.createTable, { configuration, schemaName, table: twice });
  const files = destination.files();
  const path = await files.text('"id","name"\n1,a\n2,b\n1,c\n1,d\n');
  const { response } = await call(method.writeBatch, {
    configuration,
    schemaName,
    table: twice,
    replaceFiles: [path],
    keys: files.keys,
    fileParams: files.params,
  });
  expect(response).toEqual({ case: 'success', value: true });
  expect(await destination.query('SELECT id, name FROM bad.twice ORDER BY id')).toEqual([
    [1, 'd'],
    [2, 'b'],
  ]);
});

test('a table without a key, and one that is not there, are tasks', async () => {
  const files = destination.files();
  const path = await files.text(good);
  const keyless = columns.map(({ name, type }) => ({ name, type }));
  for (const kind of ['replaceFiles', 'updateFiles', 'deleteFiles']) {
    const request = { kind, table: { name: 't', columns: keyless } };
    expect(await taskOf(files, path, request)).toContain('the table has no key');
  }
  const request = { table: { name: 'nothing', columns } };
  expect(await taskOf(files, path, request)).toContain('there is no such table');
});

test('requests without what they are about are tasks', async () => {
  const { configuration, call } = destination;
  const responses = [
    (await call(method.createTable, { configuration, schemaName })).response,
    (await call(method.alterTable, { configuration, schemaName })).response,
    (await call(method.writeBatch, { configuration, schemaName })).response,
    (await call(method.writeHistoryBatch, { configuration, schemaName })).response,
  ];
  for (const response of responses) {
    expect(response).toMatchObject({ case: 'task', value: { message: 'there is no table given' } });
  }
  expect((await call(method.migrate, { configuration })).response).toMatchObject({ case: 'task' });
  const truncation = { configuration, schemaName, tableName: 't', syncedColumn: 'id' };
  expect((await call(method.truncate, truncation)).response).toMatchObject({ case: 'task' });
});

test('settings that are wrong are a failed test, and a task', async () => {
  const { call } = destination;
  const configuration = {
    path: destination.folder.join('no', 'such', 'file'),
    'advanced.threads': 'x',
  };
  const failed = await call(method.test, { name: 'connect', configuration });
  expect(failed.response).toMatchObject({
    case: 'failure',
    value: expect.stringContaining('threads'),
  });
  const missing = { path: destination.folder.join('no', 'such', 'file') };
  const again = await call(method.test, { name: 'connect', configuration: missing });
  expect(again.response).toMatchObject({
    case: 'failure',
    value: expect.stringContaining('does not exist'),
  });
  const request = { configuration: missing, schemaName, tableName: 't' };
  const described = await call(method.describeTable, request);
  expect(described.response).toMatchObject({ case: 'task' });
  const unknown = await call(method.test, { name: 'x', configuration: destination.configuration });
  expect(unknown.response).toEqual({ case: 'failure', value: 'there is no test x' });
});

test('a method that nobody knows, and bytes that are no message, are statuses', async () => {
  const { port } = destination;
  await using channel = openChannel({ host: '127.0.0.1', port, tls: false });
  const service = '/fivetran_sdk.v2.DestinationConnector';
  const statusOf = (path: string, bytes: Uint8Array) =>
    channel.unary(path, bytes).then(
      () => undefined,
      (error: unknown) => (error instanceof GrpcError ? error.code : error),
    );
  expect(await statusOf(`${service}/Nothing`, new Uint8Array())).toBe(Status.UNIMPLEMENTED);
  const garbage = Buffer.from('ffffffffff', 'hex');
  for (const { name } of Object.values(method)) {
    expect(await statusOf(`${service}/${name}`, garbage)).toBe(Status.INVALID_ARGUMENT);
  }
});

test('a database that another process has open is UNAVAILABLE, after some attempts', async () => {
  const path = destination.folder.join('busy.duckdb');
  await using _holder = await holdDatabase(path);
  const request = { configuration: { path }, schemaName, tableName: 't' };
  await expect(destination.call(method.describeTable, request)).rejects.toMatchObject({
    code: Status.UNAVAILABLE,
    details: expect.stringContaining('in use by another process'),
  });
  const retries = destination.log.filter((line) => line.includes('trying again'));
  expect(retries.length).toBeGreaterThan(0);
});

test('what takes no SQL cannot be a destination', () => {
  expect(() => destinationConnector(nul)).toThrow(/cannot be a destination of Fivetran/);
  expect(() => destinationConnector(duckdb)).not.toThrow();
});
