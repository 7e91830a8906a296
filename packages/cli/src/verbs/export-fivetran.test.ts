import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startFakeFauna } from '@fairlead/fake-fauna';
import { tempFolder, type TempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { rowsOf } from '../testing/rows-of.ts';
import { runCommand } from '../testing/run-command.ts';
import { startProgram } from '../testing/start-program.ts';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const buf = join(
  dirname(createRequire(import.meta.url).resolve('@bufbuild/buf/package.json')),
  'bin/buf',
);

/** Exports a connector, and moves what was written to where nothing else is. */
async function exported(name: string, ...options: readonly string[]) {
  const made = await tempFolder();
  const folder = await tempFolder();
  const words = ['export', 'fivetran', name, '--output', 'program', ...options];
  const ended = await runCommand(words, { folder: made.path });
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  await rename(made.join('program'), folder.join('program'));
  await made[Symbol.asyncDispose]();
  return { folder, program: folder.join('program'), written: ended.stdout.trimEnd().split('\n') };
}

/** Makes a sync of what listens at a port, as Fivetran does, into a warehouse below the folder. */
async function debug(folder: TempFolder, port: string, configuration: object) {
  await folder.write('configuration.json', JSON.stringify(configuration));
  const words = ['fivetran', 'debug', `127.0.0.1:${port}`, '--quiet', '--json'];
  const ended = await runCommand(words, { folder: folder.path });
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  return JSON.parse(ended.stdout) as unknown;
}

test('a source is one program, which runs where nothing is installed', async () => {
  const { folder, program, written } = await exported('file');
  await using _folder = folder;
  expect(written).toEqual(['README.md', 'package.json', 'server.mjs'].map((x) => `program/${x}`));
  const orders = await folder.write('data/orders.csv', 'id,name\n1,Nadia\n2,Otto\n');
  await using started = await startProgram(program);
  const { stdout } = await promisify(execFile)(process.execPath, [
    buf,
    'curl',
    '--schema',
    join(repository, 'packages/host-fivetran/proto'),
    '--protocol',
    'grpc',
    '--http2-prior-knowledge',
    '--data',
    '{}',
    `http://127.0.0.1:${started.port}/fivetran_sdk.v2.SourceConnector/ConfigurationForm`,
  ]);
  expect(JSON.parse(stdout)).toMatchObject({
    fields: expect.arrayContaining([expect.objectContaining({ name: 'paths' })]),
    tests: [{ name: 'connect' }, { name: 'read' }],
  });
  expect(await debug(folder, started.port, { paths: orders })).toMatchObject({
    findings: [],
    operations: [{ table: 'orders', upserts: 2 }],
  });
  const rows = await rowsOf(
    folder.join('files/warehouse.db'),
    'select name from tester.orders order by id',
  );
  expect(rows).toEqual([['Nadia'], ['Otto']]);
  const { exitCode, log } = await started.stop();
  expect({ exitCode, log }).toEqual({ exitCode: 0, log: expect.stringContaining('"stopping"') });
});

test('a source that reads files of its package has them beside it', async () => {
  const { folder, program, written } = await exported('fauna');
  await using _folder = folder;
  // Folders called files, lib or include are left out where the Connector SDK packs a project.
  expect(written.filter((path) => path.split('/').length > 2)).toEqual([
    expect.stringMatching(/^program\/assets\/[0-9a-f]{8}-package\.json$/),
  ]);
  await using fauna = await startFakeFauna({ settings: { defaultHistoryDays: 30 } });
  fauna.store.createCollection('users');
  fauna.store.set('users', 1, { name: 'Ada' });
  await using started = await startProgram(program);
  const configuration = {
    domain: '127.0.0.1',
    port: String(fauna.port),
    scheme: 'http',
    secret: fauna.secret,
  };
  expect(await debug(folder, started.port, configuration)).toMatchObject({
    findings: [],
    operations: [{ table: 'users', upserts: 1 }],
  });
});

test('a destination with a native module names it, and finds it where it is installed', async () => {
  const { folder, program } = await exported('duckdb');
  await using _folder = folder;
  const { version } = JSON.parse(
    await readFile(join(repository, 'node_modules/@duckdb/node-bindings/package.json'), 'utf8'),
  ) as { readonly version: string };
  expect(JSON.parse(await readFile(join(program, 'package.json'), 'utf8'))).toMatchObject({
    dependencies: { '@duckdb/node-bindings': version },
  });
  await expect(startProgram(program)).rejects.toThrow(
    /ended: \{"level":"SEVERE","message":"not all packages are installed: @duckdb\/node-bindings[^\n]*\n$/,
  );

  const cache = join(repository, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const reach = await mkdtemp(join(cache, 'fairlead-export-'));
  try {
    await cp(program, reach, { recursive: true });
    await using started = await startProgram(reach);
    await folder.write(
      'configuration.json',
      JSON.stringify({ path: folder.join('warehouse.duckdb') }),
    );
    await folder.write(
      'inputs/1.json',
      JSON.stringify({
        create_table: {
          orders: { columns: { id: 'INT', name: 'STRING' }, primary_key: ['id'] },
        },
        ops: [{ upsert: { orders: [{ id: 1, name: 'Nadia' }] } }],
      }),
    );
    const words = ['fivetran', 'test-destination', `127.0.0.1:${started.port}`, 'inputs', '-q'];
    expect(await runCommand(words, { folder: folder.path })).toMatchObject({ exitCode: 0 });
    expect(await started.stop()).toMatchObject({ exitCode: 0 });
  } finally {
    await rm(reach, { recursive: true, force: true });
  }
  const rows = await rowsOf(folder.join('warehouse.duckdb'), 'select id, name from tester.orders');
  expect(rows).toEqual([[1, 'Nadia']]);
});

test('a project of the Connector SDK has the program beside it', async () => {
  await using folder = await pipelineFolder();
  const at = { folder: folder.path };
  const words = ['export', 'fivetran', 'tick', '--output', 'program', '--connector-sdk'];
  expect(await runCommand(words, at)).toMatchObject({ exitCode: 0, stderr: '' });
  const names = (await readdir(folder.join('program'))).toSorted();
  expect(names).toEqual([
    'README.md',
    'connector-sdk.md',
    'connector.py',
    'package.json',
    'requirements.txt',
    'server.mjs',
  ]);
  expect(await folder.read('program/connector.py')).toContain('"server.mjs"');
  expect(await folder.read('program/README.md')).toContain('Not verified');
  const again = await runCommand([...words, '--json'], at);
  expect(JSON.parse(again.stdout)).toEqual({
    written: [],
    unchanged: names.map((name) => `program/${name}`),
  });
});

test.each([
  [['box', '--connector-sdk'], "--connector-sdk: Fivetran's Connector SDK has no destinations."],
  [['null'], 'materialize-null: it cannot be a destination of Fivetran.'],
  [['source-airbyte'], 'an executable of Airbyte is no program for Fivetran.'],
  [['tikc'], 'no connector "tikc" is installed; did you mean "tick"?'],
])('export fivetran %j fails in one line, and writes nothing', async (words, message) => {
  await using folder = await pipelineFolder();
  const ended = await runCommand(['export', 'fivetran', ...words], { folder: folder.path });
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr).toContain(message);
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(await readdir(folder.path)).toEqual(['node_modules']);
});
