import { Failure } from '@fairlead/sdk';
import { byBytes } from './byte-order.ts';
import type { FileInfo, FileStore, OpenFile } from './store.ts';

export interface MemoryStoreOptions {
  readonly chunkBytes?: number;
  readonly canSeek?: boolean;
  /** Called before a chunk is handed out, as to change files at that moment. */
  readonly beforeChunk?: (path: string, chunk: number) => void;
}

/** A file store in memory, for tests. */
export interface MemoryStore extends FileStore {
  /** Makes or replaces a file. Each time it has a new version. */
  write(path: string, content: string | Uint8Array): void;
  remove(path: string): void;
  /** Every file that was opened and where: `a.csv@0`. */
  readonly opened: readonly string[];
  /** How many files are open now. */
  openCount(): number;
}

export function memoryStore(
  initial: Readonly<Record<string, string | Uint8Array>>,
  { chunkBytes = 64 * 1024, canSeek = true, beforeChunk = () => {} }: MemoryStoreOptions = {},
): MemoryStore {
  const files = new Map<string, { readonly bytes: Uint8Array; readonly version: string }>();
  const opened: string[] = [];
  let versions = 0;
  let open = 0;

  const infoOf = (path: string): FileInfo | undefined => {
    const file = files.get(path);
    return file && { path, sizeBytes: file.bytes.length, version: file.version };
  };
  const write = (path: string, content: string | Uint8Array) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    files.set(path, { bytes, version: `v${++versions}` });
  };
  for (const [path, content] of Object.entries(initial)) write(path, content);

  async function* chunksOf(path: string, bytes: Uint8Array, offset: number) {
    // One buffer in turn with another, as the contract allows.
    const buffers = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)] as const;
    for (let at = offset, chunk = 0; at < bytes.length; at += chunkBytes, chunk++) {
      beforeChunk(path, chunk);
      const buffer = buffers[chunk % 2 === 0 ? 0 : 1];
      const part = bytes.subarray(at, at + chunkBytes);
      buffer.fill(0xff).set(part);
      yield buffer.subarray(0, part.length);
    }
  }

  return {
    write,
    remove: (path) => void files.delete(path),
    opened,
    openCount: () => open,
    async *list() {
      for (const path of [...files.keys()].sort(byBytes)) {
        const file = infoOf(path);
        if (file !== undefined) yield file;
      }
    },
    async open({ path }, { offset }): Promise<OpenFile> {
      const info = infoOf(path);
      const file = files.get(path);
      if (info === undefined || file === undefined) {
        throw new Failure('transient', 'the file went away', { where: path });
      }
      const start = canSeek ? offset : 0;
      opened.push(`${path}@${offset}`);
      open++;
      let closed = false;
      return {
        file: info,
        offset: start,
        chunks: chunksOf(path, file.bytes, start),
        async [Symbol.asyncDispose]() {
          if (!closed) open--;
          closed = true;
        },
      };
    },
    async unchanged({ path, version }) {
      return files.get(path)?.version === version;
    },
  };
}
