// `npm run bench`: every bench, and bench/RESULTS.md anew. With words behind `--`, only those whose title
// holds one of them; the other sections stay as they are. BENCH_SCALE is the size of the files in
// gigabytes, BENCH_REPETITIONS how often each way is run; the ways take turns.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { endToEnd, twoProcesses, type Line } from './end-to-end.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = fileURLToPath(new URL('RESULTS.md', import.meta.url));

/** A section of the results. */
interface Section {
  readonly title: string;
  measure(): string | Promise<string>;
}

const sections: readonly Section[] = [
  { title: 'Files, end to end', measure: files },
  part('Scan, observe and columnize JSON', 'packages/json/bench/kernel.bench.ts'),
  part('Decode CSV', 'packages/file-capture/bench/csv.bench.ts'),
  part('Capture JSON lines', 'packages/file-capture/bench/jsonl.bench.ts'),
  part('H1: a Flow capture', 'packages/host-flow/bench/capture.bench.ts'),
  part('H2: an Airbyte source', 'packages/host-airbyte/bench/source.bench.ts'),
  part('H3: a Flow materialization', 'packages/host-flow/bench/materialize.bench.ts'),
  part('H4: an Airbyte destination', 'packages/host-airbyte/bench/destination.bench.ts'),
  part('H5: a Fivetran function', 'packages/host-fivetran/bench/function.bench.ts'),
  part(
    'H6: a Fivetran source by gRPC',
    'packages/host-fivetran/bench/source.bench.ts',
    '500000',
    '3',
  ),
  part('A Fivetran destination', 'packages/host-fivetran/bench/destination.bench.ts'),
  part('Streams of gRPC', 'packages/grpc/bench/stream.bench.ts', '3'),
  part('Documents of Firestore to JSON', 'connectors/source-firestore/bench/transcode.bench.ts'),
  part('R1: a capture of Firestore', 'connectors/source-firestore/bench/capture.bench.ts'),
  part('Documents of Fauna to JSON', 'connectors/source-fauna/bench/page.bench.ts'),
  part('R2: a capture of Fauna', 'connectors/source-fauna/bench/capture.bench.ts'),
  part('The fake Firestore', 'packages/fake-firestore/bench/serve.bench.ts'),
];

/** A bench of a single part, which prints a table. */
function part(title: string, file: string, ...args: string[]): Section {
  const measure = () => {
    const printed = execFileSync(
      process.execPath,
      ['--import', 'tsx', '--conditions=source', file, ...args],
      { cwd: root, encoding: 'utf8' },
    );
    return `\`${file}\`\n\n\`\`\`\n${printed.trim()}\n\`\`\``;
  };
  return { title, measure };
}

async function files(): Promise<string> {
  const gain = await twoProcesses();
  const lines = await endToEnd(say);
  return `F1: CSV of 16 columns into a DuckDB table, exactly once, against \`CREATE TABLE AS\` from \`read_csv\`. F2: the same rows as
JSON lines, against \`read_json\`. F3: JSON lines into nothing, against reading the file and writing it to \`cat\`. M: memory
for a fifth of F1's rows, and for 20 times as many. Medians; the ways of a target take turns in one run, each in a process
of its own, start and end included. The first way of a target is its limit; *ratio* is the limit's time divided by the
way's. *Peak* is resident memory of the process tree. For F1 and F2 every column of the tables is compared by checksum
after every run.

${table(lines)}

${growth(lines)}

${bound(lines, gain)}`;
}

function table(lines: readonly Line[]): string {
  const rows = lines.map((line) =>
    [
      line.id,
      line.way,
      line.seconds.toFixed(2),
      line.rate,
      line.ratio.toFixed(2),
      line.least === undefined ? '' : `≥ ${line.least}`,
      line.peakMiB.toFixed(0),
    ].join(' | '),
  );
  return [
    '| target | way | seconds | input | ratio | target | peak MiB |',
    '|---|---|--:|--:|--:|--:|--:|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

/** How much more memory 20 times the data take. */
function growth(lines: readonly Line[]): string {
  const peaks = lines.filter(({ id }) => id === 'M').map(({ peakMiB }) => peakMiB);
  const [small = 0, large = 0, alone = 0, aloneLarge = 0] = peaks;
  const percent = ((large / small - 1) * 100).toFixed(0);
  return `M: 20 times the data take ${percent} % more memory, ${(large - small).toFixed(0)} MiB; the target is 10 % at most. DuckDB alone, with one thread and the
memory limit that it has here, takes ${(aloneLarge - alone).toFixed(0)} MiB more for a table 20 times as large,
which lies outside of that limit.`;
}

/** What F2 could be at best on this machine, if nothing waited for anything. */
function bound(lines: readonly Line[], gain: number): string {
  const seconds = (id: string, way: string) =>
    lines.find((line) => line.id === id && line.way === way)?.seconds ?? Number.NaN;
  const limit = seconds('F2', 'DuckDB reads the file');
  const loading = seconds('F2', 'DuckDB loads Parquet of it with one thread');
  const reading = seconds('F3', 'fairlead');
  const best = Math.max(loading, (loading + reading) / gain);
  return `F2: two processes at once do ${gain.toFixed(2)} times the work of one here. DuckDB needs ${loading.toFixed(2)} s of one thread for rows that are
Parquet already, and reading them out of JSON lines takes ${reading.toFixed(2)} s of another (F3): at best
${best.toFixed(2)} s, a ratio of ${(limit / best).toFixed(2)}.`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The sections of the last results, by title. */
function before(): Map<string, string> {
  const text = existsSync(results) ? readFileSync(results, 'utf8') : '';
  return new Map(
    text
      .split(/^## /mu)
      .slice(1)
      .map((section) => [
        section.split('\n', 1)[0] ?? '',
        section.slice(section.indexOf('\n') + 1).trim(),
      ]),
  );
}

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const wanted = sections.filter(
  ({ title }) => words.length === 0 || words.some((word) => title.toLowerCase().includes(word)),
);
if (wanted.length === 0) {
  say(
    `No bench is called that. There are:\n${sections.map(({ title }) => `  ${title}`).join('\n')}`,
  );
  process.exit(2);
}
const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
const written = before();
for (const section of wanted) {
  const { title } = section;
  say(title);
  const found = await section.measure();
  const when = new Date().toISOString().slice(0, 10);
  written.set(
    title,
    `${when}, Node ${process.versions.node}, ${process.platform}, ${machine}.\n\n${found}`,
  );
  const kept = sections.filter((one) => written.has(one.title));
  writeFileSync(
    results,
    `# Results\n\nWritten by \`npm run bench\`.\n\n${kept
      .map((one) => `## ${one.title}\n\n${written.get(one.title) ?? ''}\n`)
      .join('\n')}`,
  );
}
say('bench/RESULTS.md is written.');
