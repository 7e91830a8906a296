import { rm } from 'node:fs/promises';
import { tempFolder, type TempFolder } from '@fairlead/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileConfig } from './settings.ts';
import { fileStreams } from './streams.ts';

let folder: TempFolder;
const { signal } = new AbortController();

beforeEach(async () => {
  folder = await tempFolder();
  for (const name of ['a-2024-01.csv', 'a-2024-02.csv.gz', 'x/a.csv', 'b.jsonl', 'x/c.csv']) {
    await folder.write(name, name);
  }
});
afterEach(() => folder[Symbol.asyncDispose]());

function streamsOf(settings: object) {
  return fileStreams(FileConfig.parse({ root: folder.path, ...settings }));
}

async function filesOf(streams: ReturnType<typeof fileStreams>, stream: string) {
  const paths: string[] = [];
  for await (const { path } of streams.store(stream).list({ signal })) paths.push(path);
  return paths;
}

describe('streams', () => {
  test('are made of the names of files', async () => {
    const streams = streamsOf({ paths: '.' });
    expect(await streams.list({ signal })).toEqual(['a', 'b', 'c']);
    expect(await filesOf(streams, 'a')).toEqual(['a-2024-01.csv', 'a-2024-02.csv.gz', 'x/a.csv']);
    expect(await filesOf(streams, 'nothing')).toEqual([]);
  });

  test('that the user makes up take their files, also those of several', async () => {
    const streams = streamsOf({
      paths: '**',
      streams: [
        { name: 'ours', paths: ['x/**', 'b.jsonl'], format: { type: 'json' } },
        { name: 'all', paths: 'x/*.csv', compression: 'none' },
      ],
    });
    expect(await streams.list({ signal })).toEqual(['a', 'all', 'ours']);
    expect(await filesOf(streams, 'ours')).toEqual(['b.jsonl', 'x/a.csv', 'x/c.csv']);
    expect(await filesOf(streams, 'all')).toEqual(['x/a.csv', 'x/c.csv']);
    expect(await filesOf(streams, 'a')).toEqual(['a-2024-01.csv', 'a-2024-02.csv.gz']);
    expect(streams.settings('ours').format).toEqual({ type: 'json', path: '' });
    expect(streams.settings('all')).toMatchObject({
      format: { type: 'auto' },
      compression: 'none',
    });
  });

  test('that the user makes up are not joined by other files of the same name', async () => {
    const streams = streamsOf({ paths: '**', streams: [{ name: 'a', paths: 'a-2024-01.csv' }] });
    expect(await streams.list({ signal })).toEqual(['a', 'a_files', 'b', 'c']);
    expect(await filesOf(streams, 'a')).toEqual(['a-2024-01.csv']);
    expect(await filesOf(streams, 'a_files')).toEqual(['a-2024-02.csv.gz', 'x/a.csv']);
  });

  test('see new files at the second look, and removed ones at the first', async () => {
    const streams = streamsOf({ paths: '.' });
    const a = streams.store('a');
    const list = async () => {
      const paths: string[] = [];
      for await (const { path } of a.list({ signal })) paths.push(path);
      return paths;
    };
    expect(await list()).toHaveLength(3);
    await folder.write('a-2024-03.csv', 'x');
    expect(await list()).toHaveLength(4);
    await rm(folder.join('x'), { recursive: true });
    expect(await list()).toHaveLength(3);
  });

  test('share one walk until one of them looks again', async () => {
    const streams = streamsOf({ paths: '.' });
    expect(await filesOf(streams, 'a')).toHaveLength(3);
    await folder.write('b-2024-01.csv', 'x');
    expect(await filesOf(streams, 'b')).toEqual(['b.jsonl']);
    expect(await filesOf(streams, 'b')).toEqual(['b-2024-01.csv', 'b.jsonl']);
  });

  test('look again after a failure', async () => {
    const streams = streamsOf({ paths: 'later.csv' });
    await expect(filesOf(streams, 'later')).rejects.toMatchObject({ kind: 'config' });
    await folder.write('later.csv', 'x');
    expect(await filesOf(streams, 'later')).toEqual(['later.csv']);
  });
});
