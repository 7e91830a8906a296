import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of one's own, which goes with all that is in it when it is disposed. */
export interface TempFolder extends AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  /** The absolute path of something in the folder, whether it exists or not. */
  join(...parts: readonly string[]): string;
  /** Writes a file, making the folders on its way, and returns its absolute path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
}

/** Makes a new empty folder below the system's folder for temporary files. */
export async function tempFolder(prefix = 'fairlead-'): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  return {
    path,
    join: (...parts) => join(path, ...parts),
    async write(name, content) {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}
