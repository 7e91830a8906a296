import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  linkSync,
  renameSync,
} from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@fairlead/sdk';

/** Who holds a lock. */
interface Holder {
  readonly pipeline: string;
  readonly pid: number;
  /** When the process began, where the system tells; tells a reused pid from the holder. */
  readonly began: string | undefined;
  readonly since: string;
}

/**
 * Holds the name of a running pipeline on this machine until it is disposed. A lock whose process
 * has ended, however it ended, is taken over.
 *
 * The lock is a courtesy that refuses a second run early and by name. What keeps data right when
 * it fails, or across machines, is the destination's fence.
 *
 * @throws {Failure} transient, when another process runs the pipeline.
 */
export function lockPipeline(stateFolder: string, name: string, identity: string): Disposable {
  const folder = join(stateFolder, 'locks');
  mkdirSync(folder, { recursive: true });
  const digest = createHash('sha256').update(`${name}\0${identity}`).digest('hex').slice(0, 24);
  const path = join(folder, `${digest}.json`);
  const mine: Holder = {
    pipeline: name,
    pid: process.pid,
    began: beganOf(process.pid),
    since: new Date().toISOString(),
  };
  const written = `${path}.${process.pid}`;
  writeFileSync(written, JSON.stringify(mine));
  try {
    for (;;) {
      if (tryLink(written, path)) break;
      const holder = readHolder(path);
      if (holder !== undefined && isAlive(holder)) {
        throw new Failure(
          'transient',
          `the pipeline "${name}" is already running (process ${holder.pid}, since ${holder.since})`,
          {
            hint: 'Wait for it, or stop that process.',
          },
        );
      }
      removeStale(path, holder);
    }
  } finally {
    rmSync(written, { force: true });
  }
  return {
    [Symbol.dispose]() {
      if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true });
    },
  };
}

/** A hard link is made by one process only, and the file behind it is whole. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the stale file away first, so that of two processes that see it only one removes it. */
function removeStale(path: string, seen: Holder | undefined): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // Another process was faster.
  }
  const moved = readHolder(aside);
  // Between reading and moving somebody may have locked anew: give it back.
  if (moved !== undefined && (moved.pid !== seen?.pid || moved.since !== seen.since))
    tryLink(aside, path);
  rmSync(aside, { force: true });
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const began = beganOf(holder.pid);
  return began === undefined || holder.began === undefined || began === holder.began;
}

/** The start time of a process in clock ticks since boot, on systems with /proc (proc(5), stat, field 22). */
function beganOf(pid: number): string | undefined {
  try {
    if (!statSync(`/proc/${pid}`).isDirectory()) return undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
