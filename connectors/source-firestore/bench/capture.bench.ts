// R1: documents per second on one core, from the fake Firestore into nothing, beside counting the bytes of
// the same answers in HTTP/2, and beside the official client with JSON.stringify. The server is a process of
// its own, and so is every way, in turns. With and without a round trip of 30 ms.
// Run: npx tsx --conditions=source connectors/source-firestore/bench/capture.bench.ts [rounds]
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { startFakeFirestore } from '@fairlead/fake-firestore';
import { frameMessage } from '@fairlead/grpc';
import { connect, emptyState, silentLog, wholeRange } from '@fairlead/sdk';
import { Firestore, type QueryDocumentSnapshot } from '@google-cloud/firestore';
import {
  firstLine,
  inTurns,
  measureWay,
  ours,
  report,
  startBench,
} from '../../../bench/official-client.ts';
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
  [ours]: capture,
  'official client': readNaively,
};

const [role = '3', portText = '', bytesText = ''] = process.argv.slice(2);
const way = ways[role];
if (role === 'serve') await serve();
else if (way === undefined) await compare(Number(role));
else await measureWay(() => way(Number(portText), Number(bytesText)));

async function compare(rounds: number): Promise<void> {
  const server = startBench(import.meta.url, 'serve');
  const ports = (await firstLine(server)).split(' ').map(Number);
  console.log(`Median of ${rounds}, Node ${process.version}`);
  try {
    for (const [index, roundTripMs] of roundTrips.entries()) {
      for (const [bytes, count] of Object.entries(counts)) {
        const taken = await inTurns(Object.keys(ways), rounds, (name) =>
          startBench(import.meta.url, name, String(ports[index]), bytes),
        );
        console.log(`\n${count} documents of ${bytes} bytes, ${roundTripMs} ms there and back`);
        report(taken, least);
      }
    }
  } finally {
    server.kill();
  }
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
