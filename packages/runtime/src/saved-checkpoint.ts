import { wholeRange, type Destination, type Json, type Writer } from '@fairlead/sdk';
import type { Pipeline } from './pipeline.ts';
import { stateFile } from './state-file.ts';

/** Where a pipeline's checkpoint is kept: by the destination, or by a file of the host. */
export interface CheckpointStore {
  /** The last checkpoint; null when there is none. */
  read(destination: Destination): Promise<string | null>;
  /** What a `staged` destination must be given again on opening. */
  readonly staged: Json;
  /** Makes the transaction and the checkpoint durable, in the order that the destination's pattern asks for. */
  commit(writer: Writer, checkpoint: string): Promise<void>;
  /** Finishes a `staged` commit that a crash may have cut off. */
  recover(writer: Writer): Promise<void>;
}

export function checkpointStore(pipeline: Pipeline): CheckpointStore {
  const { commits } = pipeline.destination.materialization;
  if (commits === 'in-destination') return inDestination(pipeline.name);
  const file = stateFile(pipeline.stateFolder, pipeline.name, pipeline.identity);
  const save = (checkpoint: string, commit: Json) =>
    file.write({ pipeline: pipeline.name, checkpoint, commit });
  return {
    read: () => Promise.resolve(file.read()?.checkpoint ?? null),
    get staged() {
      return file.read()?.commit ?? null;
    },
    async commit(writer, checkpoint) {
      const staged = await writer.commit(checkpoint);
      await save(checkpoint, staged);
      if (commits === 'staged') await writer.acknowledge?.(staged);
    },
    async recover(writer) {
      const saved = file.read();
      if (commits === 'staged' && saved !== undefined) await writer.acknowledge?.(saved.commit);
    },
  };
}

function inDestination(task: string): CheckpointStore {
  return {
    read: (destination) => destination.saved({ task, range: wholeRange }),
    staged: null,
    async commit(writer, checkpoint) {
      await writer.commit(checkpoint);
    },
    recover: () => Promise.resolve(),
  };
}
