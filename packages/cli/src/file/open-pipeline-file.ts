import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Failure, settingsSchema, type Materialization, type Source } from '@fairlead/sdk';
import { findConnectors } from '../connectors/find-connectors.ts';
import { loadMaterialization, loadSource } from '../connectors/load-connector.ts';
import type { Environment } from '../environment.ts';
import { openEnd, streamProblems, type OpenedEnd } from './open-end.ts';
import { parsePipelineSettings } from './parse-pipeline-settings.ts';
import type { ParsedSettings } from './pipeline-settings.ts';
import { parsePlaced } from './placed-document.ts';
import { refuse } from './problems.ts';
import { readVariables } from './read-variables.ts';

/** What a pipeline file is called when nothing is said. */
export const pipelineFileName = 'pipeline.yaml';

/** A pipeline file in which nothing is wrong, and the connectors that it names. */
export interface PipelineFile {
  /** Of the pipeline. */
  readonly name: string;
  /** Where the file is, links followed. */
  readonly folder: string;
  readonly settings: ParsedSettings;
  readonly source: OpenedEnd<Source>;
  readonly destination: OpenedEnd<Materialization>;
}

/**
 * Reads a pipeline file and loads its connectors. Paths in it begin at its folder, so that becomes
 * the working directory of the process.
 *
 * @param file as the user wrote it, which is how messages call it.
 * @throws {Failure} config, with line and column.
 */
export async function openPipelineFile(
  file: string,
  environment: Pick<Environment, 'folder' | 'variables'>,
): Promise<PipelineFile> {
  const path = resolve(environment.folder, file);
  const text = readText(path, file);
  const folder = realpathSync(dirname(path));
  process.chdir(folder);
  const document = parsePlaced(text, file, readVariables(folder, environment.variables));
  const settings = parsePipelineSettings(document);
  const installed = findConnectors(folder);
  const source = await openEnd(document, 'source', installed, loadSource);
  const destination = await openEnd(document, 'destination', installed, loadMaterialization);
  refuse(document, [
    ...source.problems,
    ...destination.problems,
    ...streamProblems(document, 'source', settingsSchema(source.connector.resource)),
    ...streamProblems(document, 'target', settingsSchema(destination.connector.resource)),
  ]);
  const name = settings.name ?? (basename(folder) || 'pipeline');
  return { name, folder, settings, source, destination };
}

function readText(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new Failure('config', 'there is no such file', {
        where: file,
        hint: 'Make one with "fairlead init", or name another with --file.',
      });
    }
    if (code === 'EISDIR') {
      throw new Failure('config', 'this is a folder', {
        where: file,
        hint: 'Name the pipeline file in it with --file.',
      });
    }
    throw new Failure('access', `the file cannot be read (${code})`, { where: file, cause: error });
  }
}
