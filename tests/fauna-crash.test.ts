import { isDeepStrictEqual } from 'node:util';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { startFakeFauna, type FakeFauna } from '@fairlead/fake-fauna';
import { randomFrom, runOnce, tempFolder, type Attempt, type Program } from '@fairlead/testkit';
import { expect, test } from 'vitest';

const command = fileURLToPath(new URL('../packages/cli/bin/fairlead.js', import.meta.url));

const collections = ['orders', 'users'] as const;
/** Of each collection. Few enough that the same one is written, deleted and made again many times. */
const documents = 200;
/** Small, so that what comes between two kills is many pages. */
const pageSize = 8;

type Random = ReturnType<typeof randomFrom>;

/** So often it is killed while one collection changes; then the other one has its turn. */
const killsPerTurn = 10;

test.each([
  { apiVersion: '4', kills: 100 },
  { apiVersion: '10', kills: 50 },
] as const)(
  'in FQL $apiVersion, a copy that is killed $kills times while others write holds what the database holds',
  async ({ apiVersion, kills }) => {
    await using folder = await tempFolder();
    await using fake = await startFakeFauna({ settings: { defaultHistoryDays: 30 }, logLimit: 0 });
    for (const name of collections) {
      fake.store.createCollection(name);
      fake.store.createIndex(`${name}_ts`, { source: name, values: ['ts', 'ref'] });
    }
    await folder.write('pipeline.yaml', pipelineOf(fake, apiVersion));
    const program: Program = {
      command: process.execPath,
      args: [command, 'run', '--verbose'],
      cwd: folder.path,
      env: { FAIRLEAD_STATE: folder.join('state') },
      progress: /committed/,
    };
    const random = randomFrom(kills);

    let atWork = 0;
    for (let turn = 0; turn * killsPerTurn < kills; turn++) {
      const write = writer(fake, collections[turn % 2] ?? 'orders', random);
      write(2 * documents);
      let finished = 0;
      for (let killed = 0; killed < killsPerTurn;) {
        write(random.pick([10, 30, 60]));
        const attempt = await attemptOnce(fake, program, random, write);
        if (attempt.signal === 'SIGKILL') {
          killed++;
          if (attempt.progressLines > 0) atWork++;
        } else if (++finished > 2 * killsPerTurn) throw new Error('it ends before it is killed');
      }
      const whole = await runOnce(program, { afterMs: 120_000 });
      expect(whole, whole.stderr).toMatchObject({ killed: false, exitCode: 0 });
      const tables = await tablesOf(folder.join('copy.duckdb'));
      for (const name of collections) expect(differences(tables[name], fake, name)).toEqual([]);
    }
    expect(atWork).toBeGreaterThanOrEqual(kills / 2);
  },
  900_000,
);

/**
 * Runs it until it ends, or is killed: a little after it has committed so many times, or when it has asked so many
 * questions. Before each answer others write: in some runs nothing, in others more than some pages hold.
 */
async function attemptOnce(
  fake: FakeFauna,
  program: Program,
  random: Random,
  write: (count: number) => void,
): Promise<Attempt> {
  const byLine = random.fraction() < 0.5;
  const onLine = byLine ? random.integer(1, 9) : Infinity;
  const onRequest = byLine ? Infinity : random.integer(1, 20);
  const most = random.pick([0, 0, 1, 4]);
  let group: number | undefined;
  let requests = 0;
  fake.faults.always({
    when() {
      write(random.integer(0, most));
      if (++requests === onRequest && group !== undefined) process.kill(-group, 'SIGKILL');
      return false;
    },
  });
  const started = (pid: number) => {
    group = pid;
  };
  const sentence = { afterMs: 120_000, onLine, lateMs: random.integer(0, 40) };
  const attempt = await runOnce({ ...program, started }, sentence);
  fake.faults.clear();
  if (attempt.signal === 'SIGKILL' || attempt.exitCode === 0) return attempt;
  throw new Error(`ended by itself with exit code ${attempt.exitCode}:\n${attempt.stderr}`);
}

/**
 * Writes so many times to some documents of a collection: makes, changes, deletes and makes again, one by one or several
 * at a time.
 */
function writer({ store }: FakeFauna, name: string, random: Random): (count: number) => void {
  let writes = 0;
  const data = () => ({ write: ++writes, text: `„${writes}“`, list: [writes / 8, { a: true }] });
  return (count) => {
    for (let i = 0; i < count; i++) {
      const id = random.integer(1, documents);
      const isThere = store.read(name, id) !== undefined;
      const chance = random.fraction();
      if (chance < 0.15) {
        store.transaction((transaction) => {
          for (let next = id; next < id + 4; next++) {
            if (random.fraction() < 0.7) transaction.set(name, next, data());
            else if (store.read(name, next) !== undefined) transaction.delete(name, next);
          }
        });
      } else if (isThere && chance < 0.6) {
        store.delete(name, id);
        if (chance < 0.3) store.set(name, id, data());
      } else if (chance > 0.9) store.set(name, id, data(), { ttl: 4e15 });
      else store.set(name, id, data());
    }
  };
}

function pipelineOf({ port, secret }: FakeFauna, apiVersion: string): string {
  return `
name: crash
source:
  fauna:
    domain: 127.0.0.1
    port: ${port}
    scheme: http
    secret: ${secret}
    api_version: '${apiVersion}'
    collection:
      page_size: ${pageSize}
      deletions: { deletion_mode: deleted_field }
destination:
  duckdb: { path: copy.duckdb }
# After every page.
commit: { bytes: 1B }
`;
}

type Row = readonly [ref: unknown, ts: unknown, data: unknown];

/** The rows of each table. */
async function tablesOf(database: string): Promise<Readonly<Record<string, readonly Row[]>>> {
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  try {
    const tables: Record<string, readonly Row[]> = {};
    for (const name of collections) {
      const reader = await connection.runAndReadAll(`select ref, ts::varchar, data from ${name}`);
      tables[name] = reader.getRows().map(([ref, ts, data]) => [ref, ts, JSON.parse(String(data))]);
    }
    return tables;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** What a table has that a collection has not, and the other way round. */
function differences(rows: readonly Row[] = [], { store }: FakeFauna, name: string): string[] {
  const found = new Map(rows.map((row) => [String(row[0]), row]));
  const stored = store.documents(name);
  const there = new Set(stored.map(({ id }) => id));
  const wrong = stored.flatMap(({ id, ts, fields }) => {
    const row = found.get(id);
    if (row === undefined) return [`${id} of ${ts} is missing`];
    const wanted = [id, String(ts), fields['data']];
    if (isDeepStrictEqual(row, wanted)) return [];
    return [`${id} is ${JSON.stringify(row)} instead of ${JSON.stringify(wanted)}`];
  });
  const left = rows.filter(([ref]) => !there.has(String(ref)));
  const several = rows.length === found.size ? [] : [`${rows.length - found.size} rows too many`];
  return [
    ...wrong,
    ...left.map(([ref, ts]) => `${String(ref)} of ${String(ts)} is gone`),
    ...several,
  ];
}
