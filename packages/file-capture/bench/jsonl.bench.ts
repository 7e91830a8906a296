// Reads a JSON-lines file of about 200 MB, plain and compressed, through `captureFiles`, and compares
// that with what the machine can do at most, in turns. Medians of wall time; ratios are what counts.
// Run: npx tsx --conditions=source packages/file-capture/bench/jsonl.bench.ts [rounds]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { silentLog, wholeRange } from '@fairlead/sdk';
import { residentBytes } from '@fairlead/testkit';
import { captureFiles, fileSettings, type FileInfo, type FileStore } from '../src/index.ts';
import { z } from 'zod';

const chunkBytes = 1024 * 1024;
const rounds = Number(process.argv[2] ?? 5);
const folder = await mkdtemp(join(tmpdir(), 'jsonl-bench-'));
const plain = join(folder, 'lineitem.jsonl');
const packed = `${plain}.gz`;

try {
  await makeFiles();
  const { size } = await stat(plain);
  const ways: Record<string, () => Promise<number>> = {
    'plain: reads of 1 MiB': () => readOnly(plain),
    'plain: reads, and writes to cat': () => readToCat(plain),
    'plain: pull and count': () => pullAndCount(plain),
    'gzip: zlib, chunks of 1 MiB': () => gunzipOnly(packed),
    'gzip: gzip -dc': () => child('gzip', ['-dc', packed]),
    'gzip: pull and count': () => pullAndCount(packed),
  };
  const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries(ways)) {
      const start = performance.now();
      await run();
      // The first round warms the caches and the compiler.
      if (round > 0) times.get(name)?.push(performance.now() - start);
    }
  }
  const median = (name: string) =>
    (times.get(name) ?? []).toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
  for (const name of times.keys()) {
    const ms = median(name);
    console.log(
      `${name.padEnd(34)} ${ms.toFixed(0).padStart(6)} ms ${(size / ms / 1000).toFixed(0).padStart(6)} MB/s`,
    );
  }
  const ratio = (limit: string, way: string) =>
    console.log(`${way} against ${limit}: ${(median(limit) / median(way)).toFixed(2)}`);
  ratio('plain: reads of 1 MiB', 'plain: pull and count');
  ratio('plain: reads, and writes to cat', 'plain: pull and count');
  ratio('gzip: zlib, chunks of 1 MiB', 'gzip: pull and count');
  ratio('gzip: gzip -dc', 'gzip: pull and count');
  console.log(`peak RSS ${(residentBytes(process.pid, 'peak') / 2 ** 20).toFixed(0)} MiB`);
} finally {
  await rm(folder, { recursive: true });
}

/** Documents of 16 members and about 366 bytes. */
async function makeFiles(): Promise<void> {
  const out = createWriteStream(plain);
  for (let order = 0; order < 550_000;) {
    let text = '';
    for (let i = 0; i < 2_000; i++, order++) {
      text += `${JSON.stringify({
        orderkey: order * 7,
        partkey: (order * 7919) % 200_000,
        suppkey: (order * 104_729) % 10_000,
        linenumber: (order % 7) + 1,
        quantity: (order % 50) + 1,
        extendedprice: ((order * 37) % 9_000_000) / 100,
        discount: (order % 11) / 100,
        tax: (order % 9) / 100,
        returnflag: 'ANR'[order % 3],
        linestatus: 'OF'[order % 2],
        shipdate: `1996-0${(order % 9) + 1}-1${order % 10}`,
        commitdate: `1996-0${(order % 8) + 1}-2${order % 10}`,
        receiptdate: `1996-1${order % 3}-0${(order % 9) + 1}`,
        shipinstruct: 'DELIVER IN PERSON',
        shipmode: 'TRUCK',
        comment: `egular courts above the "quick" brown fox ${order}`,
      })}\n`;
    }
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  await pipeline(createReadStream(plain), createGzip({ level: 6 }), createWriteStream(packed));
}

async function* chunksOf(path: string, offset = 0): AsyncGenerator<Uint8Array> {
  await using file = await open(path);
  const buffers = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)] as const;
  for (let at = offset, turn: 0 | 1 = 0; ; turn = turn === 0 ? 1 : 0) {
    const { bytesRead } = await file.read(buffers[turn], 0, chunkBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffers[turn].subarray(0, bytesRead);
  }
}

async function readOnly(path: string): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunksOf(path)) bytes += chunk.length;
  return bytes;
}

async function readToCat(path: string): Promise<number> {
  const cat = spawn('sh', ['-c', 'cat >/dev/null'], { stdio: ['pipe', 'ignore', 'inherit'] });
  let bytes = 0;
  for await (const chunk of chunksOf(path)) {
    bytes += chunk.length;
    await new Promise<void>((resolve) => cat.stdin.write(chunk, () => resolve()));
  }
  cat.stdin.end();
  await once(cat, 'close');
  return bytes;
}

async function gunzipOnly(path: string): Promise<number> {
  let bytes = 0;
  const source = createReadStream(path, { highWaterMark: chunkBytes });
  for await (const chunk of source.pipe(createGunzip({ chunkSize: chunkBytes }))) {
    bytes += (chunk as Buffer).length;
  }
  return bytes;
}

async function child(command: string, args: string[]): Promise<number> {
  const [code] = await once(
    spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] }),
    'close',
  );
  return Number(code);
}

async function pullAndCount(path: string): Promise<number> {
  const { size } = await stat(path);
  const file: FileInfo = { path, sizeBytes: size, version: '1' };
  const store: FileStore = {
    async *list() {
      yield file;
    },
    open: async (_file, { offset }) => ({
      file,
      offset,
      chunks: chunksOf(path, offset),
      [Symbol.asyncDispose]: async () => {},
    }),
    unchanged: async () => (await stat(path)).size === size,
  };
  const events = captureFiles({
    bindings: [{ stream: 's', stateKey: 's', store, settings: z.object(fileSettings).parse({}) }],
    state: { bindings: {} },
    until: 'caught-up',
    range: wholeRange,
    signal: new AbortController().signal,
    log: silentLog,
    intervalMs: 0,
  });
  let documents = 0;
  for await (const event of events) {
    if (event.is === 'failed') throw event.failure;
    if (event.is === 'documents') documents += event.documents.ends.length;
  }
  if (documents !== 550_000) throw new Error(`${documents} documents`);
  return documents;
}
