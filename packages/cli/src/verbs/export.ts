import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { aboutConnector, exportAirbyte, exportFlow } from '@fairlead/executable';
import { Failure } from '@fairlead/sdk';
import { chooseAnyConnector } from '../connectors/choose-connector.ts';
import { findConnectors, type InstalledConnector } from '../connectors/find-connectors.ts';
import { loadConnector } from '../connectors/load-connector.ts';
import { writeJson, type Invocation } from '../invocation.ts';

export type Platform = 'flow' | 'airbyte' | 'fivetran';

export interface ExportOptions {
  readonly output?: string;
  readonly force?: boolean;
  /** Also the files of a project of Fivetran's hosted Connector SDK. */
  readonly connectorSdk?: boolean;
}

interface WantedFile {
  /** Relative, with `/` between folders. */
  readonly path: string;
  readonly bytes: Uint8Array;
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
  const files = await filesFor(platform, installed, options);
  const folder = resolve(environment.folder, options.output ?? '.');
  const found = await Promise.all(
    files.map(async ({ path, bytes }) => {
      const whole = join(folder, path);
      const shown = relative(environment.folder, whole);
      const before = await bytesAt(whole);
      return { path: whole, bytes, shown, before, isChanged: before?.equals(bytes) !== true };
    }),
  );
  const changed = found.filter(({ isChanged }) => isChanged);
  const other = changed.find(({ before }) => before !== undefined);
  if (other !== undefined && options.force !== true) {
    throw new Failure('config', 'there is such a file already, and it differs', {
      where: other.shown,
      hint: 'Nothing was written: name another folder with --output, or replace it with --force.',
    });
  }
  for (const { path, bytes } of changed) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  const written = changed.map(({ shown }) => shown);
  if (invocation.options.json === true) {
    const unchanged = found.filter(({ isChanged }) => !isChanged).map(({ shown }) => shown);
    await writeJson(output, { written, unchanged });
  } else if (written.length === 0) await output.write('nothing to do: all files are as they are\n');
  else await output.write(written.map((path) => `${path}\n`).join(''));
}

async function filesFor(
  platform: Platform,
  installed: InstalledConnector,
  { connectorSdk = false }: ExportOptions,
): Promise<readonly WantedFile[]> {
  if (platform === 'fivetran') {
    const { exportFivetran } = await import('./export-fivetran.ts');
    return await exportFivetran(installed, connectorSdk);
  }
  const connector = await loadConnector(installed);
  const about = await aboutConnector(installed.folder);
  const files = await (platform === 'flow' ? exportFlow : exportAirbyte)(connector, about);
  return files.map(({ path, text }) => ({ path, bytes: Buffer.from(text) }));
}

async function bytesAt(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
