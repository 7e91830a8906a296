import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tempFolder, type TempFolder } from '@fairlead/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFiles, type FindOptions } from './find-files.ts';
import { unprivileged } from './unprivileged.ts';

let folder: TempFolder;
const { signal } = new AbortController();

beforeAll(async () => {
  folder = await tempFolder();
  const files = [
    'a.csv',
    'a/z.csv',
    'a-b/c.csv',
    'a/deep/er/x.csv',
    'a/.hidden/x.csv',
    '.hidden.csv',
    'odd[1].csv',
    'Größe.csv',
    'logs/2024-01/x.jsonl',
    'logs/2024-02/x.jsonl',
    'logs/2024-02/y.txt',
  ];
  for (const file of files) await folder.write(file, 'x\n');
  await mkdir(folder.join('empty'));
  await symlink('a.csv', folder.join('link.csv'));
  await symlink('nowhere', folder.join('broken.csv'));
  await symlink('a', folder.join('linked'));
  await symlink('..', folder.join('a', 'deep', 'loop'));
});

afterAll(() => folder[Symbol.asyncDispose]());

async function names(pattern: string | string[], options: Partial<FindOptions> = {}) {
  const found = await findFiles(typeof pattern === 'string' ? [pattern] : pattern, {
    root: folder.path,
    followSymlinks: false,
    signal,
    ...options,
  });
  return found.map(({ name }) => name);
}

const everything = [
  'Größe.csv',
  'a-b/c.csv',
  'a.csv',
  'a/deep/er/x.csv',
  'a/z.csv',
  'link.csv',
  'logs/2024-01/x.jsonl',
  'logs/2024-02/x.jsonl',
  'logs/2024-02/y.txt',
  'odd[1].csv',
];

describe('finding files', () => {
  test.each<[string, string[]]>([
    ['a.csv', ['a.csv']],
    ['./a.csv', ['a.csv']],
    ['a/../a.csv', ['a.csv']],
    ['*.csv', ['Größe.csv', 'a.csv', 'link.csv', 'odd[1].csv']],
    ['a', ['a/deep/er/x.csv', 'a/z.csv']],
    ['a/', ['a/deep/er/x.csv', 'a/z.csv']],
    ['.', everything],
    ['**', everything],
    ['**/*.csv', everything.filter((name) => name.endsWith('.csv'))],
    ['logs/2024-0?/*.jsonl', ['logs/2024-01/x.jsonl', 'logs/2024-02/x.jsonl']],
    ['logs/{2024-01,2024-02/y*}', ['logs/2024-01/x.jsonl', 'logs/2024-02/y.txt']],
    ['{a,logs/2024-01}/*', ['a/z.csv', 'logs/2024-01/x.jsonl']],
    ['.hidden.csv', ['.hidden.csv']],
    ['a/.hidden', ['a/.hidden/x.csv']],
    ['odd[1].csv', ['odd[1].csv']],
    ['link.csv', ['link.csv']],
    ['linked', ['linked/deep/er/x.csv', 'linked/z.csv']],
    ['empty', []],
    ['*.parquet', []],
  ])('%s finds %j', async (pattern, expected) => {
    expect(await names(pattern)).toEqual(expected);
  });

  test('several patterns find each file once, in byte order', async () => {
    expect(await names(['a/z.csv', '*.csv', 'a/*.csv', folder.join('a.csv')])).toEqual([
      'Größe.csv',
      'a.csv',
      'a/z.csv',
      'link.csv',
      'odd[1].csv',
    ]);
  });

  test('an absolute pattern names files from the root that was given, else absolutely', async () => {
    expect(await names(folder.join('a', '*.csv'))).toEqual(['a/z.csv']);
    expect(await names(folder.join('a', '*.csv'), { root: undefined })).toEqual([
      folder.join('a', 'z.csv'),
    ]);
    expect(await names(folder.join('a', '*.csv'), { root: folder.join('a-b') })).toEqual([
      folder.join('a', 'z.csv'),
    ]);
  });

  test('a relative pattern may leave the root', async () => {
    expect(await names('../a/*.csv', { root: folder.join('a-b') })).toEqual(['../a/z.csv']);
  });

  test('links to folders are walked into when that is asked for, and not in circles', async () => {
    expect(await names('linked/**/*.csv', { followSymlinks: true })).toEqual([
      'linked/deep/er/x.csv',
      'linked/z.csv',
    ]);
    const all = await names('**/z.csv', { followSymlinks: true });
    expect(all).toContain('linked/z.csv');
    expect(all).toContain('a/z.csv');
    expect(all.length).toBeLessThan(10);
  });

  test.each([
    ['nothing.csv', 'nothing.csv'],
    ['nowhere/x.csv', 'nowhere/x.csv'],
    ['a.csv/x.csv', 'a.csv/x.csv'],
    ['nowhere/*.csv', 'nowhere'],
    ['broken.csv', 'broken.csv'],
    [`${'x'.repeat(300)}.csv`, 'x'],
  ])('a path that is not there fails: %s', async (pattern, where) => {
    await expect(names(pattern)).rejects.toMatchObject({
      kind: 'config',
      message: 'there is no such file or folder',
      where: expect.stringContaining(where),
      hint: expect.stringContaining('root'),
    });
  });

  test('what cannot be read twice fails when named, and is passed over in a folder', async () => {
    await using place = await tempFolder();
    execFileSync('/usr/bin/env', ['mkfifo', place.join('pipe.csv')]);
    const server = createServer().listen(place.join('socket.csv'));
    await once(server, 'listening');
    try {
      const root = place.path;
      await expect(names('pipe.csv', { root })).rejects.toMatchObject({
        kind: 'config',
        message: 'the path is a pipe, which cannot be read twice',
        where: 'pipe.csv',
      });
      await expect(names('socket.csv', { root })).rejects.toMatchObject({
        message: 'the path is a socket, which cannot be read twice',
      });
      await expect(names('/dev/null')).rejects.toMatchObject({
        message: 'the path is a device, which cannot be read twice',
      });
      expect(await names('*', { root })).toEqual([]);
    } finally {
      server.close();
    }
  });

  test('a folder that may not be read fails, since what is in it is unknown', async () => {
    await using place = await tempFolder();
    await place.write('open/a.csv', 'x');
    await place.write('closed/b.csv', 'x');
    await chmod(place.path, 0o755);
    await chmod(place.join('closed'), 0);
    await unprivileged(async () => {
      await expect(names('**', { root: place.path })).rejects.toMatchObject({
        kind: 'access',
        message: 'this process may not read it',
        where: 'closed',
      });
      expect(await names('open/*', { root: place.path })).toEqual(['open/a.csv']);
    });
    await chmod(place.join('closed'), 0o755);
  });

  test('stops when it is aborted', async () => {
    await expect(names('**', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
