import { Writable } from 'node:stream';
import { isOutputClosed, openOutput, type Output } from '@fairlead/host-io';
import type { Log, LogLevel } from '@fairlead/sdk';
import type { AirbyteIo } from './airbyte-io.ts';
import { Messages } from './protocol/messages.ts';

/**
 * Runs a command as this process: messages on descriptor 1, also for what libraries print; SIGTERM
 * and SIGINT end it soon, by the signal itself, as platforms expect of a process that they end.
 * Errors that nobody caught become TRACE messages. The process ends with the command's exit code.
 */
export async function airbyteProcess(serve: (io: AirbyteIo) => Promise<number>): Promise<never> {
  const output = openOutput(1);
  const messages = new Messages(output, { level: levelIn(process.env) });
  divertStdout(messages.log);
  const stop = new AbortController();
  let ending: NodeJS.Signals | undefined;
  const heed = (signal: NodeJS.Signals) => {
    const isSecond = ending !== undefined;
    ending = signal;
    if (isSecond) dieOf(signal);
    stop.abort();
    setTimeout(() => dieOf(signal), graceMs).unref();
  };
  process.on('SIGTERM', heed);
  process.on('SIGINT', heed);
  const crash = (error: unknown) => void end(output, 1, messages.error(error));
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  const complain = (text: string) => void process.stderr.write(text);
  const code = await serve({ output, messages, complain, signal: stop.signal });
  if (ending === undefined) return await end(output, code);
  dieOf(ending);
  return await new Promise<never>(() => {});
}

/** How long a command may take to end after a signal. */
const graceMs = 3_000;

/** Ends the process when everything is written, or nobody reads. */
async function end(output: Output, code: number, last?: Promise<void>): Promise<never> {
  try {
    await last;
    await output.close();
  } catch (error) {
    if (!isOutputClosed(error)) return process.exit(1);
  }
  // A connector may have left a timer or a socket; when the work is done, it is done all the same.
  return process.exit(code);
}

/** Ends the process as a signal does that is not heeded. */
function dieOf(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // The first process of a container is not ended by a signal that it does not heed.
  setTimeout(() => process.exit(signal === 'SIGINT' ? 130 : 143), 200);
}

/** Makes log lines of what is written to standard output past the messages. */
function divertStdout(log: Log): void {
  const stdout = new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      const text = String(chunk).trimEnd();
      if (text !== '') log.info(text);
      done();
    },
  });
  // The getter is not called: it would make the descriptor one that does not block.
  Object.defineProperty(process, 'stdout', { configurable: true, value: stdout });
}

function levelIn(environment: NodeJS.ProcessEnv): LogLevel {
  const level = environment['LOG_LEVEL']?.toLowerCase();
  return levels.find((known) => known === level) ?? (level === 'trace' ? 'debug' : 'info');
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
