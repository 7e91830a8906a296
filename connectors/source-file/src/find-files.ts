import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import type { Dirent, Stats } from 'node:fs';
import {
  byBytes,
  enterFolder,
  isWild,
  matchesFile,
  parseGlobs,
  startPlaces,
  type Glob,
  type GlobPlaces,
} from '@fairlead/file-capture';
import { Failure } from '@fairlead/sdk';
import { fileFailure, isMissing } from './file-failure.ts';

export interface FindOptions {
  /** Where relative patterns begin; absent, in the folder that the process runs in. */
  readonly root?: string | undefined;
  /** Whether links to folders are walked into. */
  readonly followSymlinks: boolean;
  readonly signal: AbortSignal;
}

/** A file that was found: what documents call it, and where it is. */
export interface FoundFile {
  readonly name: string;
  readonly location: string;
}

/**
 * The files that paths and patterns stand for, each once, in byte order of their names. A file is
 * named as its pattern is written: from the root, or absolutely unless it lies in a root that was
 * given. Of a folder, all files in it at any depth that are not hidden.
 * @throws {Failure} config for a path, or a pattern's folder, that does not exist; access for one
 * that may not be read.
 */
export async function findFiles(
  patterns: readonly string[],
  options: FindOptions,
): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const pattern of patterns) {
    for await (const file of find(pattern, options)) {
      if (!found.has(file.location)) found.set(file.location, file);
    }
  }
  return [...found.values()].sort((a, b) => byBytes(a.name, b.name));
}

async function* find(pattern: string, options: FindOptions): AsyncGenerator<FoundFile> {
  const literal = place(pattern, options);
  const there = await statIfAny(literal.location);
  if (there?.isFile() === true) {
    yield literal;
    return;
  }
  if (there !== undefined || !isWild(pattern)) {
    if (there?.isDirectory() === true) yield* walk(everything, literal, startPlaces, options, []);
    else throw notAFile(pattern, there);
    return;
  }
  for (const glob of parseGlobs(pattern)) {
    const base = place(glob.base, options);
    if (glob.segments.length > 0) yield* walk(glob, base, startPlaces, options, []);
    else yield* find(glob.base, options);
  }
}

/** All that is in a folder and not hidden. */
const everything: Glob = { base: '', segments: ['**'] };

/** What a path as the user wrote it is called, and where it is. */
function place(path: string, { root }: FindOptions): FoundFile {
  const tidy = posix.normalize(path === '' ? '.' : path).replace(/(?<=.)\/$/, '');
  if (!isAbsolute(tidy)) {
    return { name: tidy === '.' ? '' : tidy, location: join(root ?? process.cwd(), tidy) };
  }
  const inside = root === undefined ? '..' : relative(root, tidy).split(sep).join('/');
  const outside = inside === '..' || inside.startsWith('../');
  return { name: outside ? tidy : inside, location: tidy };
}

async function* walk(
  glob: Glob,
  folder: FoundFile,
  places: GlobPlaces,
  options: FindOptions,
  ancestors: readonly string[],
): AsyncGenerator<FoundFile> {
  options.signal.throwIfAborted();
  let chain = ancestors;
  if (options.followSymlinks) {
    const here = await statIfAny(folder.location);
    if (here === undefined && ancestors.length > 0) return;
    const id = `${here?.dev}:${here?.ino}`;
    // A link has led back to a folder that this one is in.
    if (ancestors.includes(id)) return;
    chain = [...ancestors, id];
  }
  for (const entry of await entriesOf(folder, ancestors.length > 0 || places !== startPlaces)) {
    const below = enterFolder(glob, places, entry.name);
    const wanted = matchesFile(glob, places, entry.name);
    if (below.length === 0 && !wanted) continue;
    const child = {
      name: folder.name === '' ? entry.name : posix.join(folder.name, entry.name),
      location: join(folder.location, entry.name),
    };
    const kind = await kindOf(entry, child.location);
    if (kind === 'file' && wanted) yield child;
    const enters = kind === 'folder' || (kind === 'linked folder' && options.followSymlinks);
    if (enters && below.length > 0) yield* walk(glob, child, below, options, chain);
  }
}

async function entriesOf({ name, location }: FoundFile, mayBeGone: boolean): Promise<Dirent[]> {
  try {
    return await readdir(location, { withFileTypes: true });
  } catch (error) {
    if (mayBeGone && isMissing(error)) return [];
    throw fileFailure(error, name === '' ? location : name);
  }
}

async function kindOf(
  entry: Dirent,
  location: string,
): Promise<'file' | 'folder' | 'linked folder' | 'other'> {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return 'other';
  const target = await statIfAny(location);
  if (target?.isDirectory() === true) return 'linked folder';
  return target?.isFile() === true ? 'file' : 'other';
}

async function statIfAny(location: string): Promise<Stats | undefined> {
  try {
    return await stat(location);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileFailure(error, location);
  }
}

function notAFile(path: string, there: Stats | undefined): unknown {
  if (there === undefined) {
    return fileFailure(Object.assign(new Error('not found'), { code: 'ENOENT' }), path);
  }
  const what = there.isSocket()
    ? 'a socket'
    : there.isFIFO()
      ? 'a pipe'
      : there.isCharacterDevice() || there.isBlockDevice()
        ? 'a device'
        : 'no ordinary file';
  return new Failure('config', `the path is ${what}, which cannot be read twice`, {
    where: path,
    hint: 'Write what it gives to a file, and read that.',
  });
}
