import { appendFile, chmod, mkdir, rename, rm, truncate, utimes } from 'node:fs/promises';
import type { FileInfo } from '@fairlead/file-capture';
import { expectAllClosed, tempFolder, type TempFolder } from '@fairlead/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localStore } from './local-store.ts';
import { unprivileged } from './unprivileged.ts';

let folder: TempFolder;
const { signal } = new AbortController();

beforeEach(async () => {
  folder = await tempFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

async function storeOf(names: readonly string[]) {
  const store = localStore(async () =>
    names.map((name) => ({ name, location: folder.join(name) })),
  );
  const listed: FileInfo[] = [];
  for await (const file of store.list({ signal })) listed.push(file);
  return { store, listed };
}

async function only(names: readonly string[]) {
  const { store, listed } = await storeOf(names);
  const [file] = listed;
  if (file === undefined) throw new Error('nothing listed');
  return { store, file };
}

describe('a local store', () => {
  test('lists files with size, time and version, and leaves out what is gone', async () => {
    await folder.write('a.csv', 'hello');
    await utimes(folder.join('a.csv'), 1000, 1234.5);
    const { listed } = await storeOf(['a.csv', 'gone.csv']);
    expect(listed).toEqual([
      { path: 'a.csv', sizeBytes: 5, modifiedMs: 1_234_500, version: expect.any(String) },
    ]);
  });

  test('lists many files in the order in which they were found', async () => {
    const names = Array.from({ length: 50 }, (_, n) => `${n}.csv`);
    for (const name of names) await folder.write(name, name);
    const { listed } = await storeOf(names);
    expect(listed.map(({ path }) => path)).toEqual(names);
  });

  test.each<[string, (path: string) => Promise<unknown>, boolean]>([
    ['left alone', async () => {}, true],
    ['appended to', (path) => appendFile(path, 'x'), false],
    ['truncated', (path) => truncate(path, 2), false],
    ['touched', (path) => utimes(path, 5, 5), false],
    ['removed', (path) => rm(path), false],
    ['replaced by a folder', async (path) => rm(path).then(() => mkdir(path)), false],
    ['made readable for others', (path) => chmod(path, 0o777), true],
    [
      'moved away and back',
      async (path) => {
        await rename(path, `${path}.away`);
        await rename(`${path}.away`, path);
      },
      true,
    ],
  ])('knows whether a file was changed: %s', async (_, change, same) => {
    await folder.write('a.csv', 'hello');
    const { store, file } = await only(['a.csv']);
    await change(folder.join('a.csv'));
    expect(await store.unchanged(file, { signal })).toBe(same);
  });

  test.each([
    [0, 2_500_000],
    [1, 2_499_999],
    [1_048_576, 1_451_424],
    [2_500_000, 0],
    [3_000_000, 0],
  ])('reads a file from byte %i on', async (offset, length) => {
    const bytes = Buffer.alloc(2_500_000, 'abcdefg');
    await folder.write('a.bin', bytes);
    const { store, file } = await only(['a.bin']);
    await expectAllClosed(async () => {
      await using opened = await store.open(file, { offset, signal });
      expect([opened.file, opened.offset]).toEqual([file, offset]);
      const chunks: Buffer[] = [];
      for await (const chunk of opened.chunks) chunks.push(Buffer.from(chunk));
      const read = Buffer.concat(chunks);
      expect(read.length).toBe(length);
      expect(read.equals(bytes.subarray(offset))).toBe(true);
      expect(Math.max(0, ...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(1_048_576);
    });
  });

  test('a chunk stays as it is until the one after the next is asked for', async () => {
    await folder.write(
      'a.bin',
      Buffer.concat([Buffer.alloc(1_048_576, 'a'), Buffer.alloc(1_048_576, 'b')]),
    );
    const { store, file } = await only(['a.bin']);
    await using opened = await store.open(file, { offset: 0, signal });
    const iterator = opened.chunks[Symbol.asyncIterator]();
    const first = await iterator.next();
    await iterator.next();
    expect(first.value?.[0]).toBe(0x61);
  });

  test('says which version it opened when the file has changed since it was listed', async () => {
    await folder.write('a.csv', 'hello');
    const { store, file } = await only(['a.csv']);
    await appendFile(folder.join('a.csv'), '!');
    await using opened = await store.open(file, { offset: 0, signal });
    expect(opened.file.sizeBytes).toBe(6);
    expect(opened.file.version).not.toBe(file.version);
  });

  test('reads what was appended after the file was opened', async () => {
    await folder.write('a.csv', 'hello');
    const { store, file } = await only(['a.csv']);
    await using opened = await store.open(file, { offset: 0, signal });
    await appendFile(folder.join('a.csv'), ' world');
    let text = '';
    for await (const chunk of opened.chunks) text += Buffer.from(chunk).toString();
    expect(text).toBe('hello world');
  });

  test('a file that went away fails as transient', async () => {
    await folder.write('a.csv', 'hello');
    const { store, file } = await only(['a.csv']);
    await rm(folder.join('a.csv'));
    await expect(store.open(file, { offset: 0, signal })).rejects.toMatchObject({
      kind: 'transient',
      message: 'the file went away',
      where: 'a.csv',
    });
  });

  test('a file that may not be read fails as access', async () => {
    await folder.write('a.csv', 'hello');
    await chmod(folder.path, 0o755);
    await chmod(folder.join('a.csv'), 0);
    const { store, file } = await only(['a.csv']);
    await unprivileged(async () => {
      await expect(store.open(file, { offset: 0, signal })).rejects.toMatchObject({
        kind: 'access',
        message: 'this process may not read it',
        where: 'a.csv',
        hint: expect.stringContaining('chmod'),
      });
    });
  });

  test('a folder in the place of a file fails, and nothing stays open', async () => {
    await folder.write('a.csv', 'hello');
    const { store, file } = await only(['a.csv']);
    await rm(folder.join('a.csv'));
    await mkdir(folder.join('a.csv'));
    await expectAllClosed(async () => {
      await expect(store.open(file, { offset: 0, signal })).rejects.toMatchObject({
        kind: 'config',
      });
    });
  });

  test('a name that is not UTF-8 fails, as it cannot be said in a document', async () => {
    await expect(storeOf(['a\u{fffd}.csv'])).rejects.toMatchObject({
      kind: 'config',
      message: 'the name of the file is not UTF-8',
      hint: expect.stringContaining('Rename'),
    });
  });

  test('stops when it is aborted', async () => {
    await folder.write('a.bin', Buffer.alloc(3_000_000));
    const { store, file } = await only(['a.bin']);
    const controller = new AbortController();
    await expectAllClosed(async () => {
      await using opened = await store.open(file, { offset: 0, signal: controller.signal });
      const reading = async () => {
        for await (const chunk of opened.chunks) if (chunk.length > 0) controller.abort();
      };
      await expect(reading()).rejects.toMatchObject({ name: 'AbortError' });
    });
  });
});
