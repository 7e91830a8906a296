import { create, toBinary } from '@bufbuild/protobuf';
import { openChannel } from '@fairlead/grpc';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DataType } from '../protocol/common.gen.ts';
import { DestinationConnector, WriteBatchRequestSchema } from '../protocol/destination_sdk.gen.ts';
import { column, testDestination, type TestDestination } from './testing/test-destination.ts';

const { method } = DestinationConnector;
const schemaName = 'calls';
const columns = [column('id!', DataType.LONG), column('text', DataType.STRING)];
const rowCount = 100_000;

let destination: TestDestination;
beforeAll(async () => {
  destination = await testDestination();
});
afterAll(() => destination[Symbol.asyncDispose]());

async function requestFor(name: string) {
  const { configuration, call } = destination;
  const table = { name, columns };
  await call(method.createTable, { configuration, schemaName, table });
  const files = destination.files();
  const rows = Array.from({ length: rowCount }, (_, id) => [String(id), `${name} ${id}`]);
  const path = await files.rows(['id', 'text'], rows);
  return {
    configuration,
    schemaName,
    table,
    replaceFiles: [path],
    keys: files.keys,
    fileParams: files.params,
  };
}

test('batches of several tables are written at the same time', async () => {
  const names = ['one', 'two', 'three', 'four'];
  const requests = await Promise.all(names.map(requestFor));
  const answers = await Promise.all(
    requests.map((request) => destination.call(method.writeBatch, request)),
  );
  for (const { response } of answers) expect(response).toEqual({ case: 'success', value: true });
  for (const name of names) {
    const found = await destination.query(
      `SELECT count(*), count(DISTINCT id), min(text) FROM calls.${name}`,
    );
    expect(found).toEqual([[String(rowCount), String(rowCount), `${name} 0`]]);
  }
});

test('a call that is cancelled leaves nothing', async () => {
  const request = await requestFor('cancelled');
  const { port } = destination;
  await using channel = openChannel({ host: '127.0.0.1', port, tls: false });
  const abort = new AbortController();
  const message = toBinary(WriteBatchRequestSchema, create(WriteBatchRequestSchema, request));
  const calling = channel.unary('/fivetran_sdk.v2.DestinationConnector/WriteBatch', message, {
    signal: abort.signal,
  });
  setTimeout(() => abort.abort(), 100);
  await expect(calling).rejects.toThrow(/aborted/);
  const rows = 'SELECT count(*) FROM calls.cancelled';
  expect(await destination.query(rows)).toEqual([['0']]);
  expect((await destination.call(method.writeBatch, request)).response.case).toBe('success');
  expect(await destination.query(rows)).toEqual([[String(rowCount)]]);
});

test('what fails is logged, without values', async () => {
  const { configuration, call } = destination;
  const before = destination.log.length;
  await call(method.alterTable, { configuration, schemaName, table: { name: 'nothing', columns } });
  const [line] = destination.log.slice(before);
  expect(JSON.parse(line ?? '')).toEqual({
    level: 'SEVERE',
    message:
      'a call has failed (method=/fivetran_sdk.v2.DestinationConnector/AlterTable): table calls.nothing: there is no such table. Was it dropped meanwhile? Re-sync it.',
    'message-origin': 'sdk_destination',
  });
});
