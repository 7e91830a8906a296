import { Messages, serveSource, type AirbyteIo } from '@fairlead/host-airbyte';
import { tempFolder } from '@fairlead/testkit';
import { createFauna } from '../source.ts';

/** A record as a platform hands it on. */
export type Row = Readonly<Record<string, unknown>>;

export interface CatalogStream {
  readonly name: string;
  readonly json_schema: { readonly properties: Readonly<Record<string, unknown>> };
  readonly supported_sync_modes: readonly string[];
  readonly source_defined_cursor?: boolean;
  readonly default_cursor_field?: readonly string[];
  readonly source_defined_primary_key?: readonly (readonly string[])[];
  readonly is_resumable?: boolean;
}

interface StreamState {
  readonly type: string;
  readonly stream: {
    readonly stream_descriptor: { readonly name: string };
    readonly stream_state: {
      readonly cursor?: Row;
      readonly __ab_full_refresh_sync_complete?: boolean;
    };
  };
  readonly sourceStats: { readonly recordCount: number };
}

/** A message, as far as these tests look at it. */
export interface Message {
  readonly type: string;
  readonly record?: { readonly stream: string; readonly data: Row };
  readonly state?: StreamState;
  readonly catalog?: { readonly streams: readonly CatalogStream[] };
  readonly connectionStatus?: { readonly status: string; readonly message?: string };
  readonly trace?: {
    readonly type: string;
    readonly error?: { readonly message: string; readonly failure_type: string };
    readonly stream_status?: { readonly status: string };
  };
}

/** What one command said, and its exit code. */
export interface Transcript {
  readonly code: number;
  readonly messages: readonly Message[];
}

let atMs = 1_700_000_000_000;

/** Another millisecond each time, from one sync to the next. */
function now(): number {
  return atMs++;
}

/** Does one command of the Airbyte protocol in this process; it says a state after each checkpoint. */
export async function airbyte(
  command: 'check' | 'discover' | 'read',
  files: Readonly<Partial<Record<'config' | 'catalog' | 'state', unknown>>>,
): Promise<Transcript> {
  await using folder = await tempFolder();
  const args: string[] = [command];
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) continue;
    args.push(`--${name}`, await folder.write(`${name}.json`, JSON.stringify(content)));
  }
  let text = '';
  const output: AirbyteIo['output'] = {
    write(bytes) {
      text += Buffer.from(bytes).toString('latin1');
      return undefined;
    },
    flush: async () => {},
    close: async () => {},
  };
  const code = await serveSource(
    createFauna({ sleep: async () => {} }),
    args,
    {
      output,
      messages: new Messages(output, { now, level: 'error' }),
      complain: (complaint) => (text += complaint),
      signal: new AbortController().signal,
      now,
    },
    { pace: { everyMs: 0, everyRecords: 0 } },
  );
  const lines = Buffer.from(text, 'latin1').toString().split('\n').slice(0, -1);
  return { code, messages: lines.map((line): Message => JSON.parse(line)) };
}

/** A configured catalog in which all streams are read in one mode. */
export function catalogOf(
  streams: readonly CatalogStream[],
  sync_mode: string,
  destination_sync_mode: string,
) {
  return {
    streams: streams.map((stream) => ({
      stream,
      sync_mode,
      destination_sync_mode,
      cursor_field: stream.default_cursor_field ?? [],
      primary_key: stream.source_defined_primary_key ?? [],
    })),
  };
}

/** The records of a stream, in order. */
export function recordsIn({ messages }: Transcript, name: string): Row[] {
  return messages.flatMap(({ record }) => (record?.stream === name ? [record.data] : []));
}

/** Records without what a platform adds to tell their order. */
export function plain(rows: readonly Row[]): Row[] {
  const isOwn = ([name]: readonly [string, unknown]) => !name.startsWith('_ab_');
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(isOwn)));
}

/** The states of a stream, in order. */
export function statesIn({ messages }: Transcript, name: string): StreamState[] {
  return messages.flatMap(({ state }) =>
    state?.stream.stream_descriptor.name === name ? [state] : [],
  );
}

/** The content of the state file of the next sync: of each stream the last state. */
export function keptStates({ messages }: Transcript): unknown[] {
  const states = messages.flatMap(({ state }) => (state === undefined ? [] : [state]));
  return [...new Map(states.map((state) => [state.stream.stream_descriptor.name, state])).values()];
}

/** The errors that were told of. */
export function errorsIn({ messages }: Transcript): string[] {
  return messages.flatMap(({ trace }) => (trace?.error === undefined ? [] : [trace.error.message]));
}
