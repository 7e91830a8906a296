import { setTimeout as delay } from 'node:timers/promises';
import {
  countOf,
  Failure,
  type Binding,
  type Documents,
  type Json,
  type PullRequest,
  type Source,
  type SourceEvent,
  type StreamInfo,
} from '@fairlead/sdk';
import { z } from 'zod';
import type { StateMessage } from '../destination/message.ts';
import { LineSplitter, type Inbound } from '../destination/split-lines.ts';
import { Staging } from '../destination/staging.ts';
import { describeStream, nameStream, streamId } from '../protocol/stream-id.ts';
import { adaptPull } from './adapt-pull.ts';
import { ask, programFailure, silence } from './ask.ts';
import { linesOfStream } from './lines-of-stream.ts';
import { checkProgram, ProgramSettings, programOf } from './program-settings.ts';
import { isIncremental, ProgramStream } from './program-stream.ts';
import { startProgram } from './program.ts';
import { readNote } from './read-note.ts';

/** The text of a state, which only the program can read. */
const State = z.object({ state: z.string() });
type State = z.infer<typeof State>;

/** Any source executable of the Airbyte protocol. Its state is kept as it is, and given back. */
export const airbyteSource: Source<ProgramSettings, ProgramStream, State, State> = {
  name: 'source-airbyte',
  title: 'Airbyte',
  config: ProgramSettings,
  resource: ProgramStream,
  cursor: State,
  shared: State,
  check: ({ config, ...scope }) => checkProgram(programOf(config), scope),
  async discover({ config, ...scope }) {
    const { catalog } = await ask(programOf(config), 'discover', 'CATALOG', scope);
    return parseCatalog(catalog).map(streamInfo);
  },
  pull: adaptPull(read),
};

type Request = PullRequest<ProgramSettings, ProgramStream, State, State>;

/** One run of the program after the other. */
async function* read(request: Request): AsyncGenerator<SourceEvent, void, undefined> {
  let { state } = request;
  for (;;) {
    for await (const event of readOnce({ ...request, state })) {
      if (event.is === 'checkpoint') state = after(state, event.patch);
      yield event;
    }
    for (const binding of request.bindings.keys()) yield { is: 'caught-up', binding };
    if (request.until === 'caught-up' || request.signal.aborted) return;
    await delay(pauseMs, undefined, { signal: request.signal });
  }
}

/** How long a program rests between two reads when reading goes on forever. */
const pauseMs = 60_000;
const batchBytes = 512 * 1024;

function after(
  state: Request['state'],
  patch: { shared?: Json; bindings?: object },
): Request['state'] {
  const shared = State.safeParse(patch.shared);
  const parts = z.record(z.string(), State).parse(patch.bindings ?? {});
  return {
    ...(shared.success ? { shared: shared.data } : state.shared && { shared: state.shared }),
    bindings: { ...state.bindings, ...parts },
  };
}

/** One run of the program, from the state to its end. */
async function* readOnce(request: Request): AsyncGenerator<SourceEvent, void, undefined> {
  const { bindings, config, state, signal, log } = request;
  const program = programOf(config);
  const catalog = JSON.stringify({ streams: bindings.map(configuredStream) });
  const texts = [
    ...(state.shared === undefined ? [] : [state.shared.state]),
    ...bindings.flatMap(({ stateKey }) => state.bindings[stateKey]?.state ?? []),
  ];
  await using running = await startProgram(program, 'read', {
    catalog,
    state: `[${texts.join(',')}]`,
  });
  running.child.stdin?.end();
  const kill = () => void running.child.kill('SIGTERM');
  signal.addEventListener('abort', kill, { once: true });
  const intake = new Intake(bindings);
  let failure: Failure | undefined;
  try {
    const { stdout } = running.child;
    if (stdout === null) throw new Error('a program has no pipe');
    const splitter = new LineSplitter();
    for await (const lines of linesOfStream(stdout)) {
      for (const inbound of splitter.split(lines)) {
        if (inbound.is !== 'records') {
          const note = readNote(inbound.line);
          if (note?.is === 'error') failure ??= programFailure(program, note);
          else if (note?.is === 'log') log[note.level](note.message);
        }
        yield* intake.take(inbound);
      }
    }
  } finally {
    signal.removeEventListener('abort', kill);
  }
  signal.throwIfAborted();
  const code = await running.ended;
  if (code !== 0) {
    throw failure ?? silence(program, `the program ended with ${code}`, running.stderr());
  }
  // What a full refresh says after its last state is read again next time, or is said by no state.
  yield* intake.finish();
}

