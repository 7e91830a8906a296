import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { memorySource } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { played } from './testing/play-fivetran.ts';
import { typedStream } from './testing/typed-stream.ts';

const require = createRequire(import.meta.url);
const buf = join(dirname(require.resolve('@bufbuild/buf/package.json')), 'bin/buf');
const protos = fileURLToPath(new URL('../../proto', import.meta.url));

/** Calls a method by the client of Buf, which knows nothing but the definitions. */
async function curl(port: number, method: string, request: object): Promise<unknown[]> {
  const url = `http://127.0.0.1:${port}/fivetran_sdk.v2.SourceConnector/${method}`;
  const options = ['--schema', protos, '--protocol', 'grpc', '--http2-prior-knowledge'];
  const { stdout } = await promisify(execFile)(process.execPath, [
    buf,
    'curl',
    ...options,
    '--data',
    JSON.stringify(request),
    url,
  ]);
  // One object after another, each over several lines.
  return stdout
    .split(/\n(?=\{)/)
    .filter((text) => text.trim() !== '')
    .map((text): unknown => JSON.parse(text));
}

const memory = () => memorySource({ streams: [typedStream] });

test('the client of Buf reads the form', async () => {
  await using fivetran = await played(memory());
  const [form] = await curl(fivetran.served.port, 'ConfigurationForm', {});
  expect(form).toMatchObject({
    schemaSelectionSupported: true,
    tableSelectionSupported: true,
    fields: [
      { name: 'account', label: 'Account', textField: 'PlainText', defaultValue: 'test' },
      { name: 'token', label: 'Access Token', textField: 'Password' },
    ],
    tests: [{ name: 'connect' }, { name: 'read' }],
  });
});

test('the client of Buf tests, and reads the schema', async () => {
  await using fivetran = await played(memory());
  const { port } = fivetran.served;
  expect(await curl(port, 'Test', { name: 'connect' })).toEqual([{ success: true }]);
  const [schema] = await curl(port, 'Schema', {});
  expect(schema).toMatchObject({
    withoutSchema: {
      tables: [
        {
          name: 'typed',
          columns: expect.arrayContaining([
            { name: 'id', type: 'LONG', primaryKey: true },
            { name: 'small', type: 'SHORT' },
            { name: 'local', type: 'NAIVE_DATETIME' },
          ]),
        },
      ],
    },
  });
});

test('the client of Buf reads each type without loss', async () => {
  await using fivetran = await played(memory());
  const messages = await curl(fivetran.served.port, 'Update', {});
  expect(messages).toMatchObject([
    { record: { tableName: 'typed', type: 'TRUNCATE' } },
    {
      records: {
        records: [
          {
            tableName: 'typed',
            data: {
              id: { long: '1' },
              yes: { bool: false },
              small: { short: 100 },
              middle: { int: 100_000 },
              large: { long: '9223372036854775807' },
              huge: { decimal: '12345678901234567890123456789012345678' },
              price: { decimal: '12345678901234567890.0123456789' },
              ratio: { double: 'NaN' },
              day: { naiveDate: '1969-12-31T00:00:00Z' },
              local: { naiveDatetime: '1582-10-04T12:30:00.500Z' },
              at: { utcDatetime: '1969-12-31T23:59:59.999999999Z' },
              raw: { binary: 'AP+A' },
              page: { xml: '<a>&amp;</a>' },
              text: { string: 'ö "q" \u2028 😀' },
              more: { json: '{"list":[1,0.10],"deep":{"ok":true}}' },
            },
          },
          { data: { id: { long: '2' }, text: { null: true }, more: { null: true } } },
        ],
      },
    },
    { checkpoint: { stateJson: expect.any(String) } },
    {
      records: {
        records: [
          { type: 'UPDATE', data: { id: { long: '2' }, text: { string: 'new' } } },
          { type: 'DELETE', data: { id: { long: '1' } } },
        ],
      },
    },
    { checkpoint: { stateJson: expect.stringContaining('"typed":{"at":6}') } },
  ]);
});

test('the client of Buf is told of a failure', async () => {
  await using fivetran = await played(memory());
  const { port } = fivetran.served;
  await expect(
    curl(port, 'Schema', { configuration: { account: '{', 'account.x': '1' } }),
  ).rejects.toThrow(/a part of its name has a value of its own/);
});
