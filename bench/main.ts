// `npm run bench`: every bench, and bench/RESULTS.md anew. BENCH_SCALE is the size of the files in
// gigabytes, BENCH_REPETITIONS how often each way is run; the ways take turns.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { endToEnd, twoProcesses, type Line } from './end-to-end.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Benches of single parts, each of which prints a table. */
const parts: readonly (readonly [title: string, file: string, ...args: string[]])[] = [
  ['Scan, observe and columnize JSON', 'packages/json/bench/kernel.bench.ts'],
  ['Decode CSV', 'packages/file-capture/bench/csv.bench.ts'],
  ['Capture JSON lines', 'packages/file-capture/bench/jsonl.bench.ts'],
  ['H1: a Flow capture', 'packages/host-flow/bench/capture.bench.ts'],
  ['H2: an Airbyte source', 'packages/host-airbyte/bench/source.bench.ts'],
  ['H3: a Flow materialization', 'packages/host-flow/bench/materialize.bench.ts'],
  ['H4: an Airbyte destination', 'packages/host-airbyte/bench/destination.bench.ts'],
  ['Streams of gRPC', 'packages/grpc/bench/stream.bench.ts', '3'],
  ['Documents of Firestore to JSON', 'connectors/source-firestore/bench/transcode.bench.ts'],
  ['R1: a capture of Firestore', 'connectors/source-firestore/bench/capture.bench.ts'],
  ['The fake Firestore', 'packages/fake-firestore/bench/serve.bench.ts'],
];

function say(line: string): void {
  process.stderr.write(`${line}\n`);
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
  const [small = 0, large = 0] = lines.filter(({ id }) => id === 'M').map(({ peakMiB }) => peakMiB);
  const percent = ((large / small - 1) * 100).toFixed(0);
  return `M: 20 times the data take ${percent} % more memory; the target is 10 % at most.`;
}

const gain = await twoProcesses();
const lines = await endToEnd(say);
const sections = parts.map(([title, file, ...args]) => {
  say(file);
  const printed = execFileSync(
    process.execPath,
    ['--import', 'tsx', '--conditions=source', file, ...args],
    { cwd: root, encoding: 'utf8' },
  );
  return `## ${title}\n\n\`${file}\`\n\n\`\`\`\n${printed.trim()}\n\`\`\`\n`;
});

const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
writeFileSync(
  fileURLToPath(new URL('RESULTS.md', import.meta.url)),
  `# Results

${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${process.platform}, ${machine}.
Two processes at once do ${gain.toFixed(2)} times the work of one. Written by \`npm run bench\`. Medians; the ways of a target take turns in one run, each in a process of its own, start
and end included. The first way of a target is its limit; *ratio* is the limit's time divided by the way's. *Peak* is
resident memory of the process tree. For F1 and F2 every column of the tables is compared by checksum after every run.

## Files, end to end

F1: CSV of 16 columns into a DuckDB table, exactly once, against \`CREATE TABLE AS\` from \`read_csv\`. F2: the same rows as
JSON lines, against \`read_json\`. F3: JSON lines into nothing, against reading the file and writing it to \`cat\`. M: memory
for a fifth of F1's rows, and for 20 times as many.

${table(lines)}

${growth(lines)}

${sections.join('\n')}`,
);
say('bench/RESULTS.md is written.');
