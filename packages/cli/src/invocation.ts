import { createLog, type Failure, type Log } from '@fairlead/sdk';
import type { Environment } from './environment.ts';
import { formatLogLine, type LogStyle } from './format-log-line.ts';
import type { Interruption } from './interruption.ts';
import { OutputClosed, type Output } from './output.ts';
import type { Terminal } from './terminal.ts';

/** One call of the command: what a verb reads, writes and heeds. */
export interface Invocation {
  readonly environment: Environment;
  /** The executable and the arguments that call this command once more. */
  readonly self: readonly string[];
  readonly output: Output;
  readonly terminal: Terminal;
  readonly interruption: Interruption;
  readonly options: CommonOptions;
  /** Asks a person and returns what is answered; absent where nobody can be asked. */
  readonly ask?: (question: string, signal: AbortSignal) => Promise<string>;
}

/** Options that every verb has. */
export interface CommonOptions {
  /** Results for machines. */
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly logFormat?: 'text' | 'json';
}

const order = ['debug', 'info', 'warn', 'error'] as const;

/** The log of a call, which goes to standard error. */
export function logOf({ environment, terminal, options }: Invocation): Log {
  const least = options.verbose === true ? 'debug' : options.quiet === true ? 'error' : 'info';
  const style = logStyle(options, environment.display.interactive);
  return createLog((level, message, fields) => {
    if (order.indexOf(level) < order.indexOf(least)) return;
    terminal.line(formatLogLine(style, { level, message, fields, at: new Date() }));
  });
}

/** A caller who wants JSON wants all of it in JSON, unless another format was asked for. */
function logStyle({ json, logFormat }: CommonOptions, interactive: boolean): LogStyle {
  const format = logFormat ?? (json === true ? 'json' : 'text');
  return format === 'text' && interactive ? 'terminal' : format;
}

/** Tells the caller something that is neither a result nor a failure. */
export function tell(invocation: Invocation, text: string): void {
  const { json, logFormat } = invocation.options;
  if (json === true || logFormat === 'json') logOf(invocation).warn(text);
  else invocation.terminal.line(`fairlead: ${text}`);
}

/**
 * Writes a result and then fails, if there is a failure. That nobody reads the result any more
 * hides no failure.
 */
export async function conclude(
  output: Output,
  text: string,
  failure: Failure | undefined,
): Promise<void> {
  await output.write(text).catch((error: unknown) => {
    if (failure === undefined || !(error instanceof OutputClosed)) throw error;
  });
  if (failure !== undefined) throw failure;
}

/** Writes one JSON document on a line of its own. */
export async function writeJson(output: Output, value: unknown): Promise<void> {
  await output.write(`${JSON.stringify(value)}\n`);
}
