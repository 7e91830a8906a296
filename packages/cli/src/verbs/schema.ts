import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { describeFailure } from '@fairlead/sdk';
import { findConnectors } from '../connectors/find-connectors.ts';
import { pipelineFileName } from '../file/open-pipeline-file.ts';
import { tell, writeJson, type Invocation } from '../invocation.ts';
import { pipelineSchema } from '../pipeline-schema.ts';
import type { FileOptions } from './open-pipeline.ts';

/** Where the schema is, seen from the pipeline file. */
export const schemaFile = '.fairlead/pipeline.schema.json';

/** `fairlead schema`: writes the schema anew for editors; with `--json` to standard output. */
export async function schema(invocation: Invocation, options: FileOptions): Promise<void> {
  const { environment, output } = invocation;
  const folder = dirname(resolve(environment.folder, options.file ?? pipelineFileName));
  if (invocation.options.json === true) {
    const { schema: found, broken } = await pipelineSchema(findConnectors(folder));
    for (const failure of broken) tell(invocation, describeFailure(failure));
    await writeJson(output, found);
    return;
  }
  const path = await writeSchema(invocation, folder);
  await output.write(`${relative(environment.folder, path)}\n`);
}

/** Writes the schema for the pipelines in `folder`. @returns its path. */
export async function writeSchema(invocation: Invocation, folder: string): Promise<string> {
  const path = join(folder, schemaFile);
  const { schema: found, broken } = await pipelineSchema(findConnectors(folder));
  for (const failure of broken) tell(invocation, describeFailure(failure));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(found, null, 2)}\n`);
  return path;
}
