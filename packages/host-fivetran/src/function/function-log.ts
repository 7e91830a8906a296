import {
  createLog,
  describeFailure,
  isFailure,
  type Log,
  type LogFields,
  type LogLevel,
} from '@fairlead/sdk';
import type { Mask } from '@fairlead/host-io';

export interface FunctionLogOptions {
  /** Takes one line with its end. */
  readonly write: (line: string) => void;
  /** The lowest level that is written; `info` unless given. */
  readonly level?: LogLevel;
  /** Asked for each line, as secrets are known only once a request was read. */
  readonly mask: () => Mask;
  /** In each line. */
  readonly fields?: LogFields;
}

/** A log of JSON lines with `severity` and `message`, as the logs of all three clouds take them. */
export function functionLog({ write, level = 'info', mask, fields }: FunctionLogOptions): Log {
  const sink = (at: LogLevel, message: string, more: LogFields) => {
    if (levels.indexOf(at) < levels.indexOf(level)) return;
    const hide = mask();
    const plain = (_name: string, value: unknown) => {
      if (value instanceof Error) return hide(tellError(value));
      if (typeof value === 'bigint') return String(value);
      return typeof value === 'string' ? hide(value) : value;
    };
    const line = { severity: severities[at], message, ...more };
    write(`${JSON.stringify(line, plain)}\n`);
  };
  return createLog(sink, fields);
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

const severities: Readonly<Record<LogLevel, string>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
};

function tellError(error: Error): string {
  return isFailure(error)
    ? `${error.kind}: ${describeFailure(error)}`
    : (error.stack ?? error.message);
}
