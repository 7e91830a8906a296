import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startFakeFirestore } from '@fairlead/fake-firestore';
import { runOnce, tempFolder, type Program } from '@fairlead/testkit';
import { memoryUse, treeBytes, type MemoryUse } from './memory.ts';
import { tableProblems } from './table.ts';

const command = fileURLToPath(new URL('../../packages/cli/bin/fairlead.js', import.meta.url));

export interface SoakOptions {
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
  readonly seconds: number;
  readonly kills: number;
  /** What Google would have billed. */
  readonly reads: number;
  /** What is wrong with the table. */
  readonly problems: readonly string[];
}

/**
 * Loads a synthetic collection from a Firestore in this process into DuckDB by a process of `fairlead` that
 * is killed again and again, until it is done.
 *
 * @throws {Error} when the command fails, or comes no further.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { documents, documentBytes, documentsPerSecond, killEveryMs } = options;
  await using folder = await tempFolder('fairlead-soak-');
  await using fake = await startFakeFirestore({ settings: { documentsPerSecond } });
  const shape = fake.store.synthesise({
    collection: 'users',
    count: documents,
    bytes: documentBytes,
  });
  const database = join(folder.path, 'soak.duckdb');
  const program = programOf(options, folder.path, fake.address, database);

  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  /** Of each process that was killed. The last one may have been short. */
  const peaks: number[] = [];
  let peak = 0;
  let kills = 0;
  let pid = 0;
  const sampling = setInterval(() => {
    const bytes = treeBytes(pid);
    if (bytes === 0) return;
    peak = Math.max(peak, bytes);
    const { reads } = fake.counters.total;
    options.progress?.({ seconds: seconds(), reads, kills, residentMiB: bytes / 2 ** 20 });
  }, 500);
  try {
    const started = (id: number) => {
      pid = id;
    };
    let barren = 0;
    for (;;) {
      const before = fake.counters.total.reads;
      peak = 0;
      const attempt = await runOnce({ ...program, started }, { afterMs: killEveryMs });
      if (attempt.exitCode === 0) break;
      if (!attempt.killed) throw new Error(`the command failed; it said:\n${attempt.stderr}`);
      peaks.push(peak);
      kills++;
      const { reads } = fake.counters.total;
      // One read is that of the server's time.
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
    seconds: seconds(),
    kills,
    reads: fake.counters.total.reads,
    problems: await tableProblems(database, 'users', shape),
  };
}

function programOf(
  { commitEveryMs, fairlead: [program = '', ...words] = [process.execPath, command] }: SoakOptions,
  folder: string,
  address: string,
  database: string,
): Program {
  return {
    command: program,
    args: [
      ...words,
      'copy',
      'firestore://demo/users',
      // A little less than usual, as the whole is to stay within 200 MiB.
      `duckdb:${database}?memoryLimit=32MiB`,
      '--table',
      'users',
      '--contract',
      'quarantine',
      '--commit-every',
      `${commitEveryMs}ms`,
      '--quiet',
    ],
    cwd: folder,
    env: { FIRESTORE_EMULATOR_HOST: address, FAIRLEAD_STATE: join(folder, 'state') },
  };
}
