import { Failure, isFailure } from '@fairlead/sdk';

/** Where an error came up: what a message about it names. */
export interface ErrorPlace {
  /** The database file, as the user wrote it. */
  readonly path: string;
  /** `table main.orders`, when it is about one. */
  readonly table?: string;
}

/**
 * The failure that an error of DuckDB or of the file system is; the error itself when it is nobody's
 * but ours.
 *
 * DuckDB has no codes: the class that its messages begin with stands for one. Its messages may
 * quote values, which are left out, and so is the error as a cause.
 */
export function asFailure(error: unknown, place: ErrorPlace): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  if ('code' in error && typeof error.code === 'string') {
    return systemFailure(error.code, place) ?? error;
  }
  const [, kind = '', message = ''] =
    /^([A-Za-z ]+) (?:Error|Exception): ([^]*)$/.exec(error.message) ?? [];
  const make = Object.hasOwn(failures, kind) ? failures[kind] : undefined;
  return make?.(message, place) ?? error;
}

/** Whether a statement failed only because one before it in the transaction had: that one's failure tells more. */
export function isAftermath(error: unknown): boolean {
  return isFailure(error) && error.message === lost;
}

const lost = 'the transaction is lost, as something in it has failed before';

type MakeFailure = (message: string, place: ErrorPlace) => Failure;

const failures: Readonly<Record<string, MakeFailure>> = {
  IO: ioFailure,
  Constraint: dataFailure,
  Conversion: dataFailure,
  'Invalid Input': dataFailure,
  'Out of Range': dataFailure,
  TransactionContext: conflict,
  Transaction: conflict,
  Serialization: otherVersion,
  'Out of Memory': (_message, place) =>
    new Failure('config', 'DuckDB needs more memory than it may take', {
      where: whereOf(place),
      hint: 'Raise advanced.memoryLimit, or commit smaller transactions.',
    }),
  Catalog: (message, place) =>
    new Failure('config', `the database is not as it was planned: ${withoutValues(message)}`, {
      where: whereOf(place),
      hint: 'Something else has changed it meanwhile: start again.',
    }),
  Binder: (message, place) =>
    new Failure('config', `the database cannot do that: ${withoutValues(message)}`, {
      where: whereOf(place),
    }),
  Dependency: (message, place) =>
    new Failure('config', withoutValues(message), {
      where: whereOf(place),
      hint: 'Drop what depends on it, such as an index or a view.',
    }),
  Permission: (message, place) =>
    new Failure('access', withoutValues(message), { where: whereOf(place) }),
};

function ioFailure(message: string, place: ErrorPlace): Failure {
  const [, pid] = /\(PID (\d+)\)/.exec(message) ?? [];
  if (message.startsWith('Could not set lock on file')) {
    const who = pid === undefined ? 'another process' : `another process (PID ${pid})`;
    return new Failure('transient', `the database is in use by ${who}`, {
      where: place.path,
      hint: 'DuckDB lets one process write at a time: close the other one, or wait for it.',
    });
  }
  const code = systemErrors.find(([text]) => message.includes(text))?.[1];
  const failure = code === undefined ? undefined : systemFailure(code, place);
  if (failure !== undefined) return failure;
  if (/not a valid DuckDB database|Corrupt database file|enough bytes/.test(message))
    return notDuckdb(place);
  if (/version number/.test(message)) return otherVersion(message, place);
  return new Failure('access', `DuckDB could not read or write: ${withoutValues(message)}`, {
    where: whereOf(place),
  });
}

/** What the system says of its error codes, as DuckDB repeats it. */
const systemErrors: readonly (readonly [string, string])[] = [
  ['No space left on device', 'ENOSPC'],
  ['Disk quota exceeded', 'EDQUOT'],
  ['File too large', 'EFBIG'],
  ['Permission denied', 'EACCES'],
  ['Operation not permitted', 'EPERM'],
  ['Read-only file system', 'EROFS'],
  ['Is a directory', 'EISDIR'],
  ['Too many open files', 'EMFILE'],
  ['Input/output error', 'EIO'],
];

function systemFailure(code: string, place: ErrorPlace): Failure | undefined {
  const where = whereOf(place);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new Failure('access', `there is no room left to write (${code})`, {
        where,
        hint: 'Nothing of this transaction was kept. Make room on the disk and start again.',
      });
    case 'EACCES':
    case 'EPERM':
      return new Failure('access', `the system refused access (${code})`, {
        where,
        hint: 'Give this user the right to read and write the file and the folder that it is in.',
      });
    case 'EROFS':
      return new Failure('access', 'the file system can only be read', {
        where,
        hint: 'Choose a path that can be written.',
      });
    case 'EISDIR':
      return new Failure('config', 'this is a folder, not a file', {
        where,
        hint: 'Name a file in it.',
      });
    case 'ENOENT':
    case 'ENOTDIR':
      return new Failure('config', 'the folder that it should be in does not exist', {
        where,
        hint: 'Create the folder, or choose another path.',
      });
    case 'EMFILE':
    case 'ENFILE':
    case 'EIO':
      return new Failure('transient', `the system could not read or write (${code})`, { where });
    default:
      return undefined;
  }
}

/** The file has other content than DuckDB writes. */
export function notDuckdb(place: ErrorPlace): Failure {
  return new Failure('config', 'this file is no DuckDB database, or a damaged one', {
    where: place.path,
    hint: 'Choose a path where there is no file yet.',
  });
}

function otherVersion(_message: string, place: ErrorPlace): Failure {
  return new Failure('config', 'this file was written by a version of DuckDB that cannot be read', {
    where: place.path,
    hint: 'Export it with the version that wrote it, or choose another path.',
  });
}

function conflict(message: string, place: ErrorPlace): Failure {
  const what = message.startsWith('Current transaction is aborted')
    ? lost
    : `another transaction was faster: ${withoutValues(message)}`;
  return new Failure('transient', what, { where: whereOf(place) });
}

function dataFailure(message: string, place: ErrorPlace): Failure {
  return new Failure('data', `DuckDB refused what was loaded: ${withoutValues(message)}`, {
    where: whereOf(place),
  });
}

function whereOf(place: ErrorPlace): string {
  return place.table ?? place.path;
}

/**
 * The first line of a message without what may be a value of a document: whatever is in quotes, and
 * numbers that are not part of a type.
 */
function withoutValues(message: string): string {
  const reason = /^JSON transform error in file .*?, in [^:]*: ([A-Za-z ]+)/.exec(message)?.[1];
  const text = reason ?? message.split('\n\nLINE ', 1)[0] ?? '';
  return text
    .replace(/'[^]*'|"[^]*"/g, '…')
    .replace(/['"][^]*/, '…')
    .replace(/(?<![\w(,.…-])[-+]?\.?\d[\w.+-]*/g, '…')
    .replace(/\s+/g, ' ')
    .slice(0, 200)
    .trim();
}
