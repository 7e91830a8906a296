import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { aboutConnector, exportAirbyte, exportFlow } from '@fairlead/executable';
import { Failure } from '@fairlead/sdk';
import { chooseAnyConnector } from '../connectors/choose-connector.ts';
import { findConnectors } from '../connectors/find-connectors.ts';
import { loadConnector } from '../connectors/load-connector.ts';
import { writeJson, type Invocation } from '../invocation.ts';

export type Platform = 'flow' | 'airbyte';

export interface ExportOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/**
 * `fairlead export PLATFORM NAME`: the files by which a platform takes a connector. Files that are
 * there and differ stay, and then nothing is written, unless they may be replaced.
 */
export async function exportConnector(
  invocation: Invocation,
  platform: Platform,
  name: string,
  options: ExportOptions,
): Promise<void> {
  const { environment, output } = invocation;
  const installed = chooseAnyConnector(findConnectors(environment.folder), name);
  const connector = await loadConnector(installed);
  const about = await aboutConnector(installed.folder);
  const files = await (platform === 'flow' ? exportFlow : exportAirbyte)(connector, about);
  const folder = resolve(environment.folder, options.output ?? '.');
  const found = await Promise.all(
    files.map(async ({ path, text }) => {
      const whole = join(folder, path);
      const shown = relative(environment.folder, whole);
      return { path: whole, text, shown, before: await textAt(whole) };
    }),
  );
  const changed = found.filter(({ text, before }) => before !== text);
  const other = changed.find(({ before }) => before !== undefined);
  if (other !== undefined && options.force !== true) {
    throw new Failure('config', 'there is such a file already, and it differs', {
      where: other.shown,
      hint: 'Nothing was written: name another folder with --output, or replace it with --force.',
    });
  }
  for (const { path, text } of changed) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const written = changed.map(({ shown }) => shown);
  if (invocation.options.json === true) {
    const unchanged = found.filter((file) => !changed.includes(file)).map(({ shown }) => shown);
    await writeJson(output, { written, unchanged });
  } else if (written.length === 0) await output.write('nothing to do: all files are as they are\n');
  else await output.write(written.map((path) => `${path}\n`).join(''));
}

async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
