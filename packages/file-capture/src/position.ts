import type { CursorState } from './cursor.ts';
import type { FileInfo } from './store.ts';

/** Where to begin with a file, and what was handed out of it before. */
export interface Position {
  /** In bytes of text. 0 is the beginning. */
  readonly offset: number;
  readonly records: number;
  readonly inside: string | undefined;
  /**
   * Records of earlier versions that are still out there; undefined when no record of this file
   * was ever handed out, so that all are new.
   */
  readonly replaces: number | undefined;
}

/** The files that a sweep has to read, the one that is half read first, then in the given order. */
export function filesToRead(
  listed: readonly FileInfo[],
  cursor: Pick<CursorState, 'files' | 'reading'>,
): FileInfo[] {
  const half = listed.filter(({ path }) => path === cursor.reading?.path);
  const rest = listed.filter(
    ({ path, version }) => path !== cursor.reading?.path && cursor.files.get(path)?.[0] !== version,
  );
  return [...half, ...rest];
}

/**
 * Where to begin with this version of a file: where it was left off when neither it nor the way it is
 * read (`as`) has changed, else at its beginning.
 */
export function positionIn(
  file: Pick<FileInfo, 'path' | 'version'>,
  as: string,
  cursor: Pick<CursorState, 'files' | 'reading'>,
): Position {
  const half = cursor.reading?.path === file.path ? cursor.reading : undefined;
  if (half !== undefined && half.version === file.version && half.as === as) {
    const { offset, records, inside, replaces } = half;
    return { offset, records, inside, replaces };
  }
  return {
    offset: 0,
    records: 0,
    inside: undefined,
    replaces: handedOut(file.path, cursor),
  };
}

/** How many records of a file are out there, in whatever version; undefined when there never were any. */
export function handedOut(
  path: string,
  cursor: Pick<CursorState, 'files' | 'reading'>,
): number | undefined {
  const half = cursor.reading?.path === path ? cursor.reading : undefined;
  const whole = cursor.files.get(path);
  if (half === undefined) return whole?.[1];
  return Math.max(half.records, half.replaces ?? 0, whole?.[1] ?? 0);
}
