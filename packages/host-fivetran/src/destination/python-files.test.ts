// Reads a batch file that was written by others: Python's CSV writer, its Zstandard and its AES.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { DataType } from '../protocol/common.gen.ts';
import { DestinationConnector } from '../protocol/destination_sdk.gen.ts';
import { nullText } from './testing/batch-file-writer.ts';
import { filePython } from './testing/python-environment.ts';
import { column, testDestination } from './testing/test-destination.ts';

const script = fileURLToPath(new URL('testing/write_batch.py', import.meta.url));

test('a batch file from Python is read', { timeout: 1_200_000 }, async ({ skip }) => {
  const environment = await filePython();
  if ('missing' in environment) {
    const { missing, hasPython } = environment;
    // Where everything has to be tested, a Python that cannot get the packages is a failure.
    if (process.env['CI'] === 'true' && hasPython) throw new Error(missing);
    process.stderr.write(`batch files from Python are not tested here: ${missing}\n`);
    return skip(missing);
  }
  await using destination = await testDestination();
  const { configuration, call, folder } = destination;
  const args = [script, folder.path, nullText];
  const { stdout } = await promisify(execFile)(environment.python, args);
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
