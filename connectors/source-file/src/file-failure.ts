import { Failure, type FailureKind } from '@fairlead/sdk';

/** A failure for what the operating system says about a path; anything else is returned as it is. */
export function fileFailure(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const known = typeof code === 'string' ? failures.get(code) : undefined;
  if (known === undefined) return error;
  const { kind, message, hint } = known;
  return new Failure(kind, message, {
    where: path,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

/** Whether the operating system says that there is nothing at a path. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  );
}

interface Known {
  readonly kind: FailureKind;
  readonly message: string;
  readonly hint?: string;
}

const denied: Known = {
  kind: 'access',
  message: 'this process may not read it',
  hint: 'Give the user that runs the process the right to read it, as with: chmod a+r.',
};
const missing: Known = {
  kind: 'config',
  message: 'there is no such file or folder',
  hint: 'Check the path; one that does not begin with / begins in root.',
};
const busy = (message: string): Known => ({ kind: 'transient', message });

const failures: ReadonlyMap<string, Known> = new Map([
  ['EACCES', denied],
  ['EPERM', denied],
  ['ENOENT', missing],
  ['ENOTDIR', missing],
  ['ENAMETOOLONG', missing],
  ['ELOOP', { kind: 'config', message: 'links lead in a circle' }],
  ['EISDIR', { kind: 'config', message: 'a folder is where a file is expected' }],
  ['EMFILE', busy('too many files are open')],
  ['ENFILE', busy('too many files are open')],
  ['EIO', busy('the disk could not be read')],
  ['ESTALE', busy('the network disk lost the file')],
  ['ETIMEDOUT', busy('the network disk did not answer')],
  ['EBUSY', busy('the file is in use')],
]);
