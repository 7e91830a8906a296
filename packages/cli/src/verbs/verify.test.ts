import { startFakeFauna, type FakeFauna } from '@fairlead/fake-fauna';
import { describe, expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder, type PipelineFolder } from '../testing/pipeline-folder.ts';
import { inShop, shop } from '../testing/shop.ts';

async function startZoo(): Promise<FakeFauna> {
  const fake = await startFakeFauna();
  for (const name of ['birds', 'fish']) {
    fake.store.createCollection(name);
    fake.store.createIndex(`${name}_ts`, { source: name, values: ['ts', 'ref'] });
    for (let id = 1; id <= 10; id++) fake.store.set(name, id, { name: `${name} ${id}` });
  }
  return fake;
}

const pipelineOf = ({ port }: FakeFauna, defaults = '') => `name: zoo
source:
  fauna:
    domain: 127.0.0.1
    port: ${port}
    scheme: http
    secret: secret
    collection: { deletions: { deletion_mode: deleted_field } }
destination:
  duckdb: { path: zoo.duckdb }
${defaults}`;

async function inZoo(
  body: (
    zoo: FakeFauna,
    call: (...words: readonly string[]) => ReturnType<typeof callCommand>,
    folder: PipelineFolder,
  ) => Promise<void>,
  defaults = '',
): Promise<void> {
  await using zoo = await startZoo();
  await using folder = await pipelineFolder({ 'pipeline.yaml': pipelineOf(zoo, defaults) });
  await body(zoo, (...words) => callCommand(words, { folder: folder.path }), folder);
}

describe('verify', () => {
  test('says that all is the same after a run', () =>
    inZoo(async (zoo, call) => {
      await call('run', '-q');
      zoo.store.delete('fish', 3);
      await call('run', '-q');
      expect(await call('verify', '-q')).toEqual({
        exitCode: 0,
        stdout: [
          'stream  table  in the source  in the table  missing  surplus  result',
          'birds   birds             10            10        0        0  same',
          'fish    fish               9             9        0        0  same',
          '',
        ].join('\n'),
        stderr: '',
      });
    }));

  test('says which documents are missing, and which should not be there', () =>
    inZoo(async (zoo, call) => {
      await call('run', '-q');
      zoo.store.delete('birds', 3);
      for (let id = 100; id < 107; id++) zoo.store.set('birds', id, {});
      expect(await call('verify', '-q')).toEqual({
        exitCode: 5,
        stdout: [
          'stream  table  in the source  in the table  missing  surplus  result',
          'birds   birds             16            10        7        1  different',
          'fish    fish              10            10        0        0  same',
          '',
          'birds: not in the table: "100", "101", "102", "103", "104" and 2 more',
          'birds: not in the source: "3"',
          '',
        ].join('\n'),
        stderr:
          'fairlead: 1 of 2 streams differs from the source. Run the pipeline, and verify once more while nothing is written to the source.\n',
      });
      const { exitCode, stdout } = await call('verify', '--json');
      expect(exitCode).toBe(5);
      expect(JSON.parse(stdout)).toMatchObject({
        pipeline: 'zoo',
        streams: [
          {
            stream: 'birds',
            same: false,
            source: 16,
            rows: 10,
            missing: { count: 7 },
            surplus: { count: 1, examples: ['["3"]'] },
          },
          { stream: 'fish', same: true },
        ],
      });
    }));

  test('finds nothing before a run', () =>
    inZoo(async (_, call, folder) => {
      const { exitCode, stdout } = await call('verify', '-q');
      expect(exitCode).toBe(5);
      expect(stdout).toContain(
        'birds   birds             10             0       10        0  different\n',
      );
      await expect(folder.read('zoo.duckdb')).rejects.toThrow('ENOENT');
    }));

  test('counts no rows that are marked as deleted', () =>
    inZoo(async (zoo, call) => {
      await call('run', '-q');
      zoo.store.delete('birds', 3);
      await call('run', '-q');
      const { exitCode, stdout } = await call('verify', '-q');
      expect(exitCode).toBe(0);
      expect(stdout).toContain(
        'birds   birds              9             9        0        0  same\n',
      );
    }, 'defaults: { deletes: soft }\n'));

  test('takes the addresses of a copy', () =>
    inZoo(async (zoo, call) => {
      const set = ['--set', 'source.secret=secret'];
      const addresses = [`fauna+http://127.0.0.1:${zoo.port}/fish`, 'duckdb:fish.duckdb', ...set];
      expect(await call('copy', ...addresses, '-q')).toMatchObject({ exitCode: 0, stderr: '' });
      const { exitCode, stdout } = await call('verify', ...addresses);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(
        'fish    fish              10            10        0        0  same\n',
      );
      expect(await call('verify', ...addresses, '-f', 'pipeline.yaml')).toMatchObject({
        exitCode: 2,
        stderr: 'fairlead: --file: give addresses or --file, not both\n',
      });
    }));

  test.each([
    [shop, 'materialize-box does not tell which documents it has'],
    [
      shop.replace('box: { path: box.json }', 'duckdb: { path: shop.duckdb }'),
      'stream orders: source-tick does not tell which documents there are',
    ],
  ])('says so when an end does not tell its keys', async (pipeline, message) => {
    expect(await inShop(['verify'], pipeline)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `fairlead: ${message}\n`,
    });
  });
});
