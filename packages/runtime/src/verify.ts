import { Failure, type Json, type KeyComparison, type Log, type Table } from '@fairlead/sdk';
import { decodeCheckpoint } from './checkpoint.ts';
import type { Pipeline } from './pipeline.ts';
import { checkpointStore } from './saved-checkpoint.ts';
import { knownShape, selectStreams, tableOf, type SelectedStream } from './select.ts';

/** What of a stream is in its table. */
export interface StreamVerification {
  readonly stream: string;
  readonly table: string;
  readonly write: 'merge' | 'append';
  readonly comparison: KeyComparison;
}

/** Whether a table has each document of its stream once, and nothing else. */
export function isSame({ write, comparison }: StreamVerification): boolean {
  const { rows, keys, missing, surplus } = comparison;
  return missing.count + surplus.count === 0 && (write === 'append' || rows === keys);
}

/**
 * Compares the keys of what the source has now with those in the tables, stream by stream. Changes nothing. What was
 * written to the source after the last run differs.
 *
 * @throws {Failure} config, for a source that does not tell its keys, a destination that compares none, or a stream without key.
 */
export async function* verifyRun(
  pipeline: Pipeline,
  options: { readonly log: Log; readonly signal: AbortSignal },
): AsyncGenerator<StreamVerification, void, undefined> {
  const { source, destination: connected } = pipeline;
  const streams = selectStreams(pipeline, await source.discover(options));
  await using destination = await connected.connect(options);
  const saved = await checkpointStore(pipeline).read(destination);
  const memories = decodeCheckpoint(saved, source.source.name).streams;
  for (const stream of streams) {
    const { info, binding, tableName, write } = stream;
    const table = keyTable(stream, memories[binding.stateKey]?.schema);
    if (destination.compare === undefined) {
      const name = connected.materialization.name;
      throw new Failure('config', `${name} does not tell which documents it has`);
    }
    const keys = source.keys({ ...options, binding });
    const comparison = await destination.compare(table, keys);
    yield { stream: info.name, table: tableName, write, comparison };
  }
}

/** The table of a stream with the columns of its key alone, in the order in which the source tells them. */
function keyTable(stream: SelectedStream, schema: Json | undefined): Table {
  const { info, key } = stream;
  const where = `stream ${info.name}`;
  if (info.key.length === 0) {
    throw new Failure('config', 'nothing identifies its documents: they cannot be compared', {
      where,
    });
  }
  if (key.join() !== info.key.join()) {
    throw new Failure('config', 'a key of your own cannot be compared with that of the source', {
      where,
      hint: 'Leave key out.',
    });
  }
  const table = tableOf(stream, knownShape(info, schema));
  const columns = info.key.map((pointer) => {
    const column = table.columns.find((one) => one.pointer === pointer);
    if (column !== undefined) return column;
    throw new Failure('config', `the key ${pointer} is not among the columns`, {
      where,
      hint: 'Add it to columns.',
    });
  });
  return { ...table, columns };
}
