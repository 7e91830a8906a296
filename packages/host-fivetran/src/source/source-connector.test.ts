import { toJson } from '@bufbuild/protobuf';
import { openChannel } from '@fairlead/grpc';
import { choice, Failure, secret, type Source } from '@fairlead/sdk';
import { documents, checkpoint, memorySource } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { SchemaResponseSchema } from '../protocol/connector_sdk.gen.ts';
import { serveFivetranSource } from './serve-source.ts';
import { pathOf, played } from './testing/play-fivetran.ts';

const script = [documents([{ id: 1 }]), checkpoint];
const memory = (more: object = {}) => memorySource({ streams: [{ name: 'a', script }], ...more });

test('a test says what does not work', async () => {
  const refuses = new Failure('access', 'the token hunter2 is refused', {
    hint: 'Make a new one.',
  });
  await using fivetran = await played(memory({ refuses }));
  const { response } = await fivetran.test('connect', { token: 'hunter2' });
  expect(response).toMatchObject({
    case: 'failure',
    value: 'the token **** is refused. Make a new one.',
  });
});

test.each(['connect', 'read'])('the test %s succeeds with settings that work', async (name) => {
  await using fivetran = await played(memory());
  expect((await fivetran.test(name)).response).toEqual({ case: 'success', value: true });
});

test('the test of reading leaves after the first row', async () => {
  const source = memory();
  await using fivetran = await played(source);
  await fivetran.test('read');
  expect(source.open).toBe(0);
  expect(source.pulls).toBe(1);
});

test.each([
  { name: 'dance', configuration: {}, told: /^there is no test dance. There are: connect, read.$/ },
  {
    name: 'connect',
    configuration: { account: '{', 'account.x': '1' },
    told: /a part of its name has a value/,
  },
])('the test $name with $configuration fails in words', async ({ name, configuration, told }) => {
  await using fivetran = await played(memory());
  const { response } = await fivetran.test(name, configuration);
  expect(response.case).toBe('failure');
  expect(String(response.value)).toMatch(told);
});

test('settings of a wrong type are refused by their name, wherever they are met', async () => {
  const source = {
    ...(memory() as Source),
    config: z.object({ port: z.int().max(65_535), token: secret('T', 'You.') }),
  };
  await using fivetran = await played(source);
  const configuration = { port: 'many', token: 'hunter2' };
  const { response } = await fivetran.test('connect', configuration);
  expect(String(response.value)).toMatch(/port/);
  await expect(fivetran.schema(configuration)).rejects.toMatchObject({
    code: 9,
    details: expect.stringMatching(/port/),
  });
  const [message] = await all(fivetran.update({ configuration }));
  expect(message?.operation).toMatchObject({
    case: 'task',
    value: { message: expect.stringMatching(/port/) },
  });
  expect(JSON.stringify([response, message?.operation])).not.toContain('hunter2');
});

test('tables have columns of the types of their schema, and keys', async () => {
  const schema = {
    type: 'object',
    properties: {
      _meta: { type: 'object', properties: { file: { type: 'string' } } },
      order: { type: 'integer' },
      price: { type: 'number', 'x-digits': 12, 'x-scale': 2 },
      at: { type: ['string', 'null'], format: 'date-time' },
      _fivetran_id: { type: 'string' },
    },
  };
  const streams = [
    { name: 'a', key: ['/_meta/file', '/order'], schema },
    { name: '_fivetran_log', key: [], schema: { type: 'object' } },
  ];
  await using fivetran = await played(memorySource({ streams }));
  expect(toJson(SchemaResponseSchema, await fivetran.schema())).toEqual({
    withoutSchema: {
      tables: [
        {
          name: 'a',
          columns: [
            { name: '_meta_file', type: 'STRING', primaryKey: true },
            { name: '_meta', type: 'JSON' },
            { name: 'order', type: 'LONG', primaryKey: true },
            { name: 'price', type: 'DECIMAL', params: { decimal: { precision: 12, scale: 2 } } },
            { name: 'at', type: 'UTC_DATETIME' },
            { name: 'source_fivetran_id', type: 'STRING' },
          ],
        },
        { name: 'source_fivetran_log' },
      ],
    },
    selectionNotSupported: false,
  });
});

test('two streams of one table are refused', async () => {
  const streams = [{ name: '_fivetran_x' }, { name: 'source_fivetran_x' }];
  await using fivetran = await played(memorySource({ streams }));
  await expect(fivetran.schema()).rejects.toMatchObject({
    code: 9,
    details: expect.stringMatching(/go into one table, source_fivetran_x/),
  });
});

test('garbage, and methods that there are not, are refused, and the server lives on', async () => {
  await using fivetran = await played(memory());
  const garbage = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x01]);
  for (const method of ['ConfigurationForm', 'Test', 'Schema']) {
    await expect(fivetran.channel.unary(pathOf(method), garbage)).rejects.toMatchObject({
      code: 3,
    });
  }
  const reading = all(fivetran.channel.serverStream(pathOf('Update'), garbage));
  await expect(reading).rejects.toMatchObject({ code: 3 });
  await expect(fivetran.channel.unary(pathOf('Dance'), Buffer.alloc(0))).rejects.toMatchObject({
    code: 12,
  });
  expect((await fivetran.test('connect')).response.case).toBe('success');
});

