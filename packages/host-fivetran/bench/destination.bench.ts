/**
 * Rows of 16 columns from an encrypted and compressed batch file into a DuckDB table: by WriteBatch over gRPC, into an
 * empty table and then in place of the same rows; by DuckDB's own `read_csv` of the plain file, which is the limit; and
 * in the naive way, an object and an INSERT for each row. Each run is a process of its own, and the ways take turns.
 * Of WriteBatch it is the program that Fivetran starts; what calls it is another process and not counted. Content is
 * compared by checksum. Then the peak of WriteBatch for a quarter of the rows, and for 16 times as many as that.
 *
 *     npx tsx --conditions=source packages/host-fivetran/bench/destination.bench.ts [runs] [rows]
 */
import { spawnSync } from 'node:child_process';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { compress, init } from '@bokuweb/zstd-wasm';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  buildProgram,
  lineitemColumns,
  lineitemCsv,
  lineitemKey,
  residentBytes,
} from '@fairlead/testkit';
import { decompress } from 'fzstd';
import { startDestination } from '../src/destination/testing/destination-program.ts';
import { type Column, ColumnSchema, DataType } from '../src/protocol/common.gen.ts';
import {
  Compression,
  CreateTableRequestSchema,
  CreateTableResponseSchema,
  Encryption,
  WriteBatchRequestSchema,
  WriteBatchResponseSchema,
} from '../src/protocol/destination_sdk.gen.ts';

interface Result {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly checksum: string;
}

/** Naive rows are so many only, for they take so long. */
const naiveRows = 5_000;

/** Where a run finds its files, and the program that it calls. */
interface Place {
  readonly folder: string;
  readonly program: string;
}

const empty = 'WriteBatch into an empty table';
const again = 'WriteBatch in place of the same rows';
const ways = {
  'read_csv of the plain file': readCsv,
  [empty]: (place: Place) => writeBatch(place, 1),
  [again]: (place: Place) => writeBatch(place, 2),
  'an object and an INSERT a row': naive,
} as const;
type Way = keyof typeof ways;

const [first = '', second = '', folder = '', program = ''] = process.argv.slice(2);
if (first === '--run') {
  const result = await ways[second as Way]({ folder, program });
  process.stdout.write(JSON.stringify(result));
} else await compare(Number(first) || 5, Number(second) || 500_000);

async function compare(runs: number, rows: number): Promise<void> {
  const main = new URL('../src/destination/testing/main-destination.ts', import.meta.url);
  await using built = await buildProgram(main);
  await init();
  const results = new Map<string, Result[]>();
  withFiles(rows, (files) => {
    const place = { folder: files, program: built.path };
    for (let run = 0; run < runs; run++) {
      for (const way of Object.keys(ways)) {
        results.set(way, [...(results.get(way) ?? []), child(way, place)]);
      }
    }
  });
  report(results, rows);
  const [few, many] = [rows / 4, rows * 4];
  for (const way of [empty, again]) {
    const peaks: number[] = [];
    for (const count of [few, many]) {
      withFiles(count, (files) => {
        peaks.push(child(way, { folder: files, program: built.path }).peakMiB);
      });
    }
    const [small = 0, large = 0] = peaks;
    const more = ((large / small - 1) * 100).toFixed(0);
    print(
      `${way}: peak RSS ${small.toFixed(0)} MiB for ${few} rows, ${large.toFixed(0)} MiB for ${many}: ${more} % more`,
    );
  }
}

function report(results: ReadonlyMap<string, readonly Result[]>, rows: number): void {
  const rateOf = (way: string, of: readonly Result[]) =>
    (way === 'an object and an INSERT a row' ? naiveRows : rows) / median(of.map((r) => r.seconds));
  const limit = rateOf('', results.get('read_csv of the plain file') ?? []);
  for (const [way, of] of results) {
    const rate = rateOf(way, of);
    const cpu = median(of.map((r) => r.cpuSeconds)).toFixed(1);
    const peak = Math.round(Math.max(...of.map((r) => r.peakMiB)));
    print(
      `${way}: ${(rate / 1000).toFixed(1)} k/s, ratio ${(rate / limit).toFixed(3)}, CPU ${cpu} s, peak RSS ${peak} MiB`,
    );
  }
  const whole = [...results].filter(([way]) => way !== 'an object and an INSERT a row');
  const checksums = new Set(whole.flatMap(([, of]) => of.map((r) => r.checksum)));
  print(checksums.size === 1 ? 'content is the same' : 'CONTENT DIFFERS');
}

