import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectorSdkFiles } from '@fairlead/host-fivetran';
import { expectGolden, memorySource, tempFolder, type TempFolder } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import type { BundleFile } from './bundle/bundle.ts';
import { fivetranProgram, programName } from './fivetran-program.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const options = { hostFolder: join(root, 'packages/cli'), conditions: ['source'] };
const about = {
  packageName: '@acme/source-crm',
  kind: 'source',
  title: 'CRM',
  version: '1.2.3',
} as const;

const textOf = (files: readonly BundleFile[], path: string) =>
  Buffer.from(files.find((made) => made.path === path)?.bytes ?? []).toString();

/** A package below a folder that needs nothing but what is said here. */
async function packageIn(folder: TempFolder, files: Readonly<Record<string, string>>) {
  const all = {
    'package.json': '{"name":"@acme/source-crm","version":"1.2.3","exports":"./index.mjs"}',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) await folder.write(`crm/${name}`, text);
  return { ...about, folder: folder.join('crm') };
}

const plain = { 'index.mjs': 'export const connector = { name: "source-crm" };' };
const withNative = {
  'index.mjs': "import quick from 'quick';\nexport const connector = quick;",
  'node_modules/quick/package.json': '{"name":"quick","version":"4.5.6","main":"lib/index.js"}',
  'node_modules/quick/lib/package.json': '{"type":"commonjs"}',
};

test('a source is told of as one file', async () => {
  await using folder = await tempFolder();
  const files = await fivetranProgram(await packageIn(folder, plain), options);
  expect(files.map(({ path }) => path)).toEqual(['README.md', 'package.json', programName]);
  expectGolden(new URL('goldens/source-program.md', import.meta.url), textOf(files, 'README.md'));
  expect(JSON.parse(textOf(files, 'package.json'))).toEqual({
    name: 'source-crm',
    version: '1.2.3',
    private: true,
    type: 'module',
    main: 'server.mjs',
    scripts: { start: 'node server.mjs' },
    engines: { node: '>=20.19' },
  });
});

test.each([
  ['that is required', { 'node_modules/quick/lib/index.js': "require('../build/quick.node');" }],
  ['that is looked for', { 'node_modules/quick/lib/index.js': "require('bindings')('quick');" }],
  [
    'of another package',
    { 'node_modules/quick/lib/index.js': 'require(`@quick/linux-x64/quick.node`);' },
  ],
])('a package with a native module %s stays outside, by its exact version', async (_, files) => {
  await using folder = await tempFolder();
  const code = await packageIn(folder, { ...withNative, ...files });
  const made = await fivetranProgram({ ...code, kind: 'destination' }, options);
  expect(JSON.parse(textOf(made, 'package.json'))).toMatchObject({
    dependencies: { quick: '4.5.6' },
  });
  expect(textOf(made, programName)).toMatch(/from"quick"/);
  expectGolden(
    new URL('goldens/destination-program.md', import.meta.url),
    textOf(made, 'README.md'),
  );
});

test('a project of the Connector SDK comes with a README of its own', async () => {
  await using folder = await tempFolder();
  const source = memorySource({ streams: [] });
  const connectorSdk = connectorSdkFiles(source, { program: programName });
  const code = await packageIn(folder, plain);
  const files = await fivetranProgram(code, { ...options, connectorSdk });
  expect(files.map(({ path }) => path)).toEqual([
    'README.md',
    'connector-sdk.md',
    'connector.py',
    'package.json',
    'requirements.txt',
    'server.mjs',
  ]);
  expectGolden(new URL('goldens/project-program.md', import.meta.url), textOf(files, 'README.md'));
});

test('a program is the same, byte for byte, wherever it is made', async () => {
  const made: string[] = [];
  for (const place of ['x', 'some/where/else']) {
    await using folder = await tempFolder();
    const put = (name: string, text: string) => folder.write(`${place}/${name}`, text);
    await put('crm/package.json', '{"name":"@acme/source-crm","main":"index.js"}');
    await put('crm/index.js', "exports.connector = require('shared');");
    await put('node_modules/shared/index.js', "exports.name = require('node:os').EOL;");
    const code = { ...about, folder: folder.join(place, 'crm') };
    made.push(textOf(await fivetranProgram(code, options), programName));
  }
  expect(made[0]).toBe(made[1]);
});

describe('what cannot be one program is named', () => {
  test.each([
    {
      what: 'a native module of the connector itself',
      files: { 'index.mjs': "import './crm.node';\nexport const connector = {};" },
      message:
        'the program cannot be bundled: ./crm.node is a native module of the connector itself',
    },
    {
      what: 'a package that is not there',
      files: { 'index.mjs': "import 'quick';\nexport const connector = {};" },
      message: 'the program cannot be bundled: "quick" is not found',
    },
    {
      what: 'a mistake in the code',
      files: { 'index.mjs': 'export const connector = ;' },
      message: 'the program cannot be bundled: Unexpected ";"',
    },
  ])('$what', async ({ files, message }) => {
    await using folder = await tempFolder();
    const made = fivetranProgram(await packageIn(folder, files), options);
    await expect(made).rejects.toMatchObject({ kind: 'config', message });
  });

  test('a native module in a project of the Connector SDK', async () => {
    await using folder = await tempFolder();
    const code = await packageIn(folder, {
      ...withNative,
      'node_modules/quick/lib/index.js': "require('../build/quick.node');",
    });
    const connectorSdk = new Map([['connector.py', '']]);
    await expect(fivetranProgram(code, { ...options, connectorSdk })).rejects.toMatchObject({
      kind: 'config',
      message: 'the connector needs quick, which is a native module',
    });
  });
});
