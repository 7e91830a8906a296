import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { ParquetWriter } from '@fairlead/parquet';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import type { AddedRows } from './row-writer.ts';
import { StagingFolder } from './staging.ts';

/** Gathers texts as the rows of a file with one column. */
function gather(rows: ParquetWriter, ...texts: readonly string[]): AddedRows {
  const values = texts.flatMap((text) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(text.length);
    return [size, Buffer.from(text)];
  });
  const page = { rowCount: texts.length, nullCount: 0, validity: new Uint8Array() };
  rows.add(0, { ...page, values: Buffer.concat(values) });
  return { rowCount: texts.length, longest: Math.max(...texts.map(({ length }) => length)) };
}

function oneColumn(): ParquetWriter {
  return new ParquetWriter([{ name: '0', type: 'text' }]);
}

async function textsIn(file: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(`SELECT "0" FROM read_parquet('${file}')`);
  connection.closeSync();
  instance.closeSync();
  return result.getRows().flat();
}

test('a segment knows what was appended to it, and goes when it is removed', async () => {
  await using folder = await tempFolder();
  const staging = new StagingFolder(folder.join('staging'), '/a.duckdb');
  staging.create();
  const rows = oneColumn();
  const segment = staging.segment(rows);
  await segment.added(gather(rows, 'a', 'bb'));
  const long = 'c'.repeat(2 << 20);
  await segment.added(gather(rows, long));
  await segment.added(gather(rows, 'd'));
  await segment.close();
  expect(segment).toMatchObject({ rowCount: 4, longest: long.length });
  expect(segment.sizeBytes).toBe((await stat(segment.file)).size);
  expect(await textsIn(segment.file)).toEqual(['a', 'bb', long, 'd']);
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
  const rows = [oneColumn(), oneColumn()] as const;
  const mine = one.segment(rows[0]);
  const other = two.segment(rows[1]);
  await mine.added(gather(rows[0], 'mine'));
  await other.added(gather(rows[1], 'other'));
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

test('what DuckDB spills while it opens the database is not taken for what a run has left', async () => {
  await using folder = await tempFolder();
  const path = folder.join('staging');
  const before = new StagingFolder(path, '/a.duckdb');
  before.create();
  await mkdir(before.spill);
  const own = new StagingFolder(path, '/a.duckdb');
  await mkdir(own.spill);
  await writeFile(`${own.spill}/duckdb_temp_storage`, 'x');
  own.sweep();
  expect((await readdir(path)).map((name) => `${path}/${name}`)).toEqual([own.spill]);
  expect(await readdir(own.spill)).toEqual(['duckdb_temp_storage']);
  own.remove();
  await expect(readdir(path)).rejects.toThrow('ENOENT');
});
