import { createLog, isFailure, type Log, type LogLevel } from '@fairlead/sdk';

/**
 * A log whose records are JSON lines, as the runtime reads them from the standard error. Records
 * below `level` are left out; a level that is not known is `info`.
 */
export function flowLog(
  write: (line: string) => void,
  level = 'info',
  now: () => Date = () => new Date(),
): Log {
  const least = levels.indexOf(level.toLowerCase() === 'trace' ? 'debug' : asLevel(level));
  return createLog((at, message, fields) => {
    if (levels.indexOf(at) < least) return;
    const record = { ts: now().toISOString(), level: at, message, fields: plain(fields) };
    write(`${JSON.stringify(record, bigintsAsText)}\n`);
  });
}

/** Fields of a record that the platform shows to the user as the state of the task. */
export const connectorStatus = { eventType: 'connectorStatus' } as const;

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

function asLevel(name: string): LogLevel {
  const lower = name.toLowerCase();
  if (lower === 'warning') return 'warn';
  if (lower === 'fatal' || lower === 'panic') return 'error';
  return levels.find((level) => level === lower) ?? 'info';
}

/** Errors as text: what is wrong, and for a bug where. */
function plain(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const entries = Object.entries(fields).map(([name, value]) => {
    if (!(value instanceof Error)) return [name, value];
    return [name, isFailure(value) ? value.message : (value.stack ?? value.message)];
  });
  return Object.fromEntries(entries);
}

function bigintsAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
