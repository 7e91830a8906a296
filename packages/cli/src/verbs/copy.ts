import { copyPipeline, defaultDestination, type CopyOptions } from '../copy-pipeline.ts';
import type { Invocation } from '../invocation.ts';
import { transfer } from './transfer.ts';

/** `fairlead copy SOURCE [DESTINATION]` */
export async function copy(
  invocation: Invocation,
  source: string,
  destination: string = defaultDestination,
  options: CopyOptions & { readonly watch?: boolean } = {},
): Promise<void> {
  const pipeline = await copyPipeline({ source, destination }, options, invocation.environment);
  await transfer(invocation, pipeline, { watch: options.watch === true });
}
