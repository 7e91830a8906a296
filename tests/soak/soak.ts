import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOnce, tempFolder, type Program } from '@fairlead/testkit';
import { startFauna } from './fauna.ts';
import { startFirestore } from './firestore.ts';
import { memoryUse, treeBytes, type MemoryUse } from './memory.ts';
import type { Server } from './server.ts';
import { tableProblems } from './table.ts';

const command = fileURLToPath(new URL('../../packages/cli/bin/fairlead.js', import.meta.url));

/** What a soak can load from. */
export const servers = { firestore: startFirestore, fauna: startFauna };

export interface SoakOptions {
  /** Firestore unless told. */
  readonly source?: keyof typeof servers;
  readonly documents: number;
  /** Of an encoded document. */
  readonly documentBytes: number;
  /** What the server sends at most. */
  readonly documentsPerSecond: number;
  readonly killEveryMs: number;
  readonly commitEveryMs: number;
  /** The command in place of `fairlead`. */
  readonly fairlead?: readonly string[];
  /** Told now and then how far it is. */
  readonly progress?: (now: SoakProgress) => void;
}

export interface SoakProgress {
  readonly seconds: number;
  readonly reads: number;
  readonly kills: number;
  readonly residentMiB: number;
}

export interface SoakReport extends MemoryUse {
  readonly source: keyof typeof servers;
  readonly documents: number;
  readonly seconds: number;
  readonly kills: number;
  /** How many documents the server has sent; of Firestore, what Google would have billed. */
  readonly reads: number;
  /** What is wrong with the table. */
  readonly problems: readonly string[];
}

/**
 * Loads a synthetic collection into DuckDB by a process of `fairlead` that is killed again and again, until it is
 * done.
 *
 * @throws {Error} when the command fails, or comes no further.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { source = 'firestore', documents, killEveryMs } = options;
  await using folder = await tempFolder('fairlead-soak-');
  await using server = await servers[source](options);
  const database = join(folder.path, 'soak.duckdb');
  const program = programOf(options, folder.path, server, database);

  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  /** Of each process that was killed. The last one may have been short. */
  const peaks: number[] = [];
  let peak = 0;
  let kills = 0;
  let pid = 0;
  let reads = 0;
  const sampling = setInterval(() => {
    const bytes = treeBytes(pid);
    if (bytes === 0) return;
    peak = Math.max(peak, bytes);
    options.progress?.({
      seconds: seconds(),
      reads: server.readsSoFar,
      kills,
      residentMiB: bytes / 2 ** 20,
    });
  }, 500);
  try {
    const started = (id: number) => {
      pid = id;
    };
    let barren = 0;
    for (;;) {
      const before = reads;
      peak = 0;
      const attempt = await runOnce({ ...program, started }, { afterMs: killEveryMs });
      reads = await server.reads();
      if (attempt.exitCode === 0) break;
      if (!attempt.killed) throw new Error(`the command failed; it said:\n${attempt.stderr}`);
      peaks.push(peak);
      kills++;
      // One read is that of the server's time, or of whether it still remembers another.
      barren = reads > before + 1 ? 0 : barren + 1;
      if (barren > 3 || reads > 2 * documents + 10_000) {
        throw new Error(`comes no further: ${reads} reads after ${kills} kills`);
      }
    }
  } finally {
    clearInterval(sampling);
  }
  return {
    ...memoryUse(peaks, peak),
    source,
    documents,
    seconds: seconds(),
    kills,
    reads,
    problems: await tableProblems(database, 'users', server.shape),
  };
}

function programOf(
  { commitEveryMs, fairlead: [program = '', ...words] = [process.execPath, command] }: SoakOptions,
  folder: string,
  server: Server,
  database: string,
): Program {
  return {
    command: program,
    args: [
      ...words,
      'copy',
      ...server.words,
      // Less than usual, as the whole is to stay within 200 MiB with ten commits a second.
      `duckdb:${database}?memoryLimit=32MiB&rowGroupSize=20480`,
      '--table',
      'users',
      '--contract',
      'quarantine',
      '--commit-every',
      `${commitEveryMs}ms`,
      '--quiet',
    ],
    cwd: folder,
    env: { ...server.env, FAIRLEAD_STATE: join(folder, 'state') },
  };
}
