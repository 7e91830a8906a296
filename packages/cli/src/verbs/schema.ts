import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { findConnectors } from '../connectors/find-connectors.ts';
import { pipelineFileName } from '../file/read-pipeline-file.ts';
import { writeJson, type Invocation } from '../invocation.ts';
import { pipelineSchema } from '../pipeline-schema.ts';
import type { FileOptions } from './open-pipeline.ts';

/** Where the schema is, seen from the pipeline file. */
export const schemaFile = '.fairlead/pipeline.schema.json';

/** `fairlead schema`: writes the schema anew for editors; with `--json` to standard output. */
export async function schema(invocation: Invocation, options: FileOptions): Promise<void> {
  const { environment, output } = invocation;
  const folder = dirname(resolve(environment.folder, options.file ?? pipelineFileName));
  if (invocation.options.json === true) {
    await writeJson(output, await pipelineSchema(findConnectors(folder)));
    return;
  }
  const path = await writeSchema(folder);
  await output.write(`${relative(environment.folder, path)}\n`);
}

/** Writes the schema for the pipelines in `folder`. @returns its path. */
export async function writeSchema(folder: string): Promise<string> {
  const path = join(folder, schemaFile);
  const text = `${JSON.stringify(await pipelineSchema(findConnectors(folder)), null, 2)}\n`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}
