import type { Mask } from '@fairlead/host-io';
import {
  createLog,
  describeFailure,
  isFailure,
  type Log,
  type LogFields,
  type LogLevel,
} from '@fairlead/sdk';

/** Who speaks, as Fivetran tells connectors apart. */
export type MessageOrigin = 'sdk_connector' | 'sdk_destination';

export interface GrpcLogOptions {
  readonly origin: MessageOrigin;
  /** Takes one line with its end. */
  readonly write: (line: string) => void;
  /** The lowest level that is written; `info` unless given. Fivetran has none below it. */
  readonly level?: LogLevel;
  readonly mask: Mask;
}

/** A log of JSON lines as Fivetran takes them, with the facts behind the message. */
export function grpcLog({ origin, write, level = 'info', mask }: GrpcLogOptions): Log {
  return createLog((at, message, fields) => {
    if (levels.indexOf(at) < levels.indexOf(level)) return;
    const text = mask(message + factsOf(fields));
    write(
      `${JSON.stringify({ level: severities[at], message: text, 'message-origin': origin })}\n`,
    );
  });
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

const severities: Readonly<Record<LogLevel, string>> = {
  debug: 'INFO',
  info: 'INFO',
  warn: 'WARNING',
  error: 'SEVERE',
};

/** ` (stream=orders, rows=12)`; an error comes last, behind a colon. */
function factsOf({ error, ...facts }: LogFields): string {
  const told = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${textOf(value)}`);
  const list = told.length === 0 ? '' : ` (${told.join(', ')})`;
  return error === undefined ? list : `${list}: ${textOf(error)}`;
}

function textOf(value: unknown): string {
  if (isFailure(value)) return describeFailure(value);
  if (value instanceof Error) return value.stack ?? value.message;
  if (typeof value === 'string' || typeof value === 'bigint') return String(value);
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'bigint' ? String(inner) : inner,
  );
}
