import { choice, Failure, secret, settingsSchema } from '@fairlead/sdk';
import {
  backfill,
  changes,
  checkpoint,
  documents,
  expectGolden,
  fails,
  memorySource,
  on,
} from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { catalogOf, serve, streamsOf } from './testing/serve.ts';

const orders = {
  name: 'orders',
  schema: {
    type: 'object',
    properties: {
      id: { type: 'integer', minimum: -(2 ** 53), maximum: 2 ** 53 },
      price: { type: 'number', 'x-digits': 30, 'x-scale': 10 },
      at: { type: 'string', format: 'date-time' },
      note: { type: ['null', 'string'] },
      either: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
      place: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      anything: {},
    },
    required: ['id'],
  },
  script: [
    ...backfill(
      { is: 'progress', unit: 'documents', done: 0, total: 3 } as const,
      documents([{ id: 1 }, { id: 2 }]),
      checkpoint,
      documents([{ id: 3 }]),
    ),
    changes(['upsert', { id: 2, note: 'changed' }], ['delete', { id: 1 }]),
    checkpoint,
  ],
};
const countries = {
  name: 'countries',
  key: [],
  schema: { type: 'object', properties: { code: { type: 'string' } } },
  script: backfill(documents([{ code: 'CH' }, { code: 'DK' }])),
};
const empty = { name: 'empty', script: [] };
const broken = {
  name: 'broken',
  script: [
    documents([{ id: 1 }]),
    checkpoint,
    documents([{ id: 2 }]),
    fails(new Failure('access', 'role "x" may not read', { hint: 'Grant it.' })),
  ],
};

const scripted = () => memorySource({ streams: [orders, countries, empty] });

function golden(name: string, lines: readonly string[]): void {
  expectGolden(new URL(`goldens/${name}.jsonl`, import.meta.url), lines.join('\n'));
}

test('spec', async () => {
  const { code, lines } = await serve({ ...scripted(), config: AllKinds }, 'spec');
  expect(code).toBe(0);
  golden('spec', lines);
});

test('check, of settings that work and of such that do not', async () => {
  const works = await serve(scripted(), 'check', { config: {} });
  const refuses = new Failure('access', 'the token was refused', { hint: 'Create a new one.' });
  const source = memorySource({ streams: [orders], refuses });
  const refused = await serve(source, 'check', { config: {} });
  const wrong = await serve(source, 'check', { config: { account: 7 } });
  const torn = await serve(source, 'check', { config: '{"account":' });
  expect([works.code, refused.code, wrong.code, torn.code]).toEqual([0, 0, 0, 0]);
  const lines = [works, refused, wrong, torn].flatMap((one) => one.lines);
  golden(
    'check',
    lines.map((line) => line.replace(/"[^"]*config\.txt/, '"config.txt')),
  );
});

test('discover', async () => {
  const { code, lines } = await serve(scripted(), 'discover', { config: {} });
  expect(code).toBe(0);
  golden('discover', lines);
});

test('read, incrementally', async () => {
  const source = scripted();
  const catalog = catalogOf(await streamsOf(source));
  const { code, lines } = await serve(source, 'read', { config: {}, catalog, level: 'info' });
  expect(code).toBe(0);
  golden('read-incremental', lines);
});

test('read, as a full refresh', async () => {
  const source = scripted();
  const catalog = catalogOf(await streamsOf(source), { sync_mode: 'full_refresh' });
  const { code, lines } = await serve(source, 'read', { config: {}, catalog });
  expect(code).toBe(0);
  golden('read-full-refresh', lines);
});

test('read, with one position for all streams', async () => {
  const source = memorySource({
    streams: [orders, countries],
    log: [
      on('orders', documents([{ id: 1 }])),
      on('countries', documents([{ code: 'CH' }])),
      checkpoint,
      on('orders', changes(['delete', { id: 1 }])),
      checkpoint,
    ],
  });
  const catalog = catalogOf(await streamsOf(source));
  const { code, lines } = await serve(source, 'read', { config: {}, catalog });
  expect(code).toBe(0);
  golden('read-global', lines);
});

test('read, where a stream fails, one is unknown, and the others go on', async () => {
  const source = memorySource({ streams: [broken, countries] });
  const streams = [...(await streamsOf(source)), { name: 'gone', namespace: 'old' }];
  const { code, lines } = await serve(source, 'read', { config: {}, catalog: catalogOf(streams) });
  expect(code).toBe(1);
  golden('read-failing-stream', lines);
});

test('read, where the source fails', async () => {
  const source = memorySource({
    streams: [orders, countries],
    log: [
      on('orders', documents([{ id: 1 }])),
      checkpoint,
      fails(new Failure('transient', 'the database has gone away')),
    ],
  });
  const catalog = catalogOf(await streamsOf(source));
  const { code, lines } = await serve(source, 'read', { config: {}, catalog });
  expect(code).toBe(1);
  golden('read-failing-source', lines);
});

const AllKinds = z.object({
  url: z.url().meta({ title: 'URL', description: 'Where the tracker is.' }),
  token: secret('API Token', 'A token with the issues:read scope.'),
  key: secret('Private Key', 'A key in PEM form.', { multiline: true }).optional(),
  paths: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .meta({ title: 'Paths', description: 'What you want to read.' }),
  access: choice('by', [
    z.object({ by: z.literal('password'), password: secret('Password', 'Your password.') }),
    z.object({ by: z.literal('nobody') }).meta({ title: 'Without' }),
  ]).meta({ title: 'Access', description: 'How you are let in.' }),
  limits: z
    .object({
      pages: z.int().min(1).default(100).meta({ title: 'Pages', description: 'At once.' }),
    })
    .prefault({})
    .meta({ title: 'Advanced', description: 'Rarely needed.', advanced: true }),
  quote: z
    .union([z.literal('none'), z.string().length(1)])
    .optional()
    .meta({ title: 'Quote', description: 'A character, or none.' }),
  size: z
    .union([z.literal('small'), z.literal('large')])
    .default('small')
    .meta({ title: 'Size', description: 'One of two.' }),
  types: z
    .record(z.string(), z.string())
    .default({})
    .meta({ title: 'Types', description: 'By the names of columns.' }),
  note: z
    .string()
    .min(2)
    .nullable()
    .default(null)
    .meta({ title: 'Note', description: 'For yourself.' }),
});

test('a spec has nothing that forms of this protocol cannot show', () => {
  // The schema that it is made from has.
  expect(JSON.stringify(settingsSchema(AllKinds))).toContain('anyOf');
});
