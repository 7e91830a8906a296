import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tempFolder } from './temp-folder.ts';

test('the folder is there while it is used and gone afterwards, with all that is in it', async () => {
  let path: string;
  {
    await using folder = await tempFolder();
    path = folder.path;
    const file = await folder.write('a/b/c.txt', 'hello');
    expect(file).toBe(folder.join('a', 'b', 'c.txt'));
    expect(readFileSync(file, 'utf8')).toBe('hello');
  }
  expect(existsSync(path)).toBe(false);
});

test('two folders are not the same', async () => {
  await using one = await tempFolder();
  await using two = await tempFolder();
  expect(one.path).not.toBe(two.path);
});

test('disposing a folder that was removed already is no error', async () => {
  const folder = await tempFolder();
  await folder[Symbol.asyncDispose]();
  await expect(folder[Symbol.asyncDispose]()).resolves.toBeUndefined();
});