test('a port that is taken is a failure in words', async () => {
  await using served = await serveFivetranSource(memory());
  await expect(serveFivetranSource(memory(), { port: served.port })).rejects.toMatchObject({
    kind: 'config',
    message: `cannot listen on port ${served.port} (EADDRINUSE)`,
  });
  await using channel = openChannel(served);
  expect(await channel.unary(pathOf('ConfigurationForm'), Buffer.alloc(0))).not.toHaveLength(0);
});

test('updates of one server run side by side', async () => {
  await using fivetran = await played(memory());
  const runs = await Promise.all(Array.from({ length: 5 }, () => all(fivetran.update())));
  for (const run of runs)
    expect(run.map(({ operation }) => operation.case)).toEqual(['records', 'checkpoint']);
});

test('the lines of the log are JSON of one line, without secrets', async () => {
  const lines: string[] = [];
  const refuses = new Failure('access', 'no');
  const source = memory({ refuses }) as Source;
  const told: Source = {
    ...source,
    check: async ({ log }) =>
      log.warn('odd "quotes"\nand lines', {
        token: 'hunter2',
        rows: 2,
        error: new Failure('data', 'hunter2?'),
      }),
  };
  await using fivetran = await played(told, { write: (line) => lines.push(line) });
  await fivetran.test('connect', { token: 'hunter2', color: 'red' });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 'WARNING', message: 'nobody knows color', 'message-origin': 'sdk_connector' },
    {
      level: 'WARNING',
      message: 'odd "quotes"\nand lines (token=****, rows=2): ****?',
      'message-origin': 'sdk_connector',
    },
  ]);
  for (const line of lines) expect(line.trimEnd()).not.toContain('\n');
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('the form asks for each setting as it is', async () => {
  const config = z.object({
    host: z
      .string()
      .meta({ title: 'Host', description: 'Where it is.', examples: ['db.example.com'] }),
    port: z.int().default(443).meta({ title: 'Port', description: 'Its port.' }),
    tls: z.boolean().default(true).meta({ title: 'TLS', description: 'Whether it is safe.' }),
    mode: z.enum(['fast', 'safe']).default('safe').meta({ title: 'Mode', description: 'How.' }),
    tables: z.array(z.string()).default([]).meta({ title: 'Tables', description: 'Which.' }),
    login: choice('type', [
      z
        .object({
          type: z.literal('password'),
          user: z.string(),
          password: secret('Password', 'You.'),
        })
        .meta({ title: 'Password' }),
      z
        .object({ type: z.literal('key'), key: secret('Key', 'You.', { multiline: true }) })
        .meta({ title: 'Key File' }),
    ]),
    advanced: z
      .object({ timeout: z.string().optional().meta({ title: 'Timeout', description: 'You.' }) })
      .prefault({}),
  });
  await using fivetran = await played({ ...(memory() as Source), config });
  const { fields, tests, tableSelectionSupported } = await fivetran.form();
  expect(tableSelectionSupported).toBe(true);
  expect(tests.map(({ name }) => name)).toEqual(['connect', 'read']);
  const short = fields.map(({ name, required, type, defaultValue }) => [
    name,
    type.case,
    required,
    defaultValue,
  ]);
  expect(short).toEqual([
    ['host', 'textField', true, undefined],
    ['port', 'textField', false, '443'],
    ['tls', 'toggleField', false, 'true'],
    ['mode', 'dropdownField', false, 'safe'],
    ['tables', 'textField', false, undefined],
    ['login.type', 'descriptiveDropdownFields', true, undefined],
    ['login.type=password', 'conditionalFields', undefined, undefined],
    ['login.type=key', 'conditionalFields', undefined, undefined],
    ['advanced.timeout', 'textField', false, undefined],
  ]);
  const nested = fields.flatMap(({ type }) =>
    type.case === 'conditionalFields' ? [type.value] : [],
  );
  expect(
    nested.map(({ condition, fields: inner }) => [
      condition?.conditionField,
      condition?.visibleWhen.value,
      inner.map(({ name, type }) => [name, type.case, type.case === 'textField' ? type.value : 0]),
    ]),
  ).toEqual([
    [
      'login.type',
      'password',
      [
        ['login.user', 'textField', 0],
        ['login.password', 'textField', 1],
      ],
    ],
    ['login.type', 'key', [['login.key', 'uploadField', 0]]],
  ]);
});

test.each([
  { what: 'is billed for it', discoverEveryMs: 60_000, discoveries: 2 },
  { what: 'is not', discoverEveryMs: undefined, discoveries: 4 },
])('a source that $what discovers $discoveries times', async ({ discoverEveryMs, discoveries }) => {
  const source = memory() as Source;
  let count = 0;
  const counted: Source = {
    ...source,
    ...(discoverEveryMs === undefined ? {} : { discoverEveryMs }),
    discover: (scope) => {
      count++;
      return source.discover(scope);
    },
  };
  await using fivetran = await played(counted);
  await fivetran.schema();
  await all(fivetran.update());
  await all(fivetran.update());
  // Other settings may show other tables.
  await all(fivetran.update({ configuration: { account: 'other' } }));
  expect(count).toBe(discoveries);
});
