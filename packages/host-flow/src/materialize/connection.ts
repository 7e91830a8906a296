import { spawn } from 'node:child_process';
import { addAbortListener, once } from 'node:events';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { createLog, Failure, type Materialization } from '@fairlead/sdk';
import type { CodecName } from '../protocol/codec.ts';
import {
  materializeRequests,
  materializeResponses,
  type MaterializeRequestDraft,
  type MaterializeResponse,
} from '../protocol/materialize-messages.ts';
import { messageReader } from '../protocol/message-reader.ts';
import { messageWriter } from '../protocol/message-writer.ts';
import { serveMaterialize } from './serve.ts';

/** A materialization that runs, as the runtime has it before it. */
export interface Connection extends AsyncDisposable {
  /** Resolves when more can be sent. What cannot be sent any more is dropped: `next` says why. */
  send(request: MaterializeRequestDraft): Promise<void>;
  /**
   * The next response.
   * @throws {Failure} transient, when the materialization has ended; data, for what is no response.
   */
  next(): Promise<MaterializeResponse>;
  /** Says that no more requests come, and waits for the end. */
  end(): Promise<Ending>;
  /** Ends it at once, wherever it is. */
  kill(): void;
}

interface Ending {
  /** Null when it was killed. */
  readonly exitCode: number | null;
  /** The last of what it had to say beside the protocol. */
  readonly message: string;
}

/** A command that speaks Flow's protocol on its standard streams. */
export interface ConnectorCommand {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a materialization as a process. */
export function spawnConnector(
  { command, args = [], env }: ConnectorCommand,
  codec: CodecName,
): Connection {
  const child = spawn(command, args, {
    env: { ...process.env, ...env, FLOW_RUNTIME_CODEC: codec, LOG_FORMAT: 'json' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-16_384);
  });
  const ending = once(child, 'close').then(([exitCode]): Ending => ({
    exitCode: typeof exitCode === 'number' ? exitCode : null,
    message: lastMessage(said),
  }));
  return new StreamConnection(child.stdin, child.stdout, codec, ending, () => {
    child.kill('SIGKILL');
  });
}

/** The message of the last record of a log; the last line, when it is no record. */
function lastMessage(log: string): string {
  const line = log.trimEnd().split('\n').at(-1) ?? '';
  try {
    const record: unknown = JSON.parse(line);
    const isRecord = typeof record === 'object' && record !== null && 'message' in record;
    return isRecord ? String(record.message) : line;
  } catch {
    return line;
  }
}

/** Runs a materialization within this process. Killing it only cuts it off. */
export function connectInProcess(materialization: Materialization, codec: CodecName): Connection {
  const requests = new PassThrough();
  const responses = new PassThrough();
  const kill = new AbortController();
  let message = '';
  const log = createLog((_, text) => {
    message = text;
  });
  const served = serveMaterialize(materialization, {
    input: (signal) => chunksOf(requests, signal),
    output: {
      write: (bytes) => {
        const more = responses.write(Uint8Array.from(bytes));
        return more ? undefined : once(responses, 'drain').then(() => {});
      },
      flush: async () => {},
    },
    codec,
    log,
    signal: kill.signal,
  });
  const ending = served.then((exitCode): Ending => {
    responses.end();
    return { exitCode: kill.signal.aborted ? null : exitCode, message };
  });
  return new StreamConnection(requests, responses, codec, ending, () => {
    kill.abort(new Failure('transient', 'the materialization was killed'));
    responses.destroy();
  });
}

async function* chunksOf(stream: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  using _stop = addAbortListener(signal, () => stream.destroy());
  try {
    for await (const chunk of stream) {
      // Bytes were written to it, and nothing decodes them.
      yield chunk as Uint8Array;
    }
  } finally {
    signal.throwIfAborted();
  }
}

class StreamConnection implements Connection {
  readonly #requests: Writable;
  readonly #responses: AsyncGenerator<MaterializeResponse>;
  readonly #writer: { encode(request: MaterializeRequestDraft): Uint8Array };
  readonly #ending: Promise<Ending>;
  readonly #kill: () => void;
  #isGone = false;

  constructor(
    requests: Writable,
    responses: Readable,
    codec: CodecName,
    ending: Promise<Ending>,
    kill: () => void,
  ) {
    this.#requests = requests;
    this.#responses = readResponses(responses, codec);
    this.#writer = messageWriter<MaterializeRequestDraft>(materializeRequests, codec);
    this.#ending = ending;
    this.#kill = kill;
    const gone = () => {
      this.#isGone = true;
    };
    // A closed pipe is no error of its own: the ending tells.
    requests.on('error', gone);
    responses.on('error', gone);
    void ending.then(gone, gone);
  }

  async send(request: MaterializeRequestDraft): Promise<void> {
    if (this.#isGone) return;
    const more = this.#requests.write(Uint8Array.from(this.#writer.encode(request)));
    if (more) return;
    const drained = new AbortController();
    const { signal } = drained;
    try {
      await Promise.race([once(this.#requests, 'drain', { signal }), this.#ending]);
    } catch {
      this.#isGone = true;
    } finally {
      drained.abort();
    }
  }

  async next(): Promise<MaterializeResponse> {
    const { done, value } = await this.#read();
    if (done !== true) return value;
    const { exitCode, message } = await this.#ending;
    const how = exitCode === null ? 'was killed' : `ended with exit code ${exitCode}`;
    throw new Failure(
      'transient',
      `the materialization ${how}${message === '' ? '' : `: ${message}`}`,
    );
  }

  async end(): Promise<Ending> {
    this.#requests.end();
    for (;;) {
      const { done, value } = await this.#read();
      if (done === true) return await this.#ending;
      if (value.is !== 'acknowledged') throw unexpected(value.is);
    }
  }

  kill(): void {
    this.#isGone = true;
    this.#kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#ending;
  }

  async #read(): Promise<IteratorResult<MaterializeResponse, unknown>> {
    try {
      return await this.#responses.next();
    } catch (error) {
      if (error instanceof Failure) throw error;
      // The stream was cut off.
      return { done: true, value: undefined };
    }
  }
}

async function* readResponses(
  stream: Readable,
  codec: CodecName,
): AsyncGenerator<MaterializeResponse> {
  const reader = messageReader<MaterializeResponse>(materializeResponses, { codec, strict: true });
  for await (const chunk of stream) {
    // Nothing decodes what comes, so that it is bytes.
    yield* reader.read(chunk as Uint8Array);
  }
}

/** A response that must not come now. */
export function unexpected(response: string): Failure {
  return new Failure('data', `the response ${response} is out of order`);
}
