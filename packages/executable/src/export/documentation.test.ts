import { settingsSchema } from '@fairlead/sdk';
import { expectGolden, memoryDestination } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { exportAirbyte, exportFlow } from '../export.ts';
import { aboutCrm, crm } from '../testing/crm.ts';
import { documentation } from './documentation.ts';
import { exampleConfig } from './example-config.ts';
import { flowCatalog } from './flow-catalog.ts';
import { settingsTables } from './settings-table.ts';

const golden = (name: string) => new URL(`goldens/${name}`, import.meta.url);

test('a source without an example is shown with placeholders, and no secret', () => {
  expectGolden(golden('source.md'), documentation(crm, aboutCrm));
});

test('a destination with an example is shown with it', () => {
  const about = {
    ...aboutCrm,
    name: 'materialize-memory',
    example: 'memory:shop',
    version: '0.1.0',
  };
  const address = { schemes: ['memory'], parse: (text: string) => ({ place: text.slice(7) }) };
  const destination = { ...memoryDestination({ commits: 'staged' }), address };
  expectGolden(golden('destination.md'), documentation(destination, about));
});

test('every setting of a form has a row', () => {
  const schema = z.object({
    list: z.array(z.object({ name: z.string(), deep: z.object({ er: z.boolean() }) })),
    table: z.record(z.string(), z.number()),
    either: z.union([z.string(), z.literal(false), z.null()]),
    choice: z.union([
      z.object({ kind: z.literal('a'), one: z.int() }).meta({ title: 'First' }),
      z.object({
        kind: z.literal('b'),
        inner: z.union([
          z.object({ is: z.literal('x'), two: z.string() }).meta({ title: 'Innermost' }),
          z.object({ is: z.literal('y') }).meta({ title: 'Empty' }),
        ]),
      }),
    ]),
  });
  expectGolden(golden('settings.md'), settingsTables(settingsSchema(schema)));
});

test('a form without settings says so', () => {
  expect(settingsTables(settingsSchema(z.object({})))).toBe('It has none.\n');
});

test.each([
  [z.object({ a: z.string().meta({ examples: ['here'] }) }), { a: 'here' }],
  [z.object({ a: z.string().meta({ title: 'Name' }), b: z.string().optional() }), { a: '<Name>' }],
  [z.object({ a: z.string() }), { a: '<a>' }],
  [z.object({ a: z.url() }), { a: 'https://example.com' }],
  [
    z.object({ a: z.enum(['x', 'y']), b: z.literal(3), c: z.boolean() }),
    { a: 'x', b: 3, c: false },
  ],
  [z.object({ a: z.int().min(7), b: z.number() }), { a: 7, b: 1 }],
  [z.object({ a: z.array(z.object({ b: z.string() })) }), { a: [{ b: '<b>' }] }],
  [z.object({ a: z.union([z.array(z.string()), z.string()]) }), { a: ['<a>'] }],
  [z.object({ a: z.string().default('x'), b: z.object({ c: z.string() }) }), { b: { c: '<c>' } }],
])('the example of settings is what they ask for', (config, expected) => {
  const found = exampleConfig({ ...crm, config }, {});
  expect(found).toEqual(expected);
  expect(config.parse(found)).toBeDefined();
});

test('the task of a catalog has the image, and a binding where it needs no discovery', () => {
  const image = 'registry.acme.example/data/source-crm:2.0.0';
  const config = exampleConfig(crm, aboutCrm);
  expect(parse(flowCatalog(crm, aboutCrm))).toEqual({
    captures: { 'acmeCo/source-crm': { endpoint: { connector: { image, config } }, bindings: [] } },
  });
  const destination = memoryDestination({ commits: 'staged' });
  const { materializations } = parse(flowCatalog(destination, aboutCrm));
  expect(materializations['acmeCo/source-crm'].bindings).toEqual([
    { source: 'acmeCo/orders', resource: destination.resourceFor('orders') },
  ]);
});

test('files of both platforms are the same where they have the same name', async () => {
  const flow = await exportFlow(crm, aboutCrm);
  const airbyte = await exportAirbyte(crm, aboutCrm);
  const shared = ['Dockerfile', 'Dockerfile.dockerignore', 'documentation.md'];
  expect(flow.map(({ path }) => path)).toEqual([...shared, 'flow.yaml', 'flow-spec.json']);
  expect(airbyte.map(({ path }) => path)).toEqual([
    ...shared,
    'metadata.yaml',
    'acceptance-test-config.yml',
    'airbyte-spec.json',
  ]);
  expect(flow.slice(0, 3)).toEqual(airbyte.slice(0, 3));
});

test('what is exported says which settings are secret, as each platform does', async () => {
  const specOf = (files: readonly { path: string; text: string }[]) =>
    files.find(({ path }) => path.endsWith('-spec.json'))?.text;
  const flow = specOf(await exportFlow(crm, aboutCrm));
  const airbyte = specOf(await exportAirbyte(crm, aboutCrm));
  expect(flow?.match(/"secret": true/g)).toHaveLength(2);
  expect(airbyte?.match(/"airbyte_secret": true/g)).toHaveLength(2);
  for (const text of [flow, airbyte]) expect(text).toContain(aboutCrm.documentationUrl);
});
