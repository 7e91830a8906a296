import { spawn } from 'node:child_process';
import type { CodecName } from '../protocol/codec.ts';
import type { FlowIo } from '../io.ts';
import { flowLog } from '../flow-log.ts';
import { LogTail } from './log-tail.ts';
import { Pipe } from './pipe.ts';

/** A connector that runs, as the runtime sees it. Disposing it kills it. */
export interface RunningConnector extends AsyncDisposable {
  /** Resolves when it can take more. What it no longer wants to read is dropped. */
  send(bytes: Uint8Array): Promise<void>;
  /** Closes its input. */
  end(): void;
  /** Asks it to stop, as SIGTERM does. */
  stop(): void;
  /** What it writes, to the end. */
  readonly output: AsyncIterable<Uint8Array>;
  /** How it ended. Never rejects. */
  readonly exited: Promise<Exit>;
}

export interface Exit {
  /** Null when it was killed. */
  readonly code: number | null;
  /** The message of its last log record, which is what the runtime tells of a failure. */
  readonly lastMessage: string;
}

/** Starts a connector that speaks a codec. */
export type Launch = (codec: CodecName) => RunningConnector;

export interface CommandOptions {
  /** Beside that of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line that the connector logs. */
  readonly onLog?: (line: string) => void;
}

/** Any executable that is a Flow connector: `['node', 'dist/main.js']`. */
export function launchCommand(
  [program = '', ...args]: readonly string[],
  { env = {}, onLog = () => {} }: CommandOptions = {},
): Launch {
  return (codec) => {
    const child = spawn(program, args, {
      env: {
        ...process.env,
        LOG_FORMAT: 'json',
        LOG_LEVEL: 'info',
        ...env,
        FLOW_RUNTIME_CODEC: codec,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const log = new LogTail(onLog);
    child.stderr.on('data', (chunk: Buffer) => log.add(chunk));
    // A connector that ends closes its input, whatever was on its way.
    child.stdin.on('error', () => {});
    const exited = new Promise<Exit>((resolve) => {
      child.on('error', (error) => resolve({ code: 127, lastMessage: error.message }));
      child.on('close', (code) => resolve({ code, lastMessage: log.last() }));
    });
    return {
      send: (bytes) =>
        new Promise<void>((resolve) => {
          // The stream keeps the bytes until they are written, so they are copied.
          child.stdin.write(Buffer.from(bytes), () => resolve());
        }),
      end: () => void child.stdin.end(),
      stop: () => void child.kill('SIGTERM'),
      output: child.stdout,
      exited,
      async [Symbol.asyncDispose]() {
        child.kill('SIGKILL');
        child.stdout.destroy();
        await exited;
      },
    };
  };
}

export interface InProcessOptions extends Pick<CommandOptions, 'onLog'> {
  /** The least level that is logged; `debug` unless given. */
  readonly logLevel?: string;
}

/** A connector within this process: `(io) => serveCapture(source, io)`. */
export function launchInProcess(
  serve: (io: FlowIo) => Promise<number>,
  { onLog = () => {}, logLevel = 'debug' }: InProcessOptions = {},
): Launch {
  return (codec) => {
    const input = new Pipe();
    const stop = new AbortController();
    const output = new Pipe();
    const log = new LogTail(onLog);
    const serving = serve({
      input: (signal) => input.read(signal),
      output: { write: (bytes) => output.write(bytes), flush: () => output.drained() },
      codec,
      log: flowLog((line) => log.add(Buffer.from(line)), logLevel),
      signal: stop.signal,
    });
    const exited = serving.then(
      (code) => ({ code, lastMessage: log.last() }),
      (error: unknown) => ({ code: 1, lastMessage: String(error) }),
    );
    void exited.then(() => {
      input.end();
      output.end();
    });
    return {
      send: async (bytes) => await input.write(bytes),
      end: () => input.end(),
      stop: () => stop.abort(new Error('the connector was asked to stop')),
      output: output.read(),
      exited,
      async [Symbol.asyncDispose]() {
        stop.abort(new Error('the connector was killed'));
        input.end();
        output.close();
        await exited;
      },
    };
  };
}
