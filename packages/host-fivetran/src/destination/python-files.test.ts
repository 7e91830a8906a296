// Reads a batch file that was written by others: Python's CSV writer, its Zstandard and its AES.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonWith } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { DataType } from '../protocol/common.gen.ts';
import { DestinationConnector } from '../protocol/destination_sdk.gen.ts';
import { nullText } from './testing/batch-file-writer.ts';
import { column, testDestination } from './testing/test-destination.ts';

const packages = {
  name: 'batch-files-1',
  versions: ['3.13', '3.12', '3.11', '3.10'],
  packages: ['zstandard==0.25.0', 'cryptography==46.0.3'],
};
const script = fileURLToPath(new URL('testing/write_batch.py', import.meta.url));

test('a batch file from Python is read', { timeout: 1_200_000 }, async ({ skip }) => {
  const python = await pythonWith(packages, 'a batch file from Python', skip);
  await using destination = await testDestination();
  const { configuration, call, folder } = destination;
  const args = [script, folder.path, nullText];
  const { stdout } = await promisify(execFile)(python, args);
  const { path, key }: { path: string; key: string } = JSON.parse(stdout);

  const { method } = DestinationConnector;
  const columns = [
    column('id!', DataType.LONG),
    column('text', DataType.STRING),
    column('amount', DataType.DOUBLE),
  ];
  const request = { configuration, schemaName: 'python', table: { name: 't', columns } };
  await call(method.createTable, request);
  const { response } = await call(method.writeBatch, {
    ...request,
    replaceFiles: [path],
    keys: { [path]: Buffer.from(key, 'hex') },
    fileParams: destination.files().params,
  });
  expect(response).toEqual({ case: 'success', value: true });
  const found = await destination.query(
    'SELECT count(*), count(text), sum(amount), min(text) FROM python.t',
  );
  expect(found).toEqual([
    ['5000', '3333', (4999 * 5000) / 16, 'line 1\nline 2, "quoted" \\n ü😀 1'],
  ]);
});
