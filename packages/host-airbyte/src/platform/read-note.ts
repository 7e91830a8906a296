import type { LogLevel } from '@fairlead/sdk';
import { z } from 'zod';

/** What a program tells people: a line of its log, or what went wrong. */
export type Note =
  | { readonly is: 'log'; readonly level: LogLevel; readonly message: string }
  | { readonly is: 'error'; readonly message: string; readonly failureType: string };

const Log = z.looseObject({
  type: z.literal('LOG'),
  log: z.looseObject({ level: z.string(), message: z.string() }),
});
const Trace = z.looseObject({
  type: z.literal('TRACE'),
  trace: z.looseObject({
    type: z.literal('ERROR'),
    error: z.looseObject({ message: z.string(), failure_type: z.string().nullish() }),
  }),
});
const Message = z.union([Log, Trace]);

/** The note on a line; undefined when it holds none. */
export function readNote(line: Uint8Array): Note | undefined {
  if (!isNoteworthy(line)) return undefined;
  const parsed = Message.safeParse(parse(line));
  if (!parsed.success) return undefined;
  const { data } = parsed;
  if (data.type === 'TRACE') {
    const { message, failure_type } = data.trace.error;
    return { is: 'error', message, failureType: failure_type ?? 'system_error' };
  }
  return { is: 'log', level: levels[data.log.level] ?? 'info', message: data.log.message };
}

/** Whether there may be a note in some lines. */
export function isNoteworthy(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return text.includes('"LOG"') || text.includes('"ERROR"');
}

const levels: Readonly<Record<string, LogLevel>> = {
  FATAL: 'error',
  ERROR: 'error',
  WARN: 'warn',
  INFO: 'info',
  DEBUG: 'debug',
  TRACE: 'debug',
};

function parse(line: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(line).toString());
  } catch {
    return undefined;
  }
}
