// Files through the whole product, against the physical limit and the naive way, in one run. The
// targets' names are those of bench/RESULTS.md.
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeLineitem } from '@fairlead/testkit';
import { measure, median, type Measurement } from './measure.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const data = join(here, 'data');
const cli = join(here, '../packages/cli/bin/fairlead.js');
// What a destination that keeps nothing was last given is remembered here, and forgotten before each run.
const state = join(data, 'state');
process.env['FAIRLEAD_STATE'] = state;
const scale = Number(process.env['BENCH_SCALE'] ?? '1');
const repetitions = Number(process.env['BENCH_REPETITIONS'] ?? '5');

interface Way {
  readonly name: string;
  readonly once?: boolean;
  /** The file that it reads, if it is not that of the target. */
  readonly input?: string;
  run(): Promise<Measurement>;
  /** What is in the table afterwards; all ways of a target must agree. */
  content?(): Promise<string>;
}

interface Target {
  readonly id: string;
  readonly what: string;
  /** The file that every way reads. */
  readonly input: string;
  readonly least?: number;
  /** How often each way is run, if it is less often than usual. */
  readonly turns?: number;
  readonly ways: readonly Way[];
}

/** A row of the report. */
export interface Line {
  readonly id: string;
  readonly way: string;
  readonly seconds: number;
  readonly rate: string;
  readonly peakMiB: number;
  /** Of the limit's time; the first way is the limit. */
  readonly ratio: number;
  readonly least?: number;
}

const csv = join(data, `lineitem-${scale}.csv`);
// A load of two seconds has not filled its buffers: memory is compared from here on.
const small = join(data, `lineitem-${scale / 5}.csv`);
const large = join(data, `lineitem-${scale * 4}.csv`);
const jsonl = join(data, `lineitem-${scale}.jsonl`);
const database = (name: string) => join(data, `${name}.duckdb`);

export async function endToEnd(say: (line: string) => void): Promise<readonly Line[]> {
  mkdirSync(data, { recursive: true });
  await prepare(csv, 'csv', scale * 1e9, say);
  await prepare(small, 'csv', (scale * 1e9) / 5, say);
  await prepare(large, 'csv', scale * 4e9, say);
  await prepare(jsonl, 'jsonl', scale * 1e9, say);
  const lines: Line[] = [];
  for (const target of targets()) {
    const found = new Map<string, Measurement[]>(target.ways.map(({ name }) => [name, []]));
    const contents = new Map<string, string>();
    for (let turn = 0; turn < Math.min(repetitions, target.turns ?? repetitions); turn++) {
      for (const way of target.ways) {
        if (way.once === true && turn > 0) continue;
        const measurement = await way.run();
        found.get(way.name)?.push(measurement);
        if (way.content !== undefined) contents.set(way.name, await way.content());
        say(
          `${target.id} ${way.name}: ${measurement.seconds.toFixed(2)} s, ${measurement.peakMiB.toFixed(0)} MiB`,
        );
      }
    }
    if (new Set(contents.values()).size > 1) {
      throw new Error(`${target.id}: contents differ: ${JSON.stringify([...contents])}`);
    }
    lines.push(...summarize(target, found));
  }
  return lines;
}

function summarize(target: Target, found: ReadonlyMap<string, readonly Measurement[]>): Line[] {
  const limit = median((found.get(target.ways[0]?.name ?? '') ?? []).map(({ seconds }) => seconds));
  return [...found].map(([way, measurements], index) => {
    const { size } = statSync(target.ways[index]?.input ?? target.input);
    const seconds = median(measurements.map((one) => one.seconds));
    return {
      id: target.id,
      way,
      seconds,
      rate: `${(size / seconds / 1e6).toFixed(0)} MB/s`,
      peakMiB: Math.max(...measurements.map(({ peakMiB }) => peakMiB)),
      ratio: limit / seconds,
      ...(index === 1 && target.least !== undefined ? { least: target.least } : {}),
    };
  });
}

async function prepare(
  path: string,
  format: 'csv' | 'jsonl',
  sizeBytes: number,
  say: (line: string) => void,
) {
  if (existsSync(path)) return;
  say(`writing ${path}`);
  await writeLineitem(path, { format, sizeBytes });
}

