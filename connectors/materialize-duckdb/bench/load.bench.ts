/**
 * One million documents of 16 columns into a new DuckDB file: through a writer, and by DuckDB's own
 * `read_json` of the same lines. Each run is a process of its own, A B A B; content is compared by checksum.
 *
 *     npx tsx --conditions=source connectors/materialize-duckdb/bench/load.bench.ts [runs] [setting=value…]
 *
 * Settings are those of `advanced`, each with values between commas, of which all are tried:
 * `segmentBytes=8MiB,16MiB memoryLimit=96MiB,128MiB threads=1,2`.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { Op, parseSettings, silentLog, wholeRange, type Documents } from '@fairlead/sdk';
import { duckdb } from '../src/index.ts';

const words =
  'carefully final deposits sleep furiously across the slyly ironic accounts pending requests haggle blithely'.split(
    ' ',
  );

const documentCount = 1_000_000;

const columns = [
  ['l_orderkey', 'BIGINT'],
  ['l_partkey', 'BIGINT'],
  ['l_suppkey', 'BIGINT'],
  ['l_linenumber', 'BIGINT'],
  ['l_quantity', 'BIGINT'],
  ['l_extendedprice', 'DOUBLE'],
  ['l_discount', 'DOUBLE'],
  ['l_tax', 'DOUBLE'],
  ['l_returnflag', 'VARCHAR'],
  ['l_linestatus', 'VARCHAR'],
  ['l_shipdate', 'DATE'],
  ['l_commitdate', 'DATE'],
  ['l_receiptdate', 'DATE'],
  ['l_shipinstruct', 'VARCHAR'],
  ['l_shipmode', 'VARCHAR'],
  ['l_comment', 'VARCHAR'],
] as const;

const schemas = {
  BIGINT: { type: 'integer' },
  DOUBLE: { type: 'number' },
  VARCHAR: { type: 'string' },
  DATE: { type: 'string', format: 'date' },
} as const;

interface Result {
  /** Until the file is closed, and so checkpointed. */
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly checksum: string;
}

const [mode = '', ...rest] = process.argv.slice(2);
if (mode === '--reference') await reference(rest[0] ?? '', rest[1] ?? '');
else if (mode === '--writer') await writer(rest[0] ?? '', rest[1] ?? '', rest[2] ?? '{}');
else compare(Number(mode) || 5, rest);

