import { choice, secret, settingsSchema, type Json } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { draftEnd, draftPipeline, draftSecrets } from './draft-pipeline.ts';

const schema = settingsSchema(
  z.object({
    host: z.string(),
    login: z.object({ user: z.string(), passWord: secret('Password', 'Your password.') }),
    auth: choice('kind', [
      z.object({ kind: z.literal('key'), key: secret('Key', 'Your key.') }),
    ]).optional(),
    token: secret('Token', 'A token.').optional(),
  }),
);

const installed = {
  name: '@acme/source-crm',
  kind: 'source' as const,
  shortName: 'crm',
  version: '',
  description: '',
  folder: '',
  schemes: [],
};

const draft = (settings: Json, address = 'crm:x') =>
  draftEnd('source', { address, installed, settings }, schema);

test('a secret of the address becomes a variable, and so does one that is always needed', () => {
  const end = draft({ host: 'h', token: 'hunter2' }, 'crm://me:hunter2@h');
  expect(end.settings).toEqual({
    host: 'h',
    token: '${env:SOURCE_TOKEN}',
    login: { passWord: '${env:SOURCE_LOGIN_PASS_WORD}' },
  });
  expect(draftSecrets([end])).toBe(
    `# Copy this file to .env, fill in what you need, and keep .env to yourself.

# Password: Your password.
SOURCE_LOGIN_PASS_WORD=

# Key: Your key.
# SOURCE_AUTH_KEY=

# Token: A token.
SOURCE_TOKEN=
`,
  );
});

test('a password in the midst of a text becomes a variable too', () => {
  const end = draft({ host: 'crm://me:hunter2@h/db', list: ['hunter2'] }, 'crm://me:hunter2@h/db');
  expect(end.settings).toMatchObject({
    host: 'crm://me:${env:SOURCE_PASSWORD}@h/db',
    list: ['${env:SOURCE_PASSWORD}'],
  });
  expect(draftSecrets([end])).toContain(
    '# Password: The password in the address.\nSOURCE_PASSWORD=\n',
  );
});

test('the file names both ends and points editors to the schema', () => {
  const text = draftPipeline('shop', '.fairlead/pipeline.schema.json', [
    { end: 'source', shortName: 'file', settings: { paths: ['./data/*.csv'] }, secrets: [] },
    { end: 'destination', shortName: 'duckdb', settings: { path: 'shop.duckdb' }, secrets: [] },
  ]);
  expect(text).toBe(`# yaml-language-server: $schema=./.fairlead/pipeline.schema.json

# Names the pipeline in its destination; keep it from run to run.
name: shop

source:
  file:
    paths:
      - ./data/*.csv

destination:
  duckdb:
    path: shop.duckdb

# All streams are read unless you choose. The first pattern that matches decides.
# streams:
#   - orders*
#   - match: customers
#     columns: ['*', -notes]
#     contract: quarantine
`);
});

test('where nothing is secret the example says so', () => {
  expect(draftSecrets([])).toContain('# This pipeline needs no secrets.\n');
});
