// Stores of lineitem documents (16 columns and the document) through a pipe into a null destination,
// against counting the lines of the same pipe and against parsing each. Every way is a process of its
// own, fed by `cat`, and timed from its first byte to its last.
// Run: npx tsx --conditions=source packages/host-flow/bench/materialize.bench.ts [rounds]
import { spawn } from 'node:child_process';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readChunks } from '@fairlead/host-io';
import { decodeValue, type JsonSchema } from '@fairlead/json';
import { nul } from '@fairlead/materialize-null';
import { silentLog, startOf, wholeRange } from '@fairlead/sdk';
import { lineitemColumns, lineitemDocuments, lineitemKey, residentBytes } from '@fairlead/testkit';
import { jsonBytes } from '../src/materialize/answers.ts';
import { buildCollection, groupBy } from '../src/materialize/drive-spec.ts';
import { BindingTransaction, type TestDocument } from '../src/materialize/drive-transaction.ts';
import type { BindingSpec } from '../src/materialize/flow-spec.ts';
import { serveMaterialize } from '../src/materialize/serve.ts';
import type { CodecName } from '../src/protocol/codec.ts';
import {
  materializeRequests,
  type MaterializeRequestDraft,
} from '../src/protocol/materialize-messages.ts';
import { messageWriter } from '../src/protocol/message-writer.ts';

const block = 10_000;
const blocks = 60;
const [role = process.env['BENCH_REPETITIONS'] ?? '5', codecName = 'json'] = process.argv.slice(2);

/** What a process of its own does with its standard input. */
const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  count: countLines,
  naive: parseLines,
  host: () => serve(codecName === 'proto' ? 'proto' : 'json'),
};

const way = ways[role];
if (way === undefined) await compare(Number(role));
else await way();

interface Input {
  readonly name: string;
  readonly file: string;
  readonly codec: CodecName;
}

