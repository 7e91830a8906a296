import type { Output } from '@fairlead/host-io';
import type { LogLevel, Source } from '@fairlead/sdk';
import { tempFolder } from '@fairlead/testkit';
import type { AirbyteIo } from '../../airbyte-io.ts';
import { Messages } from '../../protocol/messages.ts';
import { serveSource, type ServeSourceOptions } from '../serve-source.ts';

/** What a command came to. */
export interface Transcript {
  readonly code: number;
  /** Lines of messages, as they were written. */
  readonly lines: readonly string[];
  /** The same, parsed. */
  readonly messages: readonly Message[];
  readonly complaint: string;
}

// Tests look at all kinds of messages, whose form they assert themselves.
// oxlint-disable-next-line typescript/no-explicit-any
export type Message = any;

export interface ServeOptions extends ServeSourceOptions {
  /** The contents of the files: values are written as JSON, texts as they are. */
  readonly config?: unknown;
  readonly catalog?: unknown;
  readonly state?: unknown;
  readonly signal?: AbortSignal;
  readonly level?: LogLevel;
  readonly args?: readonly string[];
  /** Called with every line before it is taken. What it throws is the output's failure. */
  readonly onLine?: (message: Message) => void;
}

/** Does a command with files of the given contents, in this process, with a clock that ticks. */
export async function serve(
  source: Source,
  command: string,
  options: ServeOptions = {},
): Promise<Transcript> {
  await using folder = await tempFolder();
  const args = [command, ...(options.args ?? [])];
  for (const name of ['config', 'catalog', 'state'] as const) {
    const content = options[name];
    if (content === undefined) continue;
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    // Platforms do not promise a name that ends in `.json`.
    args.push(`--${name}`, await folder.write(`${name}.txt`, text));
  }
  const memory = memoryOutput(options.onLine ?? (() => {}));
  let complaint = '';
  let atMs = 1_700_000_000_000;
  const now = () => atMs++;
  const io: AirbyteIo = {
    output: memory.output,
    messages: new Messages(memory.output, { now, level: options.level ?? 'error' }),
    complain: (text) => (complaint += text),
    signal: options.signal ?? new AbortController().signal,
    now,
  };
  const everyState = { pace: { everyMs: 0, everyRecords: 0 } };
  const code = await serveSource(source, args, io, { ...everyState, ...options });
  const { lines } = memory;
  return { code, lines, messages: lines.map((line) => JSON.parse(line)), complaint };
}

function memoryOutput(onLine: (message: Message) => void) {
  const lines: string[] = [];
  let begun = Buffer.alloc(0);
  const output: Output = {
    write(bytes) {
      const all = Buffer.concat([begun, bytes]);
      const end = all.lastIndexOf('\n') + 1;
      begun = all.subarray(end);
      try {
        for (const line of all.toString('utf8', 0, end).split('\n').slice(0, -1)) {
          lines.push(line);
          onLine(JSON.parse(line));
        }
      } catch (error) {
        return Promise.reject(error);
      }
      return undefined;
    },
    flush: async () => {},
    close: async () => {},
  };
  return { output, lines };
}

/** A configured catalog of streams by name, or of streams with other settings. */
export function catalogOf(
  streams: readonly object[],
  settings: Readonly<Record<string, unknown>> = { sync_mode: 'incremental' },
) {
  return {
    streams: streams.map((stream) => ({ stream, destination_sync_mode: 'append', ...settings })),
  };
}

/** The streams that a source offers, as its catalog has them. */
export async function streamsOf(source: Source, config: unknown = {}): Promise<Message[]> {
  const { messages } = await serve(source, 'discover', { config });
  return messages[0].catalog.streams;
}
