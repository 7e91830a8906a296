import { expectThat, type Check } from '../check.ts';
import type { DocumentsByStream } from '../source-run.ts';
import { canonicalValue } from '../same-value.ts';
import { isObject, type JsonObject } from './json-schema.ts';
import { dataOf, idOfRecord, idOfStream, type CatalogStream, type MessageOf } from './message.ts';
import { runProgram, type Run } from './program.ts';
import {
  programOf,
  volatileMembers,
  type AirbyteSourceFixture,
  type AirbyteSourceSuite,
} from './source-suite.ts';
import { describeEnd, messagesOf, type Transcript } from './transcript.ts';

/** A source whose fixture is in place. */
export interface SourceRun<Fixture extends AirbyteSourceFixture = AirbyteSourceFixture> {
  readonly fixture: Fixture;
  /** The streams that the suite reads. */
  readonly streams: readonly CatalogStream[];
  /** Does a command with the settings of the fixture. */
  readonly run: (verb: string, files?: Run['files'], more?: Partial<Run>) => Promise<Transcript>;
  /** Reads, and fails when that does not end well. */
  readonly read: (options?: ReadOptions) => Promise<Transcript>;
  /** The records of a transcript by stream, without what differs from reading to reading. */
  readonly records: (messages: Pick<Transcript, 'messages'>) => DocumentsByStream;
}

export interface ReadOptions {
  readonly mode?: 'full_refresh' | 'incremental';
  readonly streams?: readonly CatalogStream[];
  /** The content of the state file; no file when absent. */
  readonly state?: unknown;
}

/** Runs `body` with a fixture in place that is gone afterwards. */
export async function withSource<Fixture extends AirbyteSourceFixture>(
  suite: AirbyteSourceSuite,
  prepare: () => Promise<Fixture>,
  body: (run: SourceRun<Fixture>) => Promise<void>,
): Promise<void> {
  const program = programOf(suite);
  const fixture = await prepare();
  const settings = { config: fixture.settings };
  const run: SourceRun['run'] = (verb, files = {}, more = {}) =>
    runProgram(program, { words: [verb], files: { ...settings, ...files }, ...more });
  try {
    const discovered = await run('discover');
    const [catalog] = messagesOf(discovered, 'CATALOG');
    expectThat(catalog !== undefined, `discover gives no catalog: ${describeEnd(discovered)}`);
    const streams = catalog.catalog.streams.filter(
      (stream) => fixture.streams?.includes(stream.name) ?? true,
    );
    await body({
      fixture,
      streams,
      run,
      async read(options = {}) {
        const { mode = 'incremental', state } = options;
        const catalogFile = configuredCatalog(options.streams ?? streams, mode);
        const transcript = await run('read', { catalog: catalogFile, state });
        expectThat(transcript.end === 0, `reading ${describeEnd(transcript)}`);
        return transcript;
      },
      records: (transcript) => recordsByStream(suite, streams, transcript),
    });
  } finally {
    await fixture[Symbol.asyncDispose]?.();
  }
}

/** The streams of which only what is new can be read. */
export function incremental(streams: readonly CatalogStream[]): readonly CatalogStream[] {
  return streams.filter((stream) => stream.supported_sync_modes.includes('incremental'));
}

/** A catalog in which each stream was chosen. */
export function configuredCatalog(streams: readonly CatalogStream[], mode: string): JsonObject {
  return {
    streams: streams.map((stream) => ({
      stream,
      sync_mode: mode,
      destination_sync_mode: 'append',
      cursor_field: stream.default_cursor_field ?? [],
      primary_key: stream.source_defined_primary_key ?? [],
      generation_id: 1,
      minimum_generation_id: 0,
      sync_id: 1,
    })),
  };
}

/** What a platform keeps of some states: the last of each stream, or the last one that is of all. */
export function keptStates(messages: readonly MessageOf<'STATE'>[]): readonly JsonObject[] {
  const kept = new Map<string, JsonObject>();
  for (const { state } of messages) {
    if (!state.stream) kept.clear();
    kept.set(state.stream ? `stream ${idOfStream(state.stream.stream_descriptor)}` : '', state);
  }
  return [...kept.values()];
}

function recordsByStream(
  { volatile = [] }: AirbyteSourceSuite,
  streams: readonly CatalogStream[],
  transcript: Pick<Transcript, 'messages'>,
): DocumentsByStream {
  const left = new Set([...volatileMembers, ...volatile]);
  const found = new Map<string, string[]>(streams.map((stream) => [idOfStream(stream), []]));
  for (const message of messagesOf(transcript, 'RECORD')) {
    const data = dataOf(message);
    const kept = Object.entries(data).flatMap(([name, value]) => {
      if (left.has(name)) return [];
      // When it was deleted is when that was seen.
      return [[name, name === deletedAt ? isSet(value) : value] as const];
    });
    const id = idOfRecord(message);
    const lines = found.get(id) ?? [];
    lines.push(canonicalValue(Object.fromEntries(kept)));
    found.set(id, lines);
  }
  return Object.fromEntries(found);
}

const deletedAt = '_ab_cdc_deleted_at';

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/** A value with nulls for all that may be absent, as hosts that are written in Python have it. */
export function filledWithNulls(catalog: JsonObject): JsonObject {
  const streams: readonly unknown[] = Array.isArray(catalog['streams']) ? catalog['streams'] : [];
  return {
    streams: streams.map((configured) => {
      const stream =
        isObject(configured) && isObject(configured['stream']) ? configured['stream'] : {};
      return {
        cursor_field: null,
        primary_key: null,
        destination_object_name: null,
        include_files: null,
        ...Object(configured),
        generation_id: null,
        minimum_generation_id: null,
        sync_id: null,
        stream: {
          namespace: null,
          source_defined_cursor: null,
          default_cursor_field: null,
          source_defined_primary_key: null,
          is_resumable: null,
          is_file_based: null,
          ...stream,
        },
      };
    }),
  };
}

/** A check of a source whose fixture is the suite's usual one. */
export function sourceCheck(
  suite: AirbyteSourceSuite,
  name: string,
  body: (run: SourceRun) => Promise<void>,
): Check {
  return { name, run: () => withSource(suite, () => suite.prepare(), body) };
}
