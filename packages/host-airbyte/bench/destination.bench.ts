// Records per second through the destination host into a destination that keeps nothing, beside counting
// the lines of the same standard input and beside the naive way. Target H4: 0.3 of counting lines.
// Run: npx tsx --conditions=source packages/host-airbyte/bench/destination.bench.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openOutput, readChunks } from '@fairlead/host-io';
import { nul } from '@fairlead/materialize-null';
import { lineitemColumns, lineitemDocuments, tempFolder } from '@fairlead/testkit';
import { Messages } from '../src/protocol/messages.ts';
import { serveDestination } from '../src/destination/serve-destination.ts';

const recordCount = 400_000;
/** How often they come, so that what is done once for a run does not count. */
const loops = 4;
const rounds = 5;

/** What each child process does with its standard input. */
const ways: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
  'count lines': countLines,
  host: runHost,
  naive: parseEachLine,
};

async function countLines(): Promise<number> {
  let count = 0;
  for await (const chunk of readChunks(0)) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count++;
  }
  return count;
}

async function runHost(path: string): Promise<void> {
  const output = openOutput(1);
  const messages = new Messages(output);
  const { signal } = new AbortController();
  const complain = () => {};
  const args = ['write', '--config', `${path}/config.json`, '--catalog', `${path}/catalog.json`];
  const code = await serveDestination(nul, args, { output, messages, signal, complain });
  if (code !== 0) process.exit(code);
}

/** As one would write it who has not measured. */
async function parseEachLine(): Promise<number> {
  let size = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line);
    if (message.type === 'STATE') process.stdout.write(`${line}\n`);
    if (message.type !== 'RECORD') continue;
    const row = {
      _airbyte_raw_id: crypto.randomUUID(),
      _airbyte_extracted_at: new Date(message.record.emitted_at),
      _airbyte_generation_id: 1,
      _airbyte_meta: { sync_id: 1, changes: [] },
      ...message.record.data,
    };
    size += JSON.stringify(row).length;
  }
  return size;
}

async function writeInput(path: string): Promise<number> {
  const properties = Object.fromEntries(lineitemColumns.map(({ name, schema }) => [name, schema]));
  const stream = { name: 'lineitem', json_schema: { type: 'object', properties } };
  const ids = { generation_id: 1, minimum_generation_id: 0, sync_id: 1 };
  const catalog = { streams: [{ stream, destination_sync_mode: 'append', ...ids }] };
  await using file = await open(`${path}/input.jsonl`, 'w');
  const write = (text: string) => file.writeFile(text);
  await writeFile(`${path}/config.json`, '{}');
  await writeFile(`${path}/catalog.json`, JSON.stringify(catalog));
  let emittedAt = 1_700_000_000_000;
  for (const { bytes, ends } of lineitemDocuments({ rows: recordCount })) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const lines: string[] = [];
    let start = 0;
    for (const end of ends) {
      const data = text.toString('utf8', start, end - 1);
      if (lines.length % 20 === 0) emittedAt++;
      lines.push(
        `{"type":"RECORD","record":{"stream":"lineitem","data":${data},"emitted_at":${emittedAt}}}\n`,
      );
      start = end;
    }
    await write(lines.join(''));
    await write(
      '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"lineitem"},"stream_state":{}}}}\n',
    );
  }
  const descriptor =
    '"stream_status":{"stream_descriptor":{"name":"lineitem"},"status":"COMPLETE"}';
  await writeFile(
    `${path}/end.jsonl`,
    `{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,${descriptor}}}\n`,
  );
  return (await file.stat()).size;
}

/** What a process takes for what comes through a pipe, its start not counted. */
interface Took {
  readonly seconds: number;
  /** Of the processor, by all of its threads. */
  readonly cpuSeconds: number;
}

async function timed(name: string, path: string): Promise<Took> {
  const node = [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url)];
  const words = [...node, name, path].map((word) => `'${word}'`).join(' ');
  const inputs = [...Array.from({ length: loops }, () => 'input'), 'end'];
  const files = inputs.map((file) => `'${path}/${file}.jsonl'`).join(' ');
  const command = `cat ${files} | ${words}`;
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  const [code] = await once(child, 'close');
  const [json] = /{.*}/.exec(told) ?? [];
  if (code !== 0 || json === undefined) throw new Error(`${name} ended with ${code}: ${told}`);
  const took: Took = JSON.parse(json);
  return took;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

const [way, folder = ''] = process.argv.slice(2);
if (way === undefined) await compare();
else {
  const before = performance.now();
  const cpuBefore = process.cpuUsage();
  await ways[way]?.(folder);
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - before) / 1e3;
  const took: Took = { seconds, cpuSeconds: (user + system) / 1e6 };
  process.stderr.write(`${JSON.stringify(took)}\n`);
}

async function compare(): Promise<void> {
  await using scratch = await tempFolder();
  const bytes = await writeInput(scratch.path);
  const all = new Map<string, Took[]>();
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(ways)) {
      all.set(name, [...(all.get(name) ?? []), await timed(name, scratch.path)]);
    }
  }
  const records = recordCount * loops;
  const rateOf = (name: string) => {
    const took = all.get(name) ?? [];
    return records / median(took.map(({ seconds }) => seconds));
  };
  const limit = rateOf('count lines');
  process.stdout.write(`${records} records of ${Math.round(bytes / recordCount)} bytes\n`);
  for (const [name, took] of all) {
    const rate = rateOf(name);
    const cpu = (median(took.map(({ cpuSeconds }) => cpuSeconds)) / records) * 1e6;
    process.stdout.write(
      `${name.padEnd(12)} ${Math.round(rate / 1000)} k/s, ${(rate / limit).toFixed(2)} of counting lines, ${cpu.toFixed(2)} µs of CPU each\n`,
    );
  }
}
