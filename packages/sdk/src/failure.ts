/**
 * Who has to act on a failure, and so what a host does with it.
 *
 * | kind | means | who acts | exit code |
 * |---|---|---|--:|
 * | `config` | the settings are wrong | the user, here | 2 |
 * | `access` | a system refused us | the user, there | 3 |
 * | `transient` | busy, unreachable, limited | nobody: the host resumes from the last checkpoint | 4 |
 * | `data` | a value has no faithful form | the user or us | 5 |
 * | `state` | the saved checkpoint fits no more | the user | 6 |
 */
export type FailureKind = 'config' | 'access' | 'transient' | 'data' | 'state';

/** The exit code of a process that ends with a failure; 1 is any other error, which is a bug. */
export const exitCodes: Readonly<Record<FailureKind, number>> = {
  config: 2,
  access: 3,
  transient: 4,
  data: 5,
  state: 6,
};

export interface FailureOptions {
  /** Where: a file and row, a stream and field, a path in the settings. No values of documents. */
  readonly where?: string;
  /** What the user can do, as a sentence. */
  readonly hint?: string;
  /** For `transient`: how long the other side asked us to wait. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** An error that is nobody's bug. Anything else that is thrown is one. */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly where: string | undefined;
  readonly hint: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: FailureKind, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.where = options.where;
    this.hint = options.hint;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether `error` is a {@link Failure}, also when another copy of this package threw it. */
export function isFailure(error: unknown): error is Failure {
  return error instanceof Error && error.name === 'Failure' && 'kind' in error;
}

/** The failure as one line: what, where, remedy. */
export function describeFailure(failure: Failure): string {
  const where = failure.where === undefined ? '' : `${failure.where}: `;
  const hint = failure.hint === undefined ? '' : ` ${failure.hint}`;
  const stop = /[.?!]$/.test(failure.message) || hint === '' ? '' : '.';
  return `${where}${failure.message}${stop}${hint}`.replace(/\s*\r?\n\s*/g, ' ');
}

/** `error` with `where` in front of its own place; anything but a failure is returned as it is. */
export function within<Cause>(where: string, error: Cause): Cause | Failure {
  if (!isFailure(error)) return error;
  return new Failure(error.kind, error.message, {
    where: error.where === undefined ? where : `${where}: ${error.where}`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    cause: error.cause,
  });
}

/** The process's exit code for `error`. */
export function exitCode(error: unknown): number {
  return isFailure(error) ? exitCodes[error.kind] : 1;
}
