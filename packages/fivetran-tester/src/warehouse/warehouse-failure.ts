import { Failure } from '@fairlead/sdk';

/**
 * The failure that an error of DuckDB is, told at a place; the error itself when it is nobody's but
 * ours. Its message may quote values, and is left out where it does.
 */
export function asFailure(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  const [, kind = ''] = /^([A-Za-z ]+) (?:Error|Exception): /.exec(error.message) ?? [];
  if (kind === 'Constraint') {
    return new Failure('data', 'rows have no value for a column of the key, or the same key', {
      where,
    });
  }
  if (['Conversion', 'Invalid Input', 'Out of Range'].includes(kind)) {
    return new Failure('data', 'a value is not of its column’s type', { where });
  }
  if (kind !== 'IO') return error;
  const [, pid] = /Could not set lock on file[^]*\(PID (\d+)\)/.exec(error.message) ?? [];
  if (pid !== undefined) {
    return new Failure('transient', `the warehouse is in use by another process (PID ${pid})`, {
      where,
      hint: 'DuckDB lets one process have a file: close the other one.',
    });
  }
  if (/not a valid DuckDB database|Corrupt database file|enough bytes/.test(error.message)) {
    return new Failure('config', 'this file is no DuckDB database, or a damaged one', {
      where,
      hint: 'Remove it, or choose another one.',
    });
  }
  return new Failure('access', 'DuckDB could not read or write the file', { where });
}
