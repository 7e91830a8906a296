// Documents a second from an in-memory source through the host to `cat >/dev/null`, against writing
// the same bytes with no host (H2), from where they are or copied once, and against parsing,
// wrapping and printing each document.
// Run: npx tsx --conditions=source packages/host-airbyte/bench/source.bench.ts [documents] [rounds]
import { spawn } from 'node:child_process';
import { write } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openOutput, Splicer } from '@fairlead/host-io';
import { countOf, type Documents, type Source, type SourceEvent, startOf } from '@fairlead/sdk';
import { lineitemDocuments, residentBytes } from '@fairlead/testkit';
import { z } from 'zod';
import { Messages } from '../src/protocol/messages.ts';
import { recordsOf } from '../src/source/records.ts';
import { serveSource } from '../src/source/serve-source.ts';

/** Where the fast ways write. */
const descriptor = 3;

const [mode, ...rest] = process.argv.slice(2);
if (mode === 'child') await child(rest[0] ?? '', Number(rest[1]));
else await compare(Number(mode ?? 1_000_000), Number(rest[0] ?? 5));

async function compare(documents: number, rounds: number): Promise<void> {
  const ways = ['same bytes', 'same bytes, copied', 'host', 'host, with a key', 'naive'] as const;
  const rates = new Map(ways.map((way) => [way, [] as number[]]));
  const peaks = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) {
      // The naive way is so slow that fewer documents tell as much.
      const count = way === 'naive' ? documents / 10 : documents;
      const { perSecond, peakMiB } = await runChild(way, count);
      rates.get(way)?.push(perSecond);
      peaks.set(way, Math.max(peaks.get(way) ?? 0, peakMiB));
    }
  }
  const median = (way: (typeof ways)[number]) =>
    (rates.get(way) ?? []).sort((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
  const limit = median('same bytes');
  for (const way of ways) {
    const ratio = (median(way) / limit).toFixed(2);
    const rate = (median(way) / 1e3).toFixed(0).padStart(5);
    const peak = (peaks.get(way) ?? 0).toFixed(0).padStart(4);
    console.log(`${way.padEnd(20)} ${rate} k documents/s, ratio ${ratio}, peak ${peak} MiB`);
  }
}

async function runChild(way: string, count: number) {
  const script = fileURLToPath(import.meta.url);
  const node = `${process.execPath} --import tsx --conditions=source`;
  // The loader of TypeScript makes its standard output one that does not block, so it gets another.
  const stdout = way === 'naive' ? '' : '3>&1 >/dev/null';
  const line = `${node} ${script} child '${way}' ${count} ${stdout} | cat >/dev/null`;
  const shell = spawn('sh', ['-c', line], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  for await (const chunk of shell.stderr) text += String(chunk);
  const told: { perSecond: number; peakMiB: number } = JSON.parse(text);
  return told;
}

/** Writes in one of the ways, and to standard error how fast that was. */
async function child(way: string, count: number): Promise<void> {
  const batches = [...lineitemDocuments({ rows: 30_000 })];
  const work = await prepare(way, batches, count);
  const begun = performance.now();
  const cpuBefore = process.cpuUsage();
  const written = await work();
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - begun) / 1e3;
  const cpuMicros = (user + system) / written;
  const peakMiB = residentBytes(process.pid, 'peak') / 2 ** 20;
  process.stderr.write(JSON.stringify({ perSecond: written / seconds, cpuMicros, peakMiB }));
}

async function prepare(way: string, batches: readonly Documents[], count: number) {
  if (way === 'naive') return () => writeNaively(batches, count);
  if (way.startsWith('host')) return () => writeByHost(batches, count, way !== 'host');
  const records = await Promise.all(batches.map(recordBytes));
  return () => writeBytes(records, batches, count, way !== 'same bytes');
}

/** Calls `take` with batches in turn until there were so many documents. */
async function repeat(
  batches: readonly Documents[],
  count: number,
  take: (batch: Documents, index: number) => unknown,
): Promise<number> {
  let done = 0;
  for (let index = 0; done < count; index++) {
    const batch = batches[index % batches.length];
    if (batch === undefined) break;
    await take(batch, index % batches.length);
    done += countOf(batch);
  }
  return done;
}

async function recordBytes(batch: Documents): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const output = {
    write: (bytes: Uint8Array) => void chunks.push(Buffer.from(bytes)),
    flush: async () => {},
    close: async () => {},
  };
  const options = { stream: { name: 'lineitem' }, changes: false, output, now: Date.now };
  const splicer = new Splicer(output);
  await recordsOf({ ...options, splicer }).write(batch);
  return Buffer.concat(chunks);
}

