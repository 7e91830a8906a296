import { Splicer } from '@fairlead/host-io';
import {
  type Binding,
  connect,
  type ConnectedSource,
  Failure,
  isFailure,
  type Json,
  type Source,
  wholeRange,
} from '@fairlead/sdk';
import type { AirbyteIo } from '../airbyte-io.ts';
import { parseConfiguredCatalog } from '../protocol/configured-catalog.ts';
import { parseState } from '../protocol/state-input.ts';
import { nameStream } from '../protocol/stream-id.ts';
import { chooseStreams, type ChosenStream } from './configured-stream.ts';
import { Reading, type StreamFailure } from './reading.ts';
import { recordsOf } from './records.ts';
import { restoreState } from './saved-state.ts';
import { GlobalStates, StreamStates } from './states.ts';
import { StreamTurn } from './stream-turn.ts';
import { type StatePace, usualPace } from './state-clock.ts';

/** The contents of the files that `read` is given. */
export interface ReadInput {
  readonly config: Json | undefined;
  readonly catalog: Json | undefined;
  readonly state: Json | undefined;
}

/**
 * Reads the streams of a catalog until they have caught up, and writes RECORD, STATE and TRACE.
 * Answers whether every stream was read to its end. A stream that fails does not stop the others.
 * @throws {Failure} for a config, catalog or state that is wrong, before anything is read.
 */
export async function read(
  source: Source,
  input: ReadInput,
  io: AirbyteIo,
  pace: StatePace = usualPace,
): Promise<boolean> {
  const { output, messages, signal, now = Date.now } = io;
  const connected = connect(source, input.config);
  const catalog = parseConfiguredCatalog(input.catalog);
  const streams = await chooseStreams(connected, catalog, { signal, log: messages.log });
  const restored = restoreState(source, streams, parseState(input.state));
  const { state, complete } = restored;
  const known = streams.filter(({ terms }) => terms !== undefined);
  const together = source.shared !== undefined;
  const options = { source: source.name, streams: known, state, complete, messages, pace, now };
  const states = together ? new GlobalStates(options) : new StreamStates(options);

  const failures: StreamFailure[] = streams
    .filter(({ terms }) => terms === undefined)
    .map(({ stream }) => ({ stream, failure: missingStream() }));
  for (const { stream, failure } of failures) {
    await new StreamTurn(messages, stream).breakOff();
    await messages.error(failure, stream);
  }
  for (const { stream, stateKey } of known.filter((chosen) => complete.has(chosen.stateKey))) {
    const turn = new StreamTurn(messages, stream);
    await turn.run();
    await states.end(stateKey);
    await turn.complete();
  }
  const open = known.filter(({ stateKey }) => !complete.has(stateKey));
  const splicer = new Splicer(output);
  const lanes = open.map((chosen) => ({
    chosen,
    records: recordsOf({
      stream: chosen.stream,
      changes: chosen.terms?.changes ?? false,
      output,
      splicer,
      now,
    }),
  }));
  const reading = new Reading({ lanes, states, together, messages });
  const ended = await pullInto(reading, connected, { open, state }, io);
  if (!ended) return false;
  failures.push(...reading.failures);
  const [first] = failures;
  if (first === undefined) return true;
  await messages.error(summaryOf(first, failures, streams.length));
  return false;
}

function missingStream(): Failure {
  return new Failure('config', 'the source has no such stream', {
    hint: 'Refresh the schema of the source, or leave the stream out.',
  });
}

/** The end of a read in which streams have failed, which each said so. */
function summaryOf(first: StreamFailure, failures: readonly StreamFailure[], of: number): Failure {
  const names = failures.map(({ stream }) => nameStream(stream)).join(', ');
  const message = `${failures.length} of ${of} streams could not be read: ${names}`;
  return new Failure(first.failure.kind, message);
}

/** Pulls until all has been read. Answers false when the source failed or the process is to end. */
async function pullInto(
  reading: Reading,
  source: ConnectedSource,
  from: {
    readonly open: readonly ChosenStream[];
    readonly state: Parameters<ConnectedSource['pull']>[0]['state'];
  },
  { messages, signal }: AirbyteIo,
): Promise<boolean> {
  try {
    if (from.open.length > 0) {
      const events = source.pull({
        bindings: from.open.map(bindingOf),
        state: from.state,
        until: 'caught-up',
        range: wholeRange,
        signal,
        log: messages.log,
      });
      for await (const event of events) await reading.take(event);
    }
    signal.throwIfAborted();
    await reading.end();
    return true;
  } catch (error) {
    if (signal.aborted) await reading.interrupt();
    else await reading.fail(forPlatform(error));
    return false;
  }
}

function bindingOf({ stream, stateKey, terms, fullRefresh }: ChosenStream): Binding<Json> {
  const resource = terms?.resource ?? null;
  return { stream: nameStream(stream), stateKey, resource, isSnapshot: fullRefresh };
}

/** The error with a remedy that users of a platform have. */
function forPlatform(error: unknown): unknown {
  if (!isFailure(error) || error.kind !== 'state') return error;
  return new Failure('state', error.message, {
    ...(error.where === undefined ? {} : { where: error.where }),
    hint: 'Refresh or clear the stream, so that it is read anew.',
    cause: error.cause,
  });
}