async function compare(rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'materialize-bench-'));
  try {
    const inputs: Input[] = [];
    for (const codec of ['json', 'proto'] as const) {
      for (const form of ['document', 'row'] as const) {
        const file = join(folder, `${codec}-${form}`);
        await writeInput(file, codec, form === 'row');
        inputs.push({ name: `${codec}, ${form}`, file, codec });
      }
    }
    const runs = inputs.flatMap((input) => [
      { name: `${input.name}: count lines`, input, role: 'count' },
      { name: `${input.name}: host`, input, role: 'host' },
      ...(input.codec === 'json' ? [{ name: `${input.name}: naive`, input, role: 'naive' }] : []),
    ]);
    const times = new Map(runs.map(({ name }) => [name, [] as Taken[]]));
    let peak = 0;
    for (let round = 0; round <= rounds; round++) {
      for (const run of runs) {
        // It takes long, and tells the same every time.
        if (run.role === 'naive' && round !== 1) continue;
        const taken = await time(run.role, run.input);
        // The first round warms the caches of the system.
        if (round > 0) times.get(run.name)?.push(taken);
        if (run.role === 'host') peak = Math.max(peak, taken.rssMiB);
      }
    }
    const median = (name: string, of: 'ms' | 'cpuMs') =>
      (times.get(name) ?? []).map((taken) => taken[of]).toSorted((a, b) => a - b)[
        (times.get(name)?.length ?? 0) >> 1
      ] ?? Number.NaN;
    for (const { name, input } of runs) {
      const ms = median(name, 'ms');
      const cpuMs = median(name, 'cpuMs');
      const { size } = await stat(input.file);
      const limit = `${input.name}: count lines`;
      console.log(
        [
          name.padEnd(32),
          `${ms.toFixed(0).padStart(5)} ms`,
          `${(size / ms / 1000).toFixed(0).padStart(5)} MB/s`,
          `${((block * blocks) / ms).toFixed(0).padStart(5)} k/s`,
          ` ratio ${(median(limit, 'ms') / ms).toFixed(2)}`,
          ` cpu ${cpuMs.toFixed(0).padStart(5)} ms`,
          ` ratio ${(median(limit, 'cpuMs') / cpuMs).toFixed(2)}`,
        ].join(' '),
      );
    }
    console.log(`peak RSS of a host ${peak.toFixed(0)} MiB`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Taken {
  readonly ms: number;
  /** Of the process itself, which other processes on the machine do not change. */
  readonly cpuMs: number;
  readonly rssMiB: number;
}

async function time(name: string, { file, codec }: Input): Promise<Taken> {
  const program = fileURLToPath(import.meta.url);
  const node = `"${process.execPath}" --import tsx --conditions=source "${program}"`;
  const child = spawn('sh', ['-c', `cat "${file}" | ${node} ${name} ${codec}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const text of child.stdout.setEncoding('utf8')) said += String(text);
  const [ms = Number.NaN, cpuMs = Number.NaN, rssBytes = 0] = said.trim().split(' ').map(Number);
  return { ms, cpuMs, rssMiB: rssBytes / 2 ** 20 };
}

async function countLines(): Promise<void> {
  await timed(async (chunks) => {
    let count = 0;
    for await (const chunk of chunks) {
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) count++;
    }
    if (count < 1000) throw new Error('there are no lines');
  });
}

async function parseLines(): Promise<void> {
  const stores: unknown[] = [];
  const start = performance.now();
  const startCpu = cpu();
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as { store?: { doc: unknown } };
    if (request.store !== undefined) stores.push(JSON.stringify(request.store.doc));
    if (stores.length === 1000) stores.length = 0;
  }
  report(performance.now() - start, cpu() - startCpu);
}

async function serve(codec: CodecName): Promise<void> {
  await timed(async (chunks) => {
    const output = { write: () => undefined, flush: async () => {} };
    const code = await serveMaterialize(nul, {
      input: () => chunks,
      output,
      codec,
      log: silentLog,
    });
    if (code !== 0) throw new Error(`the host ended with ${code}`);
  });
}

async function timed(use: (chunks: AsyncIterable<Buffer>) => Promise<void>): Promise<void> {
  const start = performance.now();
  const startCpu = cpu();
  await use(readChunks(0));
  report(performance.now() - start, cpu() - startCpu);
}

function report(ms: number, cpuMs: number): void {
  console.log(`${ms} ${cpuMs} ${residentBytes(process.pid, 'peak')}`);
}

/** Milliseconds of processor time of this process. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function writeInput(path: string, codec: CodecName, published: boolean): Promise<void> {
  const spec = bindingSpec(published);
  const writer = messageWriter<MaterializeRequestDraft>(materializeRequests, codec);
  const transaction = new BindingTransaction(spec, 0, (_, after) => after, codec === 'proto');
  for (const { bytes, ends } of lineitemDocuments({ rows: block })) {
    for (const [index, end] of ends.entries()) {
      const document = decodeValue(bytes, startOf({ bytes, ends }, index), end) as TestDocument;
      transaction.add(document, '2026-08-21T10:00:00.1234567Z');
    }
  }
  const stores = transaction.stores();
  if (stores === undefined) throw new Error('there is nothing to store');
  const encoded = Uint8Array.from(writer.encode(stores));
  const file = await open(path, 'w');
  const send = async (request: MaterializeRequestDraft) => {
    await file.writeFile(writer.encode(request));
  };
  await send({
    is: 'open',
    materialization: { name: 'acmeCo/bench', config: jsonBytes({}), bindings: [spec] },
    range: { keyBegin: 0, keyEnd: wholeRange.end },
  });
  await send({ is: 'acknowledge' });
  await send({ is: 'flush' });
  for (let index = 0; index < blocks; index++) await file.writeFile(encoded);
  await send({ is: 'startCommit' });
  await send({ is: 'acknowledge' });
  await file.close();
}

function bindingSpec(published: boolean): BindingSpec {
  const properties = Object.fromEntries(
    lineitemColumns.map(({ name, schema }): [string, JsonSchema] => [name, schema]),
  );
  const wanted = {
    name: 'acmeCo/lineitem',
    key: lineitemKey.map((name) => `/${name}`),
    resource: { table: 'lineitem' },
    schema: { type: 'object', required: [...lineitemKey], properties },
  };
  const collection = buildCollection(wanted);
  const keys = groupBy(collection);
  const values = lineitemColumns.map(({ name }) => name).filter((name) => !keys.includes(name));
  return {
    resourceConfig: jsonBytes(wanted.resource),
    resourcePath: ['lineitem'],
    collection,
    fieldSelection: {
      keys,
      values: published ? ['flow_published_at', ...values] : values,
      document: 'flow_document',
    },
    stateKey: 'lineitem',
  };
}