async function writeBytes(
  records: readonly Buffer[],
  batches: readonly Documents[],
  count: number,
  copied: boolean,
): Promise<number> {
  const buffers = [0, 1].map(() => Buffer.allocUnsafeSlow(2 * 1024 * 1024));
  let turn = 0;
  let written = Promise.resolve();
  const done = await repeat(batches, count, async (_batch, index) => {
    const record = records[index] ?? Buffer.alloc(0);
    const buffer = buffers[turn++ % 2] ?? record;
    if (copied) buffer.set(record);
    await written;
    written = writeAll(copied ? buffer.subarray(0, record.length) : record);
  });
  await written;
  return done;
}

async function writeAll(bytes: Buffer): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += await writeSome(bytes, at);
}

/** One write of up to 1 MiB, as wide as the system takes it. */
function writeSome(bytes: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, at, bytes.length - at, null, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

async function writeNaively(batches: readonly Documents[], count: number): Promise<number> {
  return await repeat(batches, count, (batch) => {
    const text = Buffer.from(batch.bytes);
    for (let index = 0; index < countOf(batch); index++) {
      const data = JSON.parse(text.toString('utf8', startOf(batch, index), batch.ends[index]));
      const record = { stream: 'lineitem', emitted_at: Date.now(), data };
      console.log(JSON.stringify({ type: 'RECORD', record }));
    }
    return new Promise((resolve) => process.stdout.write('', resolve));
  });
}

async function writeByHost(
  batches: readonly Documents[],
  count: number,
  changes: boolean,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-bench-'));
  const terms = { 'x-fairlead': { resource: {}, changes } };
  const catalog = { streams: [{ stream: { name: 'lineitem', json_schema: terms } }] };
  await writeFile(join(folder, 'config'), '{}');
  await writeFile(join(folder, 'catalog'), JSON.stringify(catalog));
  const output = openOutput(descriptor);
  const io = {
    output,
    messages: new Messages(output),
    complain: (text: string) => void process.stderr.write(text),
    signal: new AbortController().signal,
  };
  const files = ['--config', join(folder, 'config'), '--catalog', join(folder, 'catalog')];
  const code = await serveSource(sourceOf(batches, count), ['read', ...files], io);
  await output.close();
  await rm(folder, { recursive: true });
  if (code !== 0) throw new Error(`the host ended with ${code}`);
  return count;
}

/** A source that hands out the same batches, with a checkpoint after each. */
function sourceOf(batches: readonly Documents[], count: number): Source {
  return {
    name: 'source-bench',
    title: 'Bench',
    config: z.object({}),
    resource: z.object({}),
    cursor: z.object({ done: z.int() }),
    check: async () => {},
    discover: async () => [],
    async *pull(): AsyncGenerator<SourceEvent> {
      let done = 0;
      for (let index = 0; done < count; index++) {
        const documents = batches[index % batches.length];
        if (documents === undefined) return;
        done += countOf(documents);
        yield { is: 'documents', binding: 0, documents };
        yield { is: 'checkpoint', patch: { bindings: { lineitem: { done } } } };
      }
      yield { is: 'caught-up', binding: 0 };
    },
  };
}
