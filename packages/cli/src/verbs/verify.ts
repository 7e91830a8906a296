import { isSame, verifyRun, type Pipeline, type StreamVerification } from '@fairlead/runtime';
import { Failure } from '@fairlead/sdk';
import { copyPipeline, defaultDestination, type CopyOptions } from '../copy-pipeline.ts';
import { conclude, logOf, type Invocation } from '../invocation.ts';
import { renderVerification } from '../render-verification.ts';
import { openPipeline, type FileOptions } from './open-pipeline.ts';

export type VerifyOptions = FileOptions & Pick<CopyOptions, 'stream' | 'table' | 'set'>;

interface Addresses {
  readonly source: string | undefined;
  readonly destination: string | undefined;
}

/**
 * `fairlead verify [SOURCE [DESTINATION]]`: whether each table has what its stream has now. Without addresses, those of the
 * pipeline file.
 * @throws {Failure} data, when a table has something else.
 */
export async function verify(
  invocation: Invocation,
  addresses: Addresses,
  options: VerifyOptions,
): Promise<void> {
  const pipeline = await pipelineOf(invocation, addresses, options);
  const scope = { log: logOf(invocation), signal: invocation.interruption.now };
  const streams: StreamVerification[] = [];
  for await (const stream of verifyRun(pipeline, scope)) streams.push(stream);
  const different = streams.filter((stream) => !isSame(stream));
  const text =
    invocation.options.json === true ? jsonOf(pipeline, streams) : renderVerification(streams);
  const failure =
    different.length === 0
      ? undefined
      : new Failure(
          'data',
          `${different.length} of ${streams.length} streams ${different.length === 1 ? 'differs' : 'differ'} from the source`,
          {
            hint: 'Run the pipeline, and verify once more while nothing is written to the source.',
          },
        );
  await conclude(invocation.output, text, failure);
}

async function pipelineOf(
  invocation: Invocation,
  { source, destination = defaultDestination }: Addresses,
  options: VerifyOptions,
): Promise<Pipeline> {
  if (source === undefined) return await openPipeline(invocation, options);
  if (options.file !== undefined) {
    throw new Failure('config', 'give addresses or --file, not both', { where: '--file' });
  }
  return await copyPipeline({ source, destination }, options, invocation.environment);
}

function jsonOf(pipeline: Pipeline, streams: readonly StreamVerification[]): string {
  const results = streams.map((stream) => {
    const { stream: name, table, write, comparison } = stream;
    return { stream: name, table, write, same: isSame(stream), ...comparison };
  });
  return `${JSON.stringify({ pipeline: pipeline.name, streams: results })}\n`;
}