function child(way: string, place: Place): Result {
  const file = fileURLToPath(import.meta.url);
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...process.execArgv, file, '--run', way, place.folder, place.program],
    { encoding: 'utf8' },
  );
  rmSync(join(place.folder, 'bench.duckdb'), { force: true });
  rmSync(join(place.folder, 'bench.duckdb.wal'), { force: true });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Does something with a folder of files of so many rows. */
function withFiles(rows: number, work: (folder: string) => void): void {
  const files = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  try {
    writeFiles(files, rows);
    work(files);
  } finally {
    rmSync(files, { recursive: true });
  }
}

/** The rows as plain CSV, and packed, in Zstandard frames of some 16 MiB each. */
function writeFiles(files: string, rows: number): void {
  const [key, vector] = [randomBytes(32), randomBytes(16)];
  const cipher = createCipheriv('aes-256-cbc', key, vector);
  writeFileSync(join(files, 'key'), key);
  const plain = openSync(join(files, 'plain.csv'), 'w');
  const batch = openSync(join(files, 'batch'), 'w');
  writeSync(batch, vector);
  let pieces: Uint8Array[] = [];
  const flush = () => {
    const bytes = Buffer.concat(pieces);
    pieces = [];
    writeSync(plain, bytes);
    writeSync(batch, cipher.update(compress(bytes, 3)));
  };
  for (const piece of lineitemCsv({ rows })) {
    pieces.push(piece);
    if (pieces.length === 16) flush();
  }
  flush();
  writeSync(batch, cipher.final());
  closeSync(plain);
  closeSync(batch);
}

async function writeBatch({ folder: files, program: path }: Place, times: number): Promise<Result> {
  const database = join(files, 'bench.duckdb');
  await using server = await startDestination(path);
  const { channel } = server;
  const pid = server.process.pid ?? 0;
  const request = {
    configuration: { path: database },
    schemaName: 'shop',
    table: { name: 'lineitem', columns: columns() },
  };
  const service = '/fivetran_sdk.v2.DestinationConnector';
  const created = await channel.unary(
    `${service}/CreateTable`,
    toBinary(CreateTableRequestSchema, create(CreateTableRequestSchema, request)),
  );
  mustSucceed(fromBinary(CreateTableResponseSchema, created).response.case);
  const batch = join(files, 'batch');
  const message = toBinary(
    WriteBatchRequestSchema,
    create(WriteBatchRequestSchema, {
      ...request,
      replaceFiles: [batch],
      keys: { [batch]: readFileSync(join(files, 'key')) },
      fileParams: {
        compression: Compression.ZSTD,
        encryption: Encryption.AES,
        nullString: '',
        unmodifiedString: 'unmodified-7',
      },
    }),
  );
  let start = performance.now();
  let cpu = 0;
  for (let time = 0; time < times; time++) {
    start = performance.now();
    cpu = cpuSecondsOf(pid);
    const answer = await channel.unary(`${service}/WriteBatch`, message);
    mustSucceed(fromBinary(WriteBatchResponseSchema, answer).response.case);
  }
  const seconds = (performance.now() - start) / 1000;
  const cpuSeconds = cpuSecondsOf(pid) - cpu;
  const peakMiB = residentBytes(pid, 'peak') / 2 ** 20;
  await server[Symbol.asyncDispose]();
  return { seconds, cpuSeconds, peakMiB, checksum: await checksumOf(database) };
}