function targets(): readonly Target[] {
  return [
    { id: 'F1', what: 'CSV to DuckDB', input: csv, least: 0.55, ways: intoDuckdb('csv', csv) },
    {
      id: 'F2',
      what: 'JSON lines to DuckDB',
      input: jsonl,
      least: 0.75,
      ways: intoDuckdb('json', jsonl),
    },
    {
      id: 'F3',
      what: 'JSON lines to nothing',
      input: jsonl,
      least: 0.35,
      ways: [
        { name: 'Node reads, cat takes', run: () => job('readToPipe', jsonl) },
        { name: 'fairlead', run: () => copy(jsonl, 'null:') },
        { name: 'Node reads only', run: () => job('readOnly', jsonl) },
        { name: 'readline, JSON.parse', once: true, run: () => job('parseLines', jsonl) },
      ],
    },
    {
      id: 'M',
      what: 'memory for 20 times the data',
      input: small,
      turns: 2,
      ways: [
        { name: 'fairlead, a fifth of the data', run: () => copyInto(small, 'small') },
        {
          name: 'fairlead, 20 times that',
          input: large,
          run: () => copyInto(large, 'large'),
        },
        { name: 'DuckDB alone, a fifth of the data', run: () => appendAlone('0.2', '1') },
        { name: 'DuckDB alone, 20 times that', input: large, run: () => appendAlone('1', '4') },
      ],
    },
  ];
}

/** How much more two processes do at once than one: 2 on two cores, less where processors share one. */
export async function twoProcesses(): Promise<number> {
  const turns = async () => Number((await job('work')).stdout);
  const gains: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const alone = await turns();
    const [one, other] = await Promise.all([turns(), turns()]);
    gains.push((one + other) / alone);
  }
  return median(gains);
}

function intoDuckdb(format: string, file: string): readonly Way[] {
  const content = (name: string) => async () =>
    (await job('checksum', database(name), 'lineitem')).stdout;
  const fresh = (name: string) => {
    for (const end of ['', '.wal']) rmSync(database(name) + end, { force: true });
    return database(name);
  };
  const parquet = join(data, `${basename(file)}.parquet`);
  return [
    {
      name: 'DuckDB reads the file',
      run: () => job('duckdbFile', format, file, fresh('limit')),
      content: content('limit'),
    },
    { name: 'fairlead', run: () => copyInto(file, 'ours'), content: content('ours') },
    {
      name: 'DuckDB reads it with one thread',
      run: () => job('duckdbFile', format, file, fresh('single'), '1'),
    },
    {
      name: 'DuckDB loads Parquet of it with one thread',
      async run() {
        if (!existsSync(parquet)) {
          const unfinished = `${parquet}.unfinished`;
          rmSync(unfinished, { recursive: true, force: true });
          mkdirSync(unfinished);
          await job('writeParquet', database('single'), unfinished);
          renameSync(unfinished, parquet);
        }
        return job('loadParquet', parquet, fresh('loaded'));
      },
    },
    {
      name: 'readline, objects, appender',
      once: true,
      run: () => job('naive', format, file, fresh('naive')),
    },
  ];
}

/** DuckDB by itself appends Parquet of F1's rows. */
function appendAlone(share: string, times: string): Promise<Measurement> {
  for (const end of ['', '.wal']) rmSync(database('alone') + end, { force: true });
  return job(
    'appendParquet',
    join(data, `${basename(csv)}.parquet`),
    database('alone'),
    share,
    times,
  );
}

function copyInto(file: string, name: string): Promise<Measurement> {
  for (const end of ['', '.wal']) rmSync(database(name) + end, { force: true });
  return copy(file, `duckdb:${database(name)}`);
}

function copy(file: string, destination: string): Promise<Measurement> {
  rmSync(state, { recursive: true, force: true });
  return measure([cli, 'copy', file, destination, '--table', 'lineitem', '--quiet']);
}

function job(...args: string[]): Promise<Measurement> {
  return measure([join(here, 'job.mjs'), ...args]);
}
