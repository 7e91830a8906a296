import { join, relative, resolve } from 'node:path';
import {
  airbyteDestination,
  airbyteSource,
  runSync,
  type Program,
  type SyncOutcome,
} from '@fairlead/host-airbyte';
import type { Mask } from '@fairlead/host-io';
import { connect, connectMaterialization, Failure, type Json } from '@fairlead/sdk';
import { configureStreams, type SyncedStream } from '../airbyte/configure-streams.ts';
import { isForeign } from '../airbyte/foreign-end.ts';
import { commandOf, maskFor } from '../airbyte/mask-for.ts';
import { maskLog, maskMaterialization, maskSource } from '../airbyte/mask-connector.ts';
import { readSyncState, writeSyncState } from '../airbyte/sync-state.ts';
import { memberAt } from '../file/member-at.ts';
import {
  openPipelineFile,
  pipelineFileName,
  type PipelineFile,
} from '../file/open-pipeline-file.ts';
import { rulesOf } from '../file/read-pipeline-file.ts';
import { conclude, logOf, type Invocation } from '../invocation.ts';
import { callName } from '../platform/flow-program.ts';
import { renderTable } from '../render-table.ts';
import type { FileOptions } from './open-pipeline.ts';

export interface SyncOptions extends FileOptions {
  readonly state?: string;
}

/**
 * `fairlead airbyte-sync`: both ends of the pipeline as programs of Airbyte, the lines of one going
 * straight into the other. What the destination has confirmed is in a file for the next sync.
 */
export async function airbyteSync(invocation: Invocation, options: SyncOptions): Promise<void> {
  const { environment, interruption } = invocation;
  const file = await openPipelineFile(options.file ?? pipelineFileName, environment);
  const path =
    options.state === undefined
      ? join(file.folder, '.fairlead', `airbyte-${encodeURIComponent(file.name)}.json`)
      : resolve(environment.folder, options.state);
  const shown = relative(environment.folder, path);
  const before = readSyncState(path, shown);
  const source = programOf(invocation, file.source);
  const destination = programOf(invocation, file.destination);
  const mask = await maskOf(file);
  const streams = await prepare(invocation, file, { source, destination, mask });
  const outcome = await runSync({
    source,
    destination,
    catalog: { streams: streams.map(({ configured }) => configured) },
    state: before,
    log: maskLog(logOf(invocation), mask),
    signal: interruption.now,
    onState: (state) => writeSyncState(path, state),
  });
  interruption.now.throwIfAborted();
  const text =
    invocation.options.json === true ? jsonOf(streams, outcome, shown) : tableOf(streams, shown);
  await conclude(invocation.output, text, failureOf(outcome, mask));
}

interface Programs {
  readonly source: Program;
  readonly destination: Program;
  readonly mask: Mask;
}

/** Lets both ends check their settings, and chooses among the streams that the source offers. */
async function prepare(
  invocation: Invocation,
  { settings }: PipelineFile,
  { source, destination, mask }: Programs,
): Promise<readonly SyncedStream[]> {
  const scope = { log: logOf(invocation), signal: invocation.interruption.now };
  const from = connect(
    maskSource(airbyteSource, async () => mask),
    source,
  );
  const to = connectMaterialization(
    maskMaterialization(airbyteDestination, async () => mask),
    destination,
  );
  await from.check(scope);
  await to.check(scope);
  const offered = await from.discover(scope);
  // Generations only have to grow.
  const streams = configureStreams(offered, rulesOf(settings), Math.floor(Date.now() / 1000));
  if (streams.length > 0) return streams;
  throw new Failure('config', 'no stream of the source is chosen', {
    hint: 'See what there is: fairlead discover.',
  });
}

/** An end of the pipeline as an executable: one that is named there, or this command. */
function programOf(
  { self }: Invocation,
  { installed, settings }: PipelineFile['source' | 'destination'],
): Program {
  // What was read from YAML is JSON.
  const config = (isForeign(installed) ? (memberAt(settings, ['config']) ?? {}) : settings) as Json;
  const own = [...self, 'airbyte', callName(installed)];
  return { command: isForeign(installed) ? commandOf(settings) : own, config };
}

/** A mask for the secrets of both ends. Connectors of ours hide their own. */
async function maskOf({ source, destination }: PipelineFile): Promise<Mask> {
  const ends = [source, destination].filter(({ installed }) => isForeign(installed));
  const masks = await Promise.all(ends.map(({ settings }) => maskFor(settings)));
  return (text) => masks.reduce((now, mask) => mask(now), text);
}

function failureOf({ succeeded, errors, exits }: SyncOutcome, mask: Mask): Failure | undefined {
  if (succeeded) return undefined;
  // A source that was killed had nobody left to write to.
  const isSource = exits.source !== 0 && (exits.source !== 'SIGKILL' || exits.destination === 0);
  const end = isSource ? 'source' : 'destination';
  const [message = `the ${end} ended with ${exits[end]}`] = errors;
  return new Failure('transient', mask(message), {
    where: end,
    hint: 'The next sync goes on from what the destination has confirmed.',
  });
}

function tableOf(streams: readonly SyncedStream[], state: string): string {
  const columns = [{ title: 'stream' }, { title: 'read' }, { title: 'written' }];
  const rows = streams.map(({ stream, read, write }) => [stream, read, write]);
  return `${renderTable(columns, rows)}\nthe state is in ${state}\n`;
}

function jsonOf(
  streams: readonly SyncedStream[],
  { succeeded, exits }: SyncOutcome,
  state: string,
): string {
  const shown = streams.map(({ stream, read, write }) => ({ stream, read, write }));
  return `${JSON.stringify({ streams: shown, succeeded, exits, state })}\n`;
}
