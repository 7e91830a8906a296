import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Failure } from '@fairlead/sdk';
import { type Invocation, writeJson } from '../invocation.ts';

/** A file as it should be. */
export interface WantedFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

export interface WriteOptions {
  /** Fails where a file is not what it should be, and writes nothing. */
  readonly check?: boolean;
  /** Prints the files, and writes nothing. */
  readonly dryRun?: boolean;
  /** The command that writes the files. */
  readonly command: string;
}

/** Writes files that are not yet as they should be, and tells which. */
export async function writeWanted(
  invocation: Invocation,
  files: readonly WantedFile[],
  { check = false, dryRun = false, command }: WriteOptions,
): Promise<void> {
  const { environment, output } = invocation;
  const found = await Promise.all(
    files.map(async ({ path, text }) => {
      const shown = relative(environment.folder, path);
      return { path, text, shown, isStale: (await textAt(path)) !== text };
    }),
  );
  const stale = found.filter(({ isStale }) => isStale);
  if (check && stale.length > 0) {
    const names = stale.map(({ shown }) => shown).join(', ');
    throw new Failure('config', stale.length === 1 ? 'the file is stale' : 'the files are stale', {
      where: names,
      hint: `Run: ${command}.`,
    });
  }
  if (dryRun) {
    const texts = found.map(({ shown, text }) => `# ${shown}\n${text}`);
    if (invocation.options.json === true) {
      await writeJson(
        output,
        found.map(({ shown: path, text }) => ({ path, text })),
      );
    } else await output.write(texts.join('---\n'));
    return;
  }
  for (const { path, text } of stale) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const written = stale.map(({ shown }) => shown);
  if (invocation.options.json === true) {
    const unchanged = found.filter(({ isStale }) => !isStale).map(({ shown }) => shown);
    await writeJson(output, { written, unchanged });
  } else if (written.length === 0) await output.write('nothing to do: all files are as they are\n');
  else await output.write(written.map((path) => `${path}\n`).join(''));
}

/** The text of a file below a folder; undefined where there is none. */
export async function textAt(...parts: readonly string[]): Promise<string | undefined> {
  try {
    return await readFile(join(...parts), 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
