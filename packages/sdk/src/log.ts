export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Facts of a log line, with the unit in the name: `rowCount`, `sizeBytes`, `ms`. No values of documents. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Where connectors and hosts write what an operator should know. The host supplies the sink.
 * Messages are constant and in lower case; facts are fields; errors go under `error`.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log that adds `fields` to every line. */
  with(fields: LogFields): Log;
}

/** Writes one line somewhere. */
export type LogSink = (level: LogLevel, message: string, fields: LogFields) => void;

/** A {@link Log} that writes to `sink`. */
export function createLog(sink: LogSink, fixed: LogFields = {}): Log {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) =>
    sink(level, message, fields === undefined ? fixed : { ...fixed, ...fields });
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => createLog(sink, { ...fixed, ...fields }),
  };
}

/** A log that keeps nothing. */
export const silentLog: Log = createLog(() => {});
