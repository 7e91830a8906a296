import type { Output } from '@fairlead/host-io';
import { createLog, type Json, type Log, type LogFields, type LogLevel } from '@fairlead/sdk';
import { type Mask, noMask } from '@fairlead/host-io';
import type { StreamDescriptor } from './stream-id.ts';
import { traceError } from './trace-error.ts';

/** How far a stream has come. The last two end it. */
export type StreamStatus = 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';

/** How many records a STATE stands for. */
export interface Counts {
  readonly recordCount: number;
}

export interface MessagesOptions {
  /** Milliseconds since the epoch; the clock of the system unless given. */
  readonly now?: () => number;
  /** The lowest level that is written; `info` unless given. */
  readonly level?: LogLevel;
}

/**
 * Writes messages, each on a line, with secrets masked in all that people read. A promise means
 * what it means of {@link Output.write}.
 */
export class Messages {
  /** Writes LOG messages. */
  readonly log: Log;
  readonly #output: Output;
  readonly #now: () => number;
  #level: LogLevel;
  #mask: Mask = noMask;

  constructor(output: Output, { now = Date.now, level = 'info' }: MessagesOptions = {}) {
    this.#output = output;
    this.#now = now;
    this.#level = level;
    this.log = createLog((at, message, fields) => {
      if (levels.indexOf(at) < levels.indexOf(this.#level)) return;
      const text = this.#mask(`${message}${tellFields(fields)}`);
      this.#sendLater({ type: 'LOG', log: { level: at.toUpperCase(), message: text } });
    });
  }

  /** Masks these secrets from here on. */
  hide(mask: Mask): void {
    this.#mask = mask;
  }

  /** Writes lines of every level from here on. */
  tellAll(): void {
    this.#level = 'debug';
  }

  spec(specification: Readonly<Record<string, unknown>>): Promise<void> | undefined {
    return this.#send({ type: 'SPEC', spec: specification });
  }

  /** The settings work. */
  succeeded(): Promise<void> | undefined {
    return this.#send({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } });
  }

  /** The settings do not work, for the reason that `error` has. */
  failed(error: unknown): Promise<void> | undefined {
    const message = traceError(error, this.#mask).message;
    const connectionStatus = { status: 'FAILED', message };
    return this.#send({ type: 'CONNECTION_STATUS', connectionStatus });
  }

  catalog(streams: readonly object[]): Promise<void> | undefined {
    return this.#send({ type: 'CATALOG', catalog: { streams } });
  }

  streamState(
    stream: StreamDescriptor,
    state: Json,
    sourceStats: Counts,
  ): Promise<void> | undefined {
    const part = { stream_descriptor: stream, stream_state: state };
    return this.#send({ type: 'STATE', state: { type: 'STREAM', stream: part, sourceStats } });
  }

  globalState(
    shared: Json,
    streams: readonly { readonly stream: StreamDescriptor; readonly state: Json }[],
    sourceStats: Counts,
  ): Promise<void> | undefined {
    const stream_states = streams.map(({ stream, state }) => ({
      stream_descriptor: stream,
      stream_state: state,
    }));
    const global = { shared_state: shared, stream_states };
    return this.#send({ type: 'STATE', state: { type: 'GLOBAL', global, sourceStats } });
  }

  streamStatus(stream: StreamDescriptor, status: StreamStatus): Promise<void> | undefined {
    const stream_status = { stream_descriptor: stream, status };
    return this.#trace({ type: 'STREAM_STATUS', emitted_at: this.#now(), stream_status });
  }

  /** How much there is of a stream in this sync. */
  estimate(
    { name, namespace }: StreamDescriptor,
    size: { readonly row_estimate: number } | { readonly byte_estimate: number },
  ): Promise<void> | undefined {
    const estimate = { name, ...(namespace === undefined ? {} : { namespace }), type: 'STREAM' };
    const trace = { type: 'ESTIMATE', emitted_at: this.#now(), estimate: { ...estimate, ...size } };
    return this.#trace(trace);
  }

  /** Says what went wrong, in a stream when one is given. */
  error(error: unknown, stream?: StreamDescriptor): Promise<void> | undefined {
    const { message, internal_message, stack_trace, failure_type } = traceError(error, this.#mask);
    return this.#trace({
      type: 'ERROR',
      emitted_at: this.#now(),
      error: {
        message,
        internal_message,
        ...(stack_trace === undefined ? {} : { stack_trace }),
        failure_type,
        ...(stream === undefined ? {} : { stream_descriptor: stream }),
      },
    });
  }

  #trace(trace: object): Promise<void> | undefined {
    return this.#send({ type: 'TRACE', trace });
  }

  #send(message: object): Promise<void> | undefined {
    return this.#output.write(Buffer.from(`${JSON.stringify(message)}\n`));
  }

  /** Sends what nobody waits for. An output that fails says so to whoever waits next. */
  #sendLater(message: object): void {
    this.#send(message)?.catch(() => {});
  }
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** The fields of a log line as ` name=value`. */
function tellFields(fields: LogFields): string {
  return Object.entries(fields)
    .map(([name, value]) => ` ${name}=${tell(value)}`)
    .join('');
}

function tell(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message);
  if (typeof value === 'string' && /^[^\s"=\\]+$/.test(value)) return value;
  const plain = (_name: string, inner: unknown) =>
    typeof inner === 'bigint' ? inner.toString() : inner;
  return JSON.stringify(value, plain) ?? String(value);
}
