import { readdir, readFile } from 'node:fs/promises';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { BatchFiles } from './batch-files.ts';

const columns = new Map([
  ['b', { name: 'STRING' }],
  ['a', { name: 'LONG' }],
] as const);

test('a file that would be too large becomes several, each with its header', async () => {
  await using folder = await tempFolder();
  {
    await using files = new BatchFiles(folder.path, { plainText: true, fileBytes: 40 });
    const rows = [1, 2, 3, 4].map(
      (a) =>
        new Map<string, unknown>([
          ['a', a],
          ['b', 'ä'.repeat(5)],
        ]),
    );
    const paths = await files.write('t', columns, rows);
    const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
    expect(texts).toEqual(['"a","b"\n1,"äääää"\n2,"äääää"\n', '"a","b"\n3,"äääää"\n4,"äääää"\n']);
    expect(await files.write('t', columns, [])).toEqual([]);
  }
  expect(await readdir(folder.path)).toEqual([]);
});

test('encrypted files have nothing of their rows, and a key each', async () => {
  await using folder = await tempFolder();
  await using files = new BatchFiles(folder.path, { fileBytes: 30 });
  const paths = await files.write('t', columns, [
    new Map([['b', 'secretive']]),
    new Map([['b', 'secretive']]),
  ]);
  expect(Object.keys(files.keys)).toEqual(paths);
  expect(
    new Set(Object.values(files.keys).map((key) => Buffer.from(key).toString('hex'))).size,
  ).toBe(2);
  for (const path of paths) expect((await readFile(path)).includes('secretive')).toBe(false);
});
