import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Pipeline, StreamRule } from '@fairlead/runtime';
import {
  connect,
  connectMaterialization,
  Failure,
  isFailure,
  settingsSchema,
  type Json,
} from '@fairlead/sdk';
import type { z } from 'zod';
import { chooseConnector } from '../connectors/choose-connector.ts';
import { findConnectors, type InstalledConnector } from '../connectors/find-connectors.ts';
import { loadMaterialization, loadSource } from '../connectors/load-connector.ts';
import type { Environment } from '../environment.ts';
import { identityOf } from '../identity.ts';
import { defaultCommit, defaultRule } from '../pipeline-defaults.ts';
import { inLongForm, ParsedSettings, pipelineSettingsSchema } from './pipeline-settings.ts';
import { parsePlaced, type Path, type PlacedDocument } from './placed-document.ts';
import { invalidValues, memberAt, refuse, unknownKeys, type Problem } from './problems.ts';
import { readTextValues } from './read-text-values.ts';
import { readVariables } from './read-variables.ts';

/** What a pipeline file is called when nothing is said. */
export const pipelineFileName = 'pipeline.yaml';

/**
 * The pipeline that a file describes. Paths in it begin at its folder, so that becomes the working
 * directory of the process.
 *
 * @param file as the user wrote it, which is how messages call it.
 * @throws {Failure} config, with line and column.
 */
export async function readPipelineFile(
  file: string,
  environment: Pick<Environment, 'folder' | 'stateFolder' | 'variables'>,
): Promise<Pipeline> {
  const path = resolve(environment.folder, file);
  const text = readText(path, file);
  const folder = realpathSync(dirname(path));
  process.chdir(folder);
  const document = parsePlaced(text, file, readVariables(folder, environment.variables));
  const settings = parseShape(document);
  const installed = findConnectors(folder);
  const source = await openEnd(document, 'source', installed, loadSource);
  const destination = await openEnd(document, 'destination', installed, loadMaterialization);
  refuse(document, [
    ...source.problems,
    ...destination.problems,
    ...streamProblems(document, 'source', settingsSchema(source.connector.resource)),
    ...streamProblems(document, 'target', settingsSchema(destination.connector.resource)),
  ]);
  return {
    name: settings.name ?? (basename(folder) || 'pipeline'),
    source: connect(source.connector, source.settings),
    destination: connectMaterialization(destination.connector, destination.settings),
    streams: rulesOf(settings),
    commit: {
      bytes: settings.commit?.bytes ?? defaultCommit.bytes,
      everyMs: settings.commit?.every ?? defaultCommit.everyMs,
    },
    stateFolder: environment.stateFolder,
    identity: identityOf(folder, source, destination),
  };
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

/** The file's settings as far as they are the same for all connectors. */
function parseShape(document: PlacedDocument): ParsedSettings {
  const written = document.value;
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    throw new Failure('config', 'the file holds no settings', {
      where: document.place(document.offsetOf([], 'value')),
      hint: 'It begins with "source:" and "destination:"; see "fairlead init".',
    });
  }
  const value = inLongForm(written);
  const isText = (path: Path) => document.isFromVariable(path);
  const parsed = ParsedSettings.safeParse(readTextValues(ParsedSettings, value, isText));
  const invalid = parsed.success ? [] : invalidValues(parsed.error.issues, value, isText);
  const ends = [...endProblems(document, 'source'), ...endProblems(document, 'destination')];
  refuse(document, [...unknownKeys(pipelineSettingsSchema(), value), ...invalid, ...ends]);
  if (!parsed.success) throw new Error('settings that do not fit have no problem');
  return parsed.data;
}

function endProblems(document: PlacedDocument, end: 'source' | 'destination'): readonly Problem[] {
  const value = memberAt(document.value, [end]);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const names = Object.keys(value);
  if (names.length === 1) return [];
  const message =
    names.length === 0 ? `"${end}" names no connector` : `"${end}" names more than one connector`;
  return [{ is: 'invalid', path: [end], message }];
}

/** A connector that the file names, loaded, with its settings and what is wrong with them. */
async function openEnd<Connector extends { readonly config: z.ZodType }>(
  document: PlacedDocument,
  end: 'source' | 'destination',
  installed: readonly InstalledConnector[],
  load: (connector: InstalledConnector) => Promise<Connector>,
) {
  const members = memberAt(document.value, [end]);
  const [name = ''] = Object.keys(typeof members === 'object' && members !== null ? members : {});
  const path = [end, name];
  const connector = await load(chooseAt(document, path, () => chooseConnector(installed, end, name)));
  const written = memberAt(document.value, path) ?? {};
  const isText = (inner: Path) => document.isFromVariable([...path, ...inner]);
  const settings = readTextValues(connector.config, written, isText);
  const parsed = connector.config.safeParse(settings);
  const problems = [
    ...unknownKeys(settingsSchema(connector.config), settings),
    ...(parsed.success ? [] : invalidValues(parsed.error.issues, settings, isText)),
  ];
  return { connector, settings, problems: problems.map((problem) => within(path, problem)) };
}

function chooseAt(document: PlacedDocument, path: Path, choose: () => InstalledConnector) {
  try {
    return choose();
  } catch (error) {
    if (!isFailure(error)) throw error;
    throw new Failure('config', error.message, {
      where: document.place(document.offsetOf(path, 'key')),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

function within(path: Path, problem: Problem): Problem {
  return { ...problem, path: [...path, ...problem.path] };
}

/** Keys of streams' own settings that the connector does not know. What they lack, discovery adds. */
function streamProblems(
  document: PlacedDocument,
  part: 'source' | 'target',
  schema: ReturnType<typeof settingsSchema>,
): readonly Problem[] {
  const streams = memberAt(document.value, ['streams']);
  if (!Array.isArray(streams)) return [];
  return streams.flatMap((_, index) => {
    const path = ['streams', index, part];
    return unknownKeys(schema, memberAt(document.value, path)).map((problem) =>
      within(path, problem),
    );
  });
}

function rulesOf({ defaults = {}, streams = [{ match: '*' }] }: ParsedSettings): StreamRule[] {
  return streams.map(({ match, columns, key, source, target, ...own }) => {
    const write = own.write ?? defaults.write;
    return {
      match,
      deletes: own.deletes ?? defaults.deletes ?? defaultRule.deletes,
      contract: own.contract ?? defaults.contract ?? defaultRule.contract,
      ...(write === undefined ? {} : { write }),
      ...(columns === undefined ? {} : { columns }),
      ...(key === undefined ? {} : { key }),
      // Read from YAML by a schema of JSON values.
      ...(source === undefined ? {} : { resource: source as Json }),
      ...(target === undefined ? {} : { target: target as Json }),
    };
  });
}
