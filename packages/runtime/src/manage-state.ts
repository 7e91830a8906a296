import { wholeRange, type Log } from '@fairlead/sdk';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  resetCheckpoint,
  rewindCheckpoint,
  type RunCheckpoint,
} from './checkpoint.ts';
import { lockPipeline } from './lock.ts';
import type { Pipeline } from './pipeline.ts';
import { checkpointStore } from './saved-checkpoint.ts';

interface ManageOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The pipeline's last checkpoint; null when it never ran. */
export async function showState(
  pipeline: Pipeline,
  options: ManageOptions,
): Promise<RunCheckpoint | null> {
  await using destination = await pipeline.destination.connect(options);
  const text = await checkpointStore(pipeline).read(destination);
  return text === null ? null : decodeCheckpoint(text, pipeline.source.source.name);
}

/** Forgets what was read of some streams, or of all, so that the next run reads them anew. */
export async function resetState(
  pipeline: Pipeline,
  options: ManageOptions & { readonly streams?: readonly string[] },
): Promise<RunCheckpoint> {
  return await change(pipeline, options, (before) => resetCheckpoint(before, options.streams));
}

/** Takes back a commit and all later ones, so that the next run reads again what they brought. */
export async function rewindState(
  pipeline: Pipeline,
  options: ManageOptions & { readonly commit: number },
): Promise<RunCheckpoint> {
  return await change(pipeline, options, (before) => rewindCheckpoint(before, options.commit));
}

async function change(
  pipeline: Pipeline,
  options: ManageOptions,
  edit: (before: RunCheckpoint) => RunCheckpoint,
): Promise<RunCheckpoint> {
  using _lock = lockPipeline(pipeline.stateFolder, pipeline.name, pipeline.identity);
  await using destination = await pipeline.destination.connect(options);
  const store = checkpointStore(pipeline);
  const text = await store.read(destination);
  const next = edit(decodeCheckpoint(text, pipeline.source.source.name));
  await using writer = await destination.open({
    task: pipeline.name,
    range: wholeRange,
    tables: [],
    state: store.staged,
  });
  await store.recover(writer);
  await store.commit(writer, encodeCheckpoint(next));
  return next;
}
