import { statSync, type BigIntStats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { FileInfo, FileStore, OpenFile, OpenOptions } from '@fairlead/file-capture';
import { Failure } from '@fairlead/sdk';
import { fileFailure, isMissing } from './file-failure.ts';
import type { FoundFile } from './find-files.ts';

/** How much is read at a time. */
const chunkBytes = 1024 * 1024;
/** How many files are asked for their size at a time: as many as Node has threads for. */
const statsAtOnce = 4;

/** The files on this machine that `find` finds. A file's version is its size and time of change. */
export function localStore(
  find: (options: { readonly signal: AbortSignal }) => Promise<readonly FoundFile[]>,
): FileStore {
  const locations = new Map<string, string>();
  const locationOf = ({ path }: FileInfo) => locations.get(path) ?? path;
  return {
    async *list({ signal }) {
      const found = await find({ signal });
      for (let at = 0; at < found.length; at += statsAtOnce) {
        signal.throwIfAborted();
        const some = found.slice(at, at + statsAtOnce);
        for (const { name, location } of some) locations.set(name, location);
        const files = await Promise.all(some.map(fileAt));
        for (const file of files) if (file !== undefined) yield file;
      }
    },
    open: (file, options) => openFile(file, locationOf(file), options),
    async unchanged(file) {
      try {
        // Asked for every batch: to tell another thread of it would take ten times as long as this does.
        return versionOf(statSync(locationOf(file), { bigint: true })) === file.version;
      } catch (error) {
        if (isMissing(error)) return false;
        throw fileFailure(error, file.path);
      }
    },
  };
}

/** Undefined when the file is gone. */
async function fileAt({ name, location }: FoundFile): Promise<FileInfo | undefined> {
  try {
    return infoOf(name, await stat(location, { bigint: true }));
  } catch (error) {
    if (!isMissing(error)) throw fileFailure(error, name);
    if (!name.includes('\u{fffd}')) return undefined;
    throw new Failure('config', 'the name of the file is not UTF-8', {
      where: name,
      hint: 'Rename it, or leave it out of the paths.',
    });
  }
}

function infoOf(path: string, stats: BigIntStats): FileInfo {
  return {
    path,
    sizeBytes: Number(stats.size),
    modifiedMs: Number(stats.mtimeNs / 1_000_000n),
    version: versionOf(stats),
  };
}

function versionOf({ size, mtimeNs }: BigIntStats): string {
  return `${size.toString(36)}-${mtimeNs.toString(36)}`;
}

async function openFile(
  { path }: FileInfo,
  location: string,
  { offset, signal }: OpenOptions,
): Promise<OpenFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(location, 'r');
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) {
      throw new Failure('config', 'the path is no ordinary file any more', { where: path });
    }
    const opened = handle;
    return {
      file: infoOf(path, stats),
      offset,
      chunks: chunksOf(opened, path, { offset, end: Number(stats.size), signal }),
      [Symbol.asyncDispose]: () => opened.close(),
    };
  } catch (error) {
    await handle?.close();
    if (isMissing(error)) {
      throw new Failure('transient', 'the file went away', { where: path, cause: error });
    }
    throw fileFailure(error, path);
  }
}

async function* chunksOf(
  handle: FileHandle,
  path: string,
  {
    offset,
    end,
    signal,
  }: { readonly offset: number; readonly end: number; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array, void, undefined> {
  // With room for one byte more than is expected, one read shows that a file has not grown.
  const size = Math.max(1, Math.min(chunkBytes, end - offset + 1));
  // Two in turn: one is with the consumer while the other is read into.
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)] as const;
  let turn: 0 | 1 = 0;
  let position = offset;
  for (;;) {
    signal.throwIfAborted();
    const buffer = buffers[turn];
    const bytesRead = await readSome(handle, path, buffer, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    turn = turn === 0 ? 1 : 0;
    yield buffer.subarray(0, bytesRead);
    if (position === end && bytesRead < buffer.length) return;
  }
}

async function readSome(handle: FileHandle, path: string, buffer: Buffer, position: number) {
  try {
    return (await handle.read(buffer, 0, buffer.length, position)).bytesRead;
  } catch (error) {
    throw fileFailure(error, path);
  }
}