/** Turns what comes in into events. */
class Intake {
  readonly #bindings: readonly Binding<ProgramStream>[];
  readonly #lanes: readonly Staging[];
  readonly #indices: ReadonlyMap<string, number>;
  #open = false;

  constructor(bindings: readonly Binding<ProgramStream>[]) {
    this.#bindings = bindings;
    this.#lanes = bindings.map(({ stream }) => new Staging(`stream ${stream}`));
    this.#indices = new Map(bindings.map(({ resource }, index) => [idOf(resource), index]));
  }

  *take(inbound: Inbound): Generator<SourceEvent, void, undefined> {
    if (inbound.is === 'records') {
      const index = this.#indices.get(streamId(inbound.stream));
      const lane = index === undefined ? undefined : this.#lanes[index];
      // Programs may send more than they were asked for.
      if (index === undefined || lane === undefined) return;
      lane.add(inbound);
      this.#open = true;
      if (lane.sizeBytes >= batchBytes) yield* this.#hand(index);
    } else if (inbound.is === 'message' && inbound.message.is === 'state') {
      yield* this.#checkpoint(inbound.message, inbound.line);
    }
  }

  *finish(): Generator<SourceEvent, void, undefined> {
    if (!this.#open) return;
    yield* this.#handAll();
    yield { is: 'checkpoint', patch: {} };
    this.#open = false;
  }

  *#checkpoint(
    { stream, state }: StateMessage,
    line: Uint8Array,
  ): Generator<SourceEvent, void, undefined> {
    yield* this.#handAll();
    const text = Buffer.from(line.subarray(state.start, state.end)).toString();
    const index = stream && this.#indices.get(streamId(stream));
    const binding = index === undefined ? undefined : this.#bindings[index];
    if (stream !== undefined && binding === undefined) return;
    const patch =
      binding === undefined
        ? { shared: { state: text } }
        : { bindings: { [binding.stateKey]: { state: text } } };
    yield { is: 'checkpoint', patch };
    this.#open = false;
  }

  *#handAll(): Generator<SourceEvent, void, undefined> {
    for (const index of this.#lanes.keys()) yield* this.#hand(index);
  }

  *#hand(binding: number): Generator<SourceEvent, void, undefined> {
    const documents: Documents | undefined = this.#lanes[binding]?.take().lines;
    if (documents !== undefined && countOf(documents) > 0) {
      yield { is: 'documents', binding, documents };
    }
  }
}

const CatalogStream = z.looseObject({
  name: z.string(),
  namespace: z.string().nullish(),
  json_schema: z.record(z.string(), z.json()),
  source_defined_primary_key: z.array(z.array(z.string())).nullish(),
  default_cursor_field: z.array(z.string()).nullish(),
});
type CatalogStream = z.infer<typeof CatalogStream>;

function parseCatalog(catalog: Json | undefined): readonly CatalogStream[] {
  const parsed = z.looseObject({ streams: z.array(CatalogStream) }).safeParse(catalog);
  if (parsed.success) return parsed.data.streams;
  throw new Failure('config', 'the executable describes its streams in no way that can be read');
}

function streamInfo(stream: CatalogStream): StreamInfo {
  const descriptor = describeStream(stream);
  const cursor = stream.default_cursor_field ?? [];
  return {
    name: nameStream(descriptor),
    key: (stream.source_defined_primary_key ?? []).map(pointerOf),
    schema: stream.json_schema,
    // What was parsed from JSON is JSON.
    resource: { ...descriptor, catalogStream: stream } as Json,
    ...(cursor.length === 0 ? {} : { cursor: pointerOf(cursor) }),
  };
}

function pointerOf(path: readonly string[]): string {
  return path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function configuredStream({ resource }: Binding<ProgramStream>): object {
  const { catalogStream } = resource;
  return {
    stream: catalogStream,
    sync_mode: isIncremental(resource) ? 'incremental' : 'full_refresh',
    destination_sync_mode: 'append',
    cursor_field: catalogStream['default_cursor_field'] ?? [],
    primary_key: catalogStream['source_defined_primary_key'] ?? [],
  };
}

function idOf({ name, namespace }: ProgramStream): string {
  return streamId({ name, namespace });
}