/** What a process has used of processors until now (proc(5), `utime` and `stime`, in hundredths). */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function readCsv({ folder: files }: Place): Promise<Result> {
  const path = join(files, 'bench.duckdb');
  const measured = startOf();
  const instance = await DuckDBInstance.create(path, { threads: '1', memory_limit: '1GiB' });
  const connection = await instance.connect();
  await connection.run('CREATE SCHEMA shop');
  const types = lineitemColumns.map(({ name }) => `'${name}': '${sqlType(name)}'`).join(', ');
  await connection.run(
    `CREATE TABLE shop.lineitem AS SELECT * FROM read_csv('${join(files, 'plain.csv')}', header = true, columns = {${types}}, auto_detect = false)`,
  );
  connection.closeSync();
  instance.closeSync();
  return await measured(path);
}

async function naive({ folder: files }: Place): Promise<Result> {
  const path = join(files, 'bench.duckdb');
  const instance = await DuckDBInstance.create(path, { threads: '1' });
  const connection = await instance.connect();
  await connection.run('CREATE SCHEMA shop');
  const definitions = lineitemColumns.map(({ name }) => `${name} ${sqlType(name)}`).join(', ');
  await connection.run(`CREATE TABLE shop.lineitem (${definitions})`);
  const measured = startOf();
  const file = readFileSync(join(files, 'batch'));
  const key = readFileSync(join(files, 'key'));
  const decipher = createDecipheriv('aes-256-cbc', key, file.subarray(0, 16));
  const packed = Buffer.concat([decipher.update(file.subarray(16)), decipher.final()]);
  const [names = [], ...records] = parse(Buffer.from(decompress(packed)).toString());
  const marks = names.map((_, index) => `$${index + 1}`).join(', ');
  const insert = await connection.prepare(`INSERT INTO shop.lineitem VALUES (${marks})`);
  await connection.run('BEGIN');
  for (const fields of records.slice(0, naiveRows)) {
    const row = Object.fromEntries(names.map((name, index) => [name, fields[index] || null]));
    insert.bind(names.map((name) => row[name] ?? null));
    await insert.run();
  }
  await connection.run('COMMIT');
  connection.closeSync();
  instance.closeSync();
  return await measured(path);
}

/** The records of CSV, as arrays of texts. */
function parse(text: string): string[][] {
  return Array.from(text.matchAll(/(?:[^"\n]|"[^"]*")+/g), ([record]) =>
    Array.from(record.matchAll(/(?:^|,)((?:[^",]|"[^"]*")*)/g), ([, field = '']) =>
      field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
    ),
  );
}

/** Begins to measure. What it gives ends that, and looks at what is in the file. */
function startOf(): (path: string) => Promise<Result> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  return async (path) => {
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const peakMiB = residentBytes(process.pid, 'peak') / 2 ** 20;
    return {
      seconds,
      cpuSeconds: (user + system) / 1e6,
      peakMiB,
      checksum: await checksumOf(path),
    };
  };
}

async function checksumOf(path: string): Promise<string> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const found = await connection.runAndReadAll(
    'SELECT count(*), sum(hash(l)) FROM shop.lineitem AS l',
  );
  connection.closeSync();
  instance.closeSync();
  return JSON.stringify(found.getRowsJson());
}

function columns(): Column[] {
  return lineitemColumns.map(({ name }) =>
    create(ColumnSchema, { name, type: dataType(name), primaryKey: lineitemKey.includes(name) }),
  );
}

function dataType(name: string): DataType {
  const type = sqlType(name);
  if (type === 'BIGINT') return DataType.LONG;
  if (type === 'DOUBLE') return DataType.DOUBLE;
  return type === 'DATE' ? DataType.NAIVE_DATE : DataType.STRING;
}

function sqlType(name: string): string {
  const schema = lineitemColumns.find((column) => column.name === name)?.schema ?? {};
  if (schema['type'] === 'integer') return 'BIGINT';
  if (schema['type'] === 'number') return 'DOUBLE';
  return schema['format'] === 'date' ? 'DATE' : 'VARCHAR';
}

function mustSucceed(answer: string | undefined): void {
  if (answer !== 'success') throw new Error(`the answer is ${answer ?? 'empty'}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
