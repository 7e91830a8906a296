import type { Invocation } from '../invocation.ts';
import { openPipeline, type FileOptions } from './open-pipeline.ts';
import { transfer } from './transfer.ts';

/** `fairlead run` */
export async function run(
  invocation: Invocation,
  options: FileOptions & { readonly watch?: boolean },
): Promise<void> {
  const pipeline = await openPipeline(invocation, options);
  await transfer(invocation, pipeline, { watch: options.watch === true });
}
