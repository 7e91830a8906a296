import type { Pipeline, StreamRule } from '@fairlead/runtime';
import { connect, connectMaterialization } from '@fairlead/sdk';
import { withForm } from '../airbyte/foreign-end.ts';
import type { Environment } from '../environment.ts';
import { identityOf } from '../identity.ts';
import { defaultCommit, defaultRule } from '../pipeline-defaults.ts';
import { openPipelineFile } from './open-pipeline-file.ts';
import type { ParsedSettings } from './pipeline-settings.ts';

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
  const opened = await openPipelineFile(file, environment);
  const { name, folder, settings, source, destination } = opened;
  return {
    name,
    source: connect(source.connector, source.settings),
    destination: connectMaterialization(destination.connector, destination.settings),
    streams: rulesOf(settings),
    commit: {
      bytes: settings.commit?.bytes ?? defaultCommit.bytes,
      everyMs: settings.commit?.every ?? defaultCommit.everyMs,
    },
    stateFolder: environment.stateFolder,
    identity: identityOf(folder, source, await withForm(destination)),
  };
}

/** What holds for the streams of a pipeline file, in its order. */
export function rulesOf({
  defaults = {},
  streams = [{ match: '*' }],
}: ParsedSettings): StreamRule[] {
  return streams.map(({ match, columns, key, source, target, ...own }) => {
    const write = own.write ?? defaults.write;
    return {
      match,
      deletes: own.deletes ?? defaults.deletes ?? defaultRule.deletes,
      contract: own.contract ?? defaults.contract ?? defaultRule.contract,
      ...(write === undefined ? {} : { write }),
      ...(columns === undefined ? {} : { columns }),
      ...(key === undefined ? {} : { key }),
      ...(source === undefined ? {} : { resource: source }),
      ...(target === undefined ? {} : { target: target }),
    };
  });
}
