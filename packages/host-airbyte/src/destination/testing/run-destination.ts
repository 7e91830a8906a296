import type { Output } from '@fairlead/host-io';
import type { Lines } from '@fairlead/json';
import type { Materialization } from '@fairlead/sdk';
import { tempFolder } from '@fairlead/testkit';
import { Messages } from '../../protocol/messages.ts';
import { serveDestination, type ServeDestinationOptions } from '../serve-destination.ts';

/** What a command wrote, and what it ended with. */
export interface Outcome {
  readonly code: number;
  readonly lines: readonly string[];
  readonly complaint: string;
}

/** A catalog's stream, short. */
export function configured(
  name: string,
  properties: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): object {
  const json_schema = { type: 'object', properties };
  return {
    stream: { name, json_schema, supported_sync_modes: ['full_refresh', 'incremental'] },
    sync_mode: 'incremental',
    destination_sync_mode: 'append',
    ...more,
  };
}

export interface WriteOptions extends Omit<ServeDestinationOptions, 'input'> {
  readonly config?: object;
  readonly signal?: AbortSignal;
  /** How the lines are cut into pieces: at once unless given. */
  readonly pieces?: readonly (readonly (object | string)[])[];
}

/** Runs `write` in this process with messages as input. */
export async function runWrite(
  materialization: Materialization,
  streams: readonly object[],
  input: readonly (object | string)[],
  options: WriteOptions = {},
): Promise<Outcome> {
  const { config = {}, pieces = [input], ...rest } = options;
  await using folder = await tempFolder();
  const configFile = await folder.write('config.json', JSON.stringify(config));
  const catalogFile = await folder.write('catalog.txt', JSON.stringify({ streams }));
  const args = ['write', '--config', configFile, '--catalog', catalogFile];
  return await runCommand(materialization, args, { ...rest, input: linesIn(pieces) });
}

/** Runs a command in this process. */
export async function runCommand(
  materialization: Materialization,
  args: readonly string[],
  options: ServeDestinationOptions & { readonly signal?: AbortSignal } = {},
): Promise<Outcome> {
  let text = '';
  let complaint = '';
  const output: Output = {
    write: (bytes) => void (text += Buffer.from(bytes).toString()),
    flush: async () => {},
    close: async () => {},
  };
  const now = () => 1_700_000_000_000;
  const code = await serveDestination(
    materialization,
    args,
    {
      output,
      messages: new Messages(output, { now }),
      complain: (more) => void (complaint += more),
      signal: options.signal ?? new AbortController().signal,
      now,
    },
    options,
  );
  return { code, lines: text.split('\n').slice(0, -1), complaint };
}

/** Messages as the lines of an input. A text is taken as it is. */
async function* linesIn(
  pieces: readonly (readonly (object | string)[])[],
): AsyncGenerator<Lines, void, undefined> {
  for (const piece of pieces) yield linesOf(piece);
}

export function linesOf(messages: readonly (object | string)[]): Lines {
  const texts = messages.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  let end = 0;
  const ends = Uint32Array.from(texts, (text) => (end += Buffer.byteLength(text) + 1));
  return { bytes: Buffer.from(texts.map((text) => `${text}\n`).join('')), ends };
}

export function record(stream: string, data: object, more: object = {}): object {
  return { type: 'RECORD', record: { stream, data, emitted_at: 1_700_000_000_102, ...more } };
}

export function state(name: string, value: object): object {
  const stream = { stream_descriptor: { name }, stream_state: value };
  return { type: 'STATE', state: { type: 'STREAM', stream } };
}

export function status(name: string, value: string): object {
  const stream_status = { stream_descriptor: { name }, status: value };
  return { type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: 1, stream_status } };
}
