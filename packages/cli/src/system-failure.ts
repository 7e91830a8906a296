import { Failure } from '@fairlead/sdk';

/** Why the system refuses what no program can do better. Other codes may be somebody's bug. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the quota is used up',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files on this machine',
  ENOSPC: 'no space is left',
  ENOTDIR: 'a part of the path is no folder',
  EPERM: 'not permitted',
  EROFS: 'the file system can only be read',
};

/** The failure behind an error of the operating system that its user has to mend; undefined for others. */
export function systemFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  const { code, syscall } = error;
  const reason = typeof code === 'string' ? reasons[code] : undefined;
  if (reason === undefined) return undefined;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
  return new Failure('access', `${reason} (${String(syscall)} ${String(code)})`, {
    ...(path === undefined ? {} : { where: path }),
    cause: error,
  });
}
