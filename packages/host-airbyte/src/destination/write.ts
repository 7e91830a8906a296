import { createHash } from 'node:crypto';
import {
  connectMaterialization,
  eventsWithin,
  wholeRange,
  type Json,
  type Materialization,
} from '@fairlead/sdk';
import type { AirbyteIo } from '../airbyte-io.ts';
import { parseConfiguredCatalog } from '../protocol/configured-catalog.ts';
import { Intake } from './intake.ts';
import { RowKernel } from './row-kernel.ts';
import { LineSplitter } from './split-lines.ts';
import { SyncSession } from './sync-session.ts';
import { syncStream, type SyncStream } from './sync-stream.ts';
import { syncTables } from './sync-tables.ts';
import { decodeMemories } from './table-memory.ts';
import { Transaction, type CommitPace } from './transaction.ts';

export interface WriteRequest {
  readonly config: Json | undefined;
  readonly catalog: Json | undefined;
  /** Pieces that may end anywhere. None is looked at once the next was asked for. */
  readonly input: AsyncIterable<Uint8Array>;
  readonly pace?: CommitPace;
}

/**
 * Writes a sync: records to their tables, each state back once everything before it is durable.
 * Stopped by the signal, it makes durable what has come, and completes nothing.
 * @throws {Failure} of any kind; what was echoed until then is durable.
 */
export async function write(
  materialization: Materialization,
  { config, catalog, input, pace = defaultPace }: WriteRequest,
  { output, messages, signal, now = Date.now }: AirbyteIo,
): Promise<void> {
  const { log } = messages;
  const connected = connectMaterialization(materialization, config);
  const streams = parseConfiguredCatalog(catalog).streams.map(syncStream);
  // A signal ends the sync between two commits, not a statement in the middle.
  const never = new AbortController().signal;
  await using destination = await connected.connect({ log, signal: never });
  const request = { task: taskOf(streams), range: wholeRange };
  const memories = decodeMemories(await destination.saved(request));
  const { tables, places, abandoned } = syncTables(connected, streams, memories);
  await using writer = await destination.open({ ...request, tables });
  if (streams.length > 0) await writer.alter(tables);
  const { commits } = materialization;
  const transaction = new Transaction(writer, { commits, output, pace, now, memories });
  const kernel = new RowKernel(now);
  const parts = { log, kernel, now };
  const session = new SyncSession(transaction, streams, { places, abandoned }, parts);
  await session.begin();
  const intake = new Intake({ kernel, splitter: new LineSplitter(), receiver: session });
  const look = Math.min(pace.everyMs, mostIdleMs);
  try {
    for await (const piece of eventsWithin(input, look)) {
      if (signal.aborted) break;
      if (piece !== undefined) await intake.take(piece);
      await session.commitIfDue();
    }
  } catch (error) {
    // The signal may also end the input.
    if (!signal.aborted || error !== signal.reason) throw error;
  }
  if (signal.aborted) return await session.commit();
  await intake.end();
  await session.finish();
}

/** A merge is cheaper for many rows at once; states that are echoed late are read twice after a crash. */
const defaultPace: CommitPace = { bytes: 128 * 1024 * 1024, everyMs: 15_000 };
/** How long nothing may come before the clock is looked at. */
const mostIdleMs = 1_000;

/**
 * Names the task in the destination. The protocol does not say which connection a sync is of, so it is
 * named by its streams.
 */
function taskOf(streams: readonly SyncStream[]): string {
  const ids = streams.map(({ id }) => id).sort();
  const hash = createHash('sha256').update(JSON.stringify(ids)).digest('hex');
  return `airbyte/${hash.slice(0, 16)}`;
}
