import { frameMessage, type ServerCall } from '@fairlead/grpc';
import { type Mask, noMask } from '@fairlead/host-io';
import { Failure, isFailure, type Json, type Source, type SourceState } from '@fairlead/sdk';
import { readState } from '../function/function-state.ts';
import { decodeRequest, statusOf } from '../grpc/answers.ts';
import { type UpdateRequest, UpdateRequestSchema } from '../protocol/connector_sdk.gen.ts';
import type { CheckpointPace } from './checkpoints.ts';
import type { Discoveries } from './discoveries.ts';
import { type LogOptions, openSource } from './open-source.ts';
import { sameNameWarnings } from './same-names.ts';
import { choose } from './selection.ts';
import { schemaLevel, sourceTables } from './source-table.ts';
import { encodeTask, Update } from './update.ts';

export interface UpdateOptions extends LogOptions {
  /** How often a checkpoint is sent; each second unless given. */
  readonly pace?: CheckpointPace;
  /** Asks updates that are running to end at their last checkpoint. */
  readonly signal?: AbortSignal;
}

interface UpdateServing extends UpdateOptions {
  readonly discoveries: Discoveries;
}

/**
 * Serves the method `Update`. What a user has to do is a task, as the end of the messages; what may
 * go by itself is the status `UNAVAILABLE`.
 */
export async function serveUpdate(
  source: Source,
  call: ServerCall,
  options: UpdateServing,
): Promise<void> {
  const request = decodeRequest(UpdateRequestSchema, await call.request());
  const told: { mask: Mask } = { mask: noMask };
  let update: Update;
  try {
    update = await prepare(source, request, call, options, told);
  } catch (error) {
    if (!isFailure(error) || error.kind === 'transient') throw statusOf(error, told.mask);
    await call.writeAll(frameMessage(encodeTask([error], told.mask)));
    return;
  }
  await update.run();
}

async function prepare(
  source: Source,
  { configuration, selection, stateJson }: UpdateRequest,
  call: ServerCall,
  { pace = { everyMs: 1000 }, signal, discoveries, ...logOptions }: UpdateServing,
  told: { mask: Mask },
): Promise<Update> {
  const opened = openSource(source, configuration, logOptions);
  const { mask, log } = opened;
  told.mask = mask;
  const ending = signal === undefined ? call.signal : AbortSignal.any([call.signal, signal]);
  const connected = opened.connect();
  const state = stateOf(source, stateJson);
  const scope = { signal: ending, log };
  const streams = await discoveries.recent(connected, configuration, scope);
  const tables = sourceTables(source, streams);
  const chosen = choose(tables, selection, schemaLevel(source) !== undefined);
  for (const { table } of chosen.tables) {
    if (table.columns.some(({ isKey }) => isKey)) continue;
    log.warn('rows of a table without a key that are the same become one', { table: table.name });
  }
  return new Update({
    connected,
    tables: chosen.tables,
    warnings: [
      ...chosen.missing.map((name) => `the table ${name} was chosen, and is not there`),
      ...sameNameWarnings(chosen.tables),
    ],
    state,
    pace,
    send: (framed) => call.writeAll(framed),
    signal: ending,
    log,
    mask,
    now: () => performance.now(),
  });
}

/** @throws {Failure} state, for one that this connector has not written. */
function stateOf(source: Source, text: string | undefined): SourceState {
  if (text === undefined || text.trim() === '') return readState(source, {}).source;
  let saved: Json;
  try {
    saved = JSON.parse(text);
  } catch {
    throw new Failure('state', 'the saved state cannot be used: it is not JSON');
  }
  return readState(source, saved).source;
}
