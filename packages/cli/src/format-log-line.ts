import type { LogFields, LogLevel } from '@fairlead/sdk';
import { printable } from './printable.ts';

/** `json` is one object, `text` one line with the time, `terminal` one without. */
export type LogStyle = 'json' | 'text' | 'terminal';

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
  readonly at: Date;
}

/** A log line, without its end. Fields follow as `name=value`. */
export function formatLogLine(style: LogStyle, { level, message, fields, at }: LogLine): string {
  const plain = Object.entries(fields);
  if (style === 'json') {
    const line = { at: at.toISOString(), level, message, ...Object.fromEntries(plain) };
    return JSON.stringify(line, (_name, value: unknown) => plainValue(value));
  }
  const facts = plain.map(([name, value]) => ` ${name}=${quoted(value)}`).join('');
  const time = style === 'text' ? `${at.toISOString()} ` : '';
  return `${time}${level.padEnd(5)} ${printable(message)}${facts}`;
}

/** The value as JSON can hold it; of an error what it says. */
function plainValue(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  if (typeof value === 'bigint') return value.toString();
  return value;
}

function quoted(value: unknown): string {
  const plain = plainValue(value);
  if (typeof plain === 'string' && /^[^\s"=\\]+$/.test(plain)) return printable(plain);
  const text = JSON.stringify(plain, (_name, inner: unknown) => plainValue(inner));
  return printable(text ?? String(plain));
}
