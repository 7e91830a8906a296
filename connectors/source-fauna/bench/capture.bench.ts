// R2: documents per second on one core, from Fauna into nothing, beside dropping the bytes of the same answers, and beside
// a loop of the official driver with JSON.stringify. Pages of an index and their projection are the same for all. The server is
// a process of its own that plays answers of the fake Fauna from memory, and so is every way, in turns.
// Run: npx tsx --conditions=source connectors/source-fauna/bench/capture.bench.ts [rounds]
// BENCH_SCALE is the share of the documents that is read: 0.01 to try it.
import { connect as connectSocket } from 'node:net';
import { connect, emptyState, silentLog, wholeRange } from '@fairlead/sdk';
import faunadb from 'faunadb';
import {
  firstLine,
  inTurns,
  measureWay,
  ours,
  report,
  startBench,
} from '../../../bench/official-client.ts';
import { fauna } from '../src/index.ts';
import { pageQuestion, serveReplay, users, type Replayed } from './replay.ts';

const scale = Number(process.env['BENCH_SCALE'] ?? '1');
const least = 5;
/** What the settings have unless told. */
const usualPageSize = 1000;

interface Case extends Replayed {
  /** The naive way is slow enough to be measured on fewer: one in so many. */
  readonly naively: number;
}

const cases: readonly Case[] = [
  { count: 1_600_000, bytes: 300, pageSize: 1000, latencyMs: 0, naively: 16 },
  { count: 480_000, bytes: 2048, pageSize: 1000, latencyMs: 0, naively: 16 },
  { count: 640_000, bytes: 300, pageSize: 64, latencyMs: 0, naively: 16 },
  { count: 160_000, bytes: 300, pageSize: 1000, latencyMs: 30, naively: 2 },
].map(({ count, naively, pageSize, ...rest }) => {
  // Whole pages for all ways.
  const pages = Math.max(1, Math.round((count * scale) / naively / pageSize));
  return { ...rest, naively, pageSize, count: pages * naively * pageSize };
});

interface Place extends Case {
  readonly http1: number;
  readonly http2: number;
}

/** Reads a collection. @returns how many documents came. */
type Way = (place: Place) => Promise<number>;

const ways: Readonly<Record<string, Way>> = {
  'socket, bytes dropped': dropBytes,
  [ours]: capture,
  'official driver': readNaively,
};

const [role = process.env['BENCH_REPETITIONS'] ?? '3', given = ''] = process.argv.slice(2);
const way = ways[role];
if (role === 'serve') await serve();
else if (way === undefined) await compare(Number(role));
// What `compare` has told.
else await measureWay(() => counted(way, JSON.parse(given) as Place));

async function compare(rounds: number): Promise<void> {
  console.log(`Median of ${rounds}, Node ${process.version}`);
  for (const one of cases) {
    const { count, bytes, pageSize, latencyMs, naively } = one;
    const all = start('serve', one);
    const some = start('serve', { ...one, count: count / naively });
    try {
      const places: readonly Place[] = [
        { ...one, ...JSON.parse(await firstLine(all)) },
        { ...one, count: count / naively, ...JSON.parse(await firstLine(some)) },
      ];
      const taken = await inTurns(Object.keys(ways), rounds, (name) =>
        start(name, places[name === 'official driver' ? 1 : 0]),
      );
      console.log(
        `\n${count} documents of ${bytes} bytes, ${pageSize} a page, ${latencyMs} ms there and back`,
      );
      // With latency all ways mostly wait, and with few documents a page the servers and the sockets are most of it.
      report(taken, latencyMs === 0 && pageSize === usualPageSize ? least : undefined);
    } finally {
      all.kill();
      some.kill();
    }
  }
}

function start(what: string, about: Case | undefined) {
  return startBench(import.meta.url, what, JSON.stringify(about));
}

async function serve(): Promise<void> {
  // What `compare` has told.
  console.log(JSON.stringify(await serveReplay(JSON.parse(given) as Case)));
}

async function counted(read: Way, place: Place): Promise<number> {
  const count = await read(place);
  if (count !== place.count) throw new Error(`${count} documents came instead of ${place.count}`);
  return count;
}

/** The answers of HTTP/1.1 without a look at more than their length; the next page is asked for at once. */
async function dropBytes({ http1, count, pageSize, bytes }: Place): Promise<number> {
  const socket = connectSocket({ host: '127.0.0.1', port: http1, noDelay: true });
  const ask = (page: number) => {
    const body = pageQuestion(page, pageSize);
    const head = `POST / HTTP/1.1\r\nhost: server\r\ncontent-length: ${body.length}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), body]));
  };
  const pages = count / pageSize;
  let [page, left, received] = [0, 0, 0];
  ask(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (left === 0) {
      const head = chunk.subarray(0, chunk.indexOf('\r\n\r\n') + 4);
      left = head.length + Number(/content-length: (\d+)/i.exec(head.toString())?.[1]);
    }
    left -= chunk.length;
    if (left > 0) continue;
    if (++page === pages) break;
    ask(page);
  }
  if (received < count * bytes) throw new Error(`only ${received} bytes came`);
  return page * pageSize;
}

/** A first reading by the index until it has caught up. */
async function capture({ http1, pageSize }: Place): Promise<number> {
  const { collection, index } = users;
  const source = connect(fauna, {
    domain: '127.0.0.1',
    port: http1,
    scheme: 'http',
    secret: 'secret',
    collection: { page_size: pageSize },
  });
  const events = source.pull({
    bindings: [{ stream: collection, stateKey: collection, resource: { collection, index } }],
    state: emptyState,
    until: 'caught-up',
    range: wholeRange,
    signal: new AbortController().signal,
    log: silentLog,
  });
  let count = 0;
  for await (const event of events) {
    if (event.is === 'failed') throw event.failure;
    if (event.is !== 'documents') continue;
    count += event.documents.ends.length;
    event.release?.();
  }
  return count;
}

interface Page {
  readonly data: readonly unknown[];
  readonly after?: faunadb.Expr;
}

async function readNaively({ http2, pageSize }: Place): Promise<number> {
  const { query: q } = faunadb;
  const client = new faunadb.Client({
    domain: '127.0.0.1',
    port: http2,
    scheme: 'http',
    secret: 'secret',
    checkNewVersion: false,
  });
  const set = q.Range(q.Match(q.Index(users.index)), [0], []);
  const document = q.Var('document');
  const row = q.Let(
    { document: q.Get(q.Select(1, q.Var('x'))) },
    {
      ref: q.Select(['ref', 'id'], document),
      ts: q.Select('ts', document),
      data: q.Select('data', document, {}),
      ttl: q.Select('ttl', document, null),
    },
  );
  let [count, length] = [0, 0];
  let page: Page | undefined;
  do {
    const after = page?.after === undefined ? {} : { after: page.after };
    const asked = q.Map(q.Paginate(set, { size: pageSize, ...after }), q.Lambda('x', row));
    page = await client.query<Page>(asked);
    for (const one of page.data) length += JSON.stringify(one).length;
    count += page.data.length;
  } while (page.after !== undefined);
  if (length < count * 100) throw new Error(`${length} characters came`);
  return count;
}
