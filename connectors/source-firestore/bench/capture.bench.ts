// R1: documents per second on one core, from the fake Firestore into nothing, beside counting the bytes of
// the same answers in HTTP/2, and beside the official client with JSON.stringify. The server is a process of
// its own, and so is every way, in turns. With and without a round trip of 30 ms.
// Run: npx tsx --conditions=source connectors/source-firestore/bench/capture.bench.ts [rounds]
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startFakeFirestore } from '@fairlead/fake-firestore';
import { frameMessage } from '@fairlead/grpc';
import { connect, emptyState, silentLog, wholeRange } from '@fairlead/sdk';
import { Firestore, type QueryDocumentSnapshot } from '@google-cloud/firestore';
import { firestore } from '../src/index.ts';
import { encodeRunQuery, methods } from '../src/wire/requests.ts';

const window = 8 * 1024 * 1024;
/** The naive way is slow enough to be measured on fewer. */
const naively = 48;
const counts: Readonly<Record<number, number>> = { 300: 2_400_000, 2048: 960_000 };
const roundTrips = [0, 30];
const least = 15;

/** Reads a collection. @returns how many documents came. */
type Way = (port: number, bytes: number) => Promise<number>;

const ways: Readonly<Record<string, Way>> = {
  'http2, bytes counted': countBytes,
  'this source': capture,
  'official client': readNaively,
};

const [role = '3', portText = '', bytesText = ''] = process.argv.slice(2);
const way = ways[role];
if (role === 'serve') await serve();
else if (way === undefined) await compare(Number(role));
else await measure(way, Number(portText), Number(bytesText));

interface Taken {
  /** Documents a second, in thousands. */
  readonly rate: number;
  /** Of all its threads, in microseconds a document. */
  readonly cpu: number;
  readonly peakMiB: number;
}

async function compare(rounds: number): Promise<void> {
  const server = start('serve');
  const ports = (await firstLine(server)).split(' ').map(Number);
  console.log(`Median of ${rounds}, Node ${process.version}`);
  try {
    for (const [index, roundTripMs] of roundTrips.entries()) {
      for (const [bytes, count] of Object.entries(counts)) {
        const taken = new Map(Object.keys(ways).map((name) => [name, [] as Taken[]]));
        for (let round = 0; round < rounds; round++) {
          for (const [name, runs] of taken) {
            const line = await firstLine(start(name, ports[index] ?? 0, bytes));
            runs.push(JSON.parse(line) as Taken);
          }
        }
        console.log(`\n${count} documents of ${bytes} bytes, ${roundTripMs} ms there and back`);
        report(taken);
      }
    }
  } finally {
    server.kill();
  }
}

function report(taken: ReadonlyMap<string, readonly Taken[]>): void {
  const median = (runs: readonly Taken[] = [], of: keyof Taken) =>
    runs.map((run) => run[of]).toSorted((a, b) => a - b)[runs.length >> 1] ?? Number.NaN;
  const naive = taken.get('official client');
  const limit = median(taken.get('http2, bytes counted'), 'rate');
  for (const [name, runs] of taken) {
    const rate = median(runs, 'rate');
    const cpu = median(runs, 'cpu');
    const faster = rate / median(naive, 'rate');
    const cheaper = median(naive, 'cpu') / cpu;
    const target = name === 'this source' ? ` (≥ ${least})` : '';
    console.log(
      [
        name.padEnd(21),
        `${rate.toFixed(1).padStart(6)} k/s`,
        `of the limit ${(rate / limit).toFixed(2)}`,
        `official × ${faster.toFixed(1).padStart(5)}${target.padEnd(7)}`,
        `cpu ${cpu.toFixed(2).padStart(6)} µs a document, official / ${cheaper.toFixed(1).padStart(5)}`,
        `peak ${median(runs, 'peakMiB').toFixed(0).padStart(3)} MiB`,
      ].join('  '),
    );
  }
}

function start(...words: readonly (string | number)[]): ChildProcess {
  const script = fileURLToPath(import.meta.url);
  const options = ['--conditions=source', '--import', 'tsx', script, ...words.map(String)];
  return spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the process has no output');
  for await (const line of createInterface(stdout)) return line;
  throw new Error('the process said nothing');
}

/** For each document size a collection, and a smaller one for the naive way. */
async function serve(): Promise<void> {
  const ports: number[] = [];
  for (const roundTripMs of roundTrips) {
    const { store, port } = await startFakeFirestore({ roundTripMs });
    for (const [bytes, count] of Object.entries(counts)) {
      store.synthesise({ collection: `all${bytes}`, count, bytes: Number(bytes) });
      store.synthesise({
        collection: `some${bytes}`,
        count: count / naively,
        bytes: Number(bytes),
      });
    }
    ports.push(port);
  }
  console.log(ports.join(' '));
}

async function measure(run: Way, port: number, bytes: number): Promise<void> {
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  const count = await run(port, bytes);
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpuBefore);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  const taken: Taken = { rate: count / ms, cpu: (user + system) / count, peakMiB };
  console.log(JSON.stringify(taken));
  process.exit();
}

/** All documents by one query. */
async function countBytes(port: number, bytes: number): Promise<number> {
  const session = connectHttp2(`http://127.0.0.1:${port}`, {
    settings: { initialWindowSize: window },
  });
  session.on('connect', () => session.setLocalWindowSize(window));
  const stream = session.request({
    ':method': 'POST',
    ':path': methods.runQuery,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const parent = 'projects/demo/databases/(default)/documents';
  const query = { from: { collectionId: `all${bytes}` } };
  stream.end(frameMessage(encodeRunQuery({ parent, query })));
  let received = 0;
  stream.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  await new Promise((resolve) => {
    stream.on('end', resolve);
  });
  const count = counts[bytes] ?? 0;
  if (received < count * 250) throw new Error(`only ${received} bytes came`);
  return count;
}

/** A backfill from its first call until it has caught up. */
async function capture(port: number, bytes: number): Promise<number> {
  const path = `all${bytes}`;
  const source = connect(firestore, {
    database: 'projects/demo',
    advanced: { emulatorHost: `127.0.0.1:${port}` },
  });
  const events = source.pull({
    bindings: [{ stream: path, stateKey: path, resource: { path } }],
    state: emptyState,
    until: 'caught-up',
    range: wholeRange,
    signal: new AbortController().signal,
    log: silentLog,
  });
  let count = 0;
  for await (const event of events) {
    if (event.is !== 'documents') continue;
    count += event.documents.ends.length;
    event.release?.();
  }
  if (count !== counts[bytes]) throw new Error(`${count} documents came`);
  return count;
}

async function readNaively(port: number, bytes: number): Promise<number> {
  process.env.FIRESTORE_EMULATOR_HOST = `127.0.0.1:${port}`;
  process.env.METADATA_SERVER_DETECTION = 'none';
  const client = new Firestore({ projectId: 'demo' });
  let count = 0;
  let length = 0;
  const documents = client.collection(`some${bytes}`).stream();
  documents.on('data', (document: QueryDocumentSnapshot) => {
    const { ref, createTime, updateTime } = document;
    const meta = { path: ref.path, createTime, updateTime };
    length += JSON.stringify({ _meta: meta, ...document.data() }).length;
    count++;
  });
  await once(documents, 'end');
  if (count * naively !== counts[bytes] || length < count * 100) {
    throw new Error(`${count} documents came`);
  }
  return count;
}
