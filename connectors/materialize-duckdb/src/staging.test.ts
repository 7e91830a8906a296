import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { StagingFolder } from './staging.ts';

const rows = Buffer.from('{"0":1}\n{"0":22}\n');

test('a segment knows what was appended to it, and goes when it is removed', async () => {
  await using folder = await tempFolder();
  const staging = new StagingFolder(folder.join('staging'), '/a.duckdb');
  staging.create();
  const segment = staging.segment();
  await segment.append(rows, 2, 9);
  await segment.append(rows.subarray(0, 8), 1, 8);
  await segment.close();
  expect(segment).toMatchObject({ rowCount: 3, sizeBytes: 25, longest: 9 });
  expect(await readFile(segment.file, 'utf8')).toBe('{"0":1}\n{"0":22}\n{"0":1}\n');
  await segment.remove();
  await segment.remove();
  expect(await readdir(folder.join('staging'))).toEqual([]);
});

test('databases share a folder without touching what is not theirs', async () => {
  await using folder = await tempFolder();
  const one = new StagingFolder(folder.join('staging'), '/one.duckdb');
  const two = new StagingFolder(folder.join('staging'), '/two.duckdb');
  one.create();
  two.create();
  const mine = one.segment();
  const other = two.segment();
  await mine.append(rows, 2, 9);
  await other.append(rows, 2, 9);
  await mine.close();
  await other.close();
  await mkdir(one.spill);
  await writeFile(`${one.spill}/duckdb_temp_storage`, 'x');
  one.remove();
  expect(
    (await readdir(folder.join('staging'))).map((name) => folder.join('staging', name)),
  ).toEqual([other.file]);
  two.remove();
  expect(await readdir(folder.path)).toEqual([]);
});

test('a folder that is not there any more is no failure', async () => {
  await using folder = await tempFolder();
  new StagingFolder(folder.join('none'), '/a.duckdb').remove();
  expect(await readdir(folder.path)).toEqual([]);
});
