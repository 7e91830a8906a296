import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Failure, settingsSchema } from '@fairlead/sdk';
import { resolveAddress } from '../connectors/address.ts';
import { findConnectors } from '../connectors/find-connectors.ts';
import { loadMaterialization, loadSource } from '../connectors/load-connector.ts';
import { pipelineFileName } from '../file/open-pipeline-file.ts';
import { tell, writeJson, type Invocation } from '../invocation.ts';
import { draftEnd, draftPipeline, draftSecrets } from '../draft-pipeline.ts';
import type { FileOptions } from './open-pipeline.ts';
import { schemaFile, writeSchema } from './schema.ts';

/** `fairlead init`: a pipeline file, an example of its secrets, and the schema for editors. Overwrites nothing. */
export async function init(
  invocation: Invocation,
  options: FileOptions & { readonly source?: string; readonly destination?: string },
): Promise<void> {
  const { environment, output } = invocation;
  const file = options.file ?? pipelineFileName;
  const path = resolve(environment.folder, file);
  const folder = dirname(path);
  if (existsSync(path)) {
    throw new Failure('config', 'there is such a file already', {
      where: file,
      hint: 'Nothing is ever overwritten: remove it, or name another with --file.',
    });
  }
  const name = basename(folder) || 'pipeline';
  const installed = findConnectors(folder);
  const source = await resolveAddress(
    options.source ?? './data/*',
    'source',
    installed,
    loadSource,
  );
  const destination = await resolveAddress(
    options.destination ?? `duckdb:${name}.duckdb`,
    'destination',
    installed,
    loadMaterialization,
  );
  const ends = [
    draftEnd('source', source, settingsSchema(source.connector.config)),
    draftEnd('destination', destination, settingsSchema(destination.connector.config)),
  ] as const;

  await mkdir(folder, { recursive: true });
  const written = [path];
  await writeFile(path, draftPipeline(name, schemaFile, ends), { flag: 'wx' });
  const secrets = join(folder, '.env.example');
  if (existsSync(secrets)) {
    tell(
      invocation,
      `${relative(environment.folder, secrets)} is there already and was left as it is`,
    );
  } else {
    await writeFile(secrets, draftSecrets(ends), { flag: 'wx' });
    written.push(secrets);
  }
  written.push(await writeSchema(invocation, folder));
  const names = written.map((each) => relative(environment.folder, each));
  if (invocation.options.json === true) await writeJson(output, { written: names });
  else await output.write(names.map((each) => `${each}\n`).join(''));
}
