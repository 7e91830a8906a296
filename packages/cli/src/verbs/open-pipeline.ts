import type { Pipeline } from '@fairlead/runtime';
import { pipelineFileName } from '../file/open-pipeline-file.ts';
import { readPipelineFile } from '../file/read-pipeline-file.ts';
import type { Invocation } from '../invocation.ts';

/** Options of the verbs that work on a pipeline file. */
export interface FileOptions {
  readonly file?: string;
}

/** The pipeline that a verb is to work on. @throws {Failure} config */
export async function openPipeline(
  { environment }: Invocation,
  { file = pipelineFileName }: FileOptions,
): Promise<Pipeline> {
  return await readPipelineFile(file, environment);
}