function compare(runs: number, settings: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  const input = join(folder, 'lineitem.jsonl');
  try {
    writeLineitems(input);
    const variants = combinations(settings);
    const results = new Map<string, Result[]>();
    for (let run = 0; run < runs; run++) {
      for (const variant of ['read_json', ...variants]) {
        const arguments_ =
          variant === 'read_json'
            ? ['--reference', input, join(folder, 'a.duckdb')]
            : ['--writer', input, join(folder, 'b.duckdb'), variant];
        results.set(variant, [...(results.get(variant) ?? []), child(arguments_)]);
      }
    }
    report(results);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function report(results: ReadonlyMap<string, readonly Result[]>): void {
  const limit = median((results.get('read_json') ?? []).map(({ seconds }) => seconds));
  const checksums = new Set([...results.values()].flat().map(({ checksum }) => checksum));
  for (const [variant, runs] of results) {
    const seconds = median(runs.map((run) => run.seconds));
    const rate = Math.round(documentCount / seconds / 1000);
    const cpu = median(runs.map(({ cpuSeconds }) => cpuSeconds)).toFixed(1);
    const peak = Math.round(Math.max(...runs.map(({ peakMiB }) => peakMiB)));
    print(
      `${variant}: ${rate} k/s, ratio ${(limit / seconds).toFixed(2)}, CPU ${cpu} s, peak RSS ${peak} MiB`,
    );
  }
  print(checksums.size === 1 ? 'content is the same' : 'CONTENT DIFFERS');
}

function combinations(settings: readonly string[]): string[] {
  let variants: Record<string, string | number>[] = [{}];
  for (const setting of settings) {
    const [name = '', values = ''] = setting.split('=');
    variants = values.split(',').flatMap((value) =>
      variants.map((variant) => ({
        ...variant,
        [name]: name === 'threads' ? Number(value) : value,
      })),
    );
  }
  return variants.map((variant) => JSON.stringify(variant));
}

function child(arguments_: readonly string[]): Result {
  const node = [...process.execArgv, fileURLToPath(import.meta.url), ...arguments_];
  const { stdout, stderr, status } = spawnSync(process.execPath, node, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Result;
}

async function reference(input: string, path: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE t (${columns.map(([n, t]) => `${n} ${t}`).join(', ')})`);
  const types = columns.map(([name, type]) => `${name}: '${type}'`).join(', ');
  const spent = stopwatch();
  await connection.run(
    `INSERT INTO t SELECT * FROM read_json('${input}', format = 'newline_delimited', columns = {${types}})`,
  );
  connection.closeSync();
  instance.closeSync();
  await finish(path, spent());
}

async function writer(input: string, path: string, settings: string): Promise<void> {
  const config = parseSettings(duckdb.config, { path, advanced: JSON.parse(settings) }, 'bench');
  const table = {
    resource: { table: 't' },
    write: 'merge',
    deletes: 'hard',
    columns: columns.map(([name, type]) => ({
      name,
      pointer: `/${name}`,
      key: name === 'l_orderkey',
      schema: schemas[type],
    })),
  } as const;
  let spent = stopwatch();
  {
    const signal = new AbortController().signal;
    await using destination = await duckdb.connect({ config, signal, log: silentLog });
    const tables = [table];
    await using open = await destination.open({ task: 'bench', range: wholeRange, tables });
    await open.alter(tables);
    spent = stopwatch();
    for (const documents of batches(input)) await open.store(0, documents);
    await open.commit('{}');
  }
  await finish(path, spent());
}

function stopwatch(): () => Pick<Result, 'seconds' | 'cpuSeconds'> {
  const start = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}

async function finish(path: string, spent: Pick<Result, 'seconds' | 'cpuSeconds'>): Promise<void> {
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const hash = "SELECT count(*) || ' ' || sum(hash(t)) FROM t";
  const checksum = String((await connection.runAndReadAll(hash)).getRows()[0]?.[0]);
  connection.closeSync();
  instance.closeSync();
  rmSync(path);
  print(JSON.stringify({ ...spent, peakMiB: Number(peak) / 1024, checksum }));
}

/** The lines of a file, 1 MiB at a time, as documents that are inserts. */
function* batches(path: string): Generator<Documents> {
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafeSlow(1 << 20);
  let kept = 0;
  for (;;) {
    const read = readSync(file, buffer, kept, buffer.length - kept, null);
    if (read === 0) break;
    const end = buffer.lastIndexOf(10, kept + read - 1) + 1;
    const ends: number[] = [];
    for (let at = 0; at < end;) ends.push((at = buffer.indexOf(10, at) + 1));
    const ops = new Uint8Array(ends.length).fill(Op.insert);
    yield { bytes: buffer.subarray(0, end), ends: Uint32Array.from(ends), ops };
    buffer.copyWithin(0, end, kept + read);
    kept += read - end;
  }
  closeSync(file);
}

function writeLineitems(path: string): void {
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
  const one = (list: readonly string[]) => list[random(list.length)] ?? '';
  const date = () => `199${2 + random(7)}-${two(1 + random(12))}-${two(1 + random(28))}`;
  const file = openSync(path, 'w');
  let lines = '';
  for (let i = 0; i < documentCount; i++) {
    const values = [
      i * 4 + random(4),
      random(200_000),
      random(10_000),
      1 + (i % 7),
      1 + random(50),
      (90_000 + random(10_000_000)) / 100,
      random(11) / 100,
      random(9) / 100,
      one(['A', 'N', 'R']),
      one(['O', 'F']),
      date(),
      date(),
      date(),
      one(['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN']),
      one(['AIR', 'MAIL', 'TRUCK', 'REG AIR']),
      Array.from({ length: 2 + random(4) }, () => one(words)).join(' '),
    ];
    lines += `{${columns.map(([name], c) => `"${name}":${JSON.stringify(values[c])}`).join(',')}}\n`;
    if (lines.length < 1 << 22 && i < documentCount - 1) continue;
    writeSync(file, lines);
    lines = '';
  }
  closeSync(file);
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
