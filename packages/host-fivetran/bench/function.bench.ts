// Rows a second from an in-memory source through the function host to a caller on loopback, who reads
// every answer to its end and asks on with its state, against the same bytes from a bare node:http
// server (H5), and against parsing each row and making JSON of the whole answer. Then how much memory
// that takes, and how much with 16 times the rows.
// Run: npx tsx --conditions=source packages/host-fivetran/bench/function.bench.ts [rows] [rounds]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { countOf, type Documents, type Source, type SourceEvent, startOf } from '@fairlead/sdk';
import { lineitemColumns, lineitemDocuments, lineitemKey, residentBytes } from '@fairlead/testkit';
import { z } from 'zod';
import { serveFunction } from '../src/function/serve-function.ts';

const ways = [
  'same bytes',
  'host',
  'host, with a key',
  'naive',
  'same nested bytes',
  'host, with a nested key',
] as const;
type Way = (typeof ways)[number];
const remembering: readonly Way[] = [
  'same bytes',
  'host',
  'host, with a key',
  'host, with a nested key',
];

/** No key comes twice in an answer. */
const ownRows = 60_000;
/** Batches of an answer: as many as the host puts into one of the first generation of Google's functions. */
const batchesPerAnswer = { plain: 6, nested: 5 } as const;

/** Of each batch, which row of all it begins with. */
let starts: readonly number[] | undefined;
/** Batches as rows with commas. */
const encoded = new WeakMap<Documents, Buffer>();

const [mode, ...rest] = process.argv.slice(2);
if (mode === 'child') await serve(wayOf(rest[0]), Number(rest[1]));
else await compare(Number(mode ?? 1_200_000), Number(rest[0] ?? 5));

function wayOf(word: string | undefined): Way {
  const way = ways.find((known) => known === word);
  if (way === undefined) throw new Error(`there is no way ${word}`);
  return way;
}

async function compare(rows: number, rounds: number): Promise<void> {
  const rates = new Map<Way, number[]>();
  const cpus = new Map<Way, number[]>();
  const peaks = new Map<Way, number>();
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) {
      // The naive way is so slow that fewer rows tell as much.
      const { perSecond, cpuMicros, peakMiB } = await measure(
        way,
        way === 'naive' ? rows / 5 : rows,
      );
      rates.set(way, [...(rates.get(way) ?? []), perSecond]);
      cpus.set(way, [...(cpus.get(way) ?? []), cpuMicros]);
      peaks.set(way, Math.max(peaks.get(way) ?? 0, peakMiB));
    }
  }
  for (const way of ways) {
    const rate = median(rates.get(way) ?? []);
    const limit = median(rates.get(isNested(way) ? 'same nested bytes' : 'same bytes') ?? []);
    const parts = [
      way.padEnd(23),
      `${(rate / 1e3).toFixed(0).padStart(5)} k rows/s,`,
      `ratio ${(rate / limit).toFixed(2)},`,
      `${median(cpus.get(way) ?? []).toFixed(2)} µs of the server's CPU each,`,
      `peak ${(peaks.get(way) ?? 0).toFixed(0)} MiB`,
    ];
    process.stdout.write(`${parts.join(' ')}\n`);
  }
  for (const way of remembering) {
    const few = (await measure(way, rows)).peakMiB;
    const many = (await measure(way, 16 * rows)).peakMiB;
    const more = `${many / few - 1 >= 0 ? '+' : ''}${((many / few - 1) * 100).toFixed(0)} %`;
    process.stdout.write(
      `${way.padEnd(23)} peak ${few.toFixed(0)} MiB, with 16 times the rows ${many.toFixed(0)} MiB (${more})\n`,
    );
  }
}

function isNested(way: Way): boolean {
  return way.includes('nested');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** What a server tells of itself at its end. */
interface Told {
  readonly rows: number;
  readonly cpuMicros: number;
  readonly peakMiB: number;
}

async function measure(way: Way, rows: number) {
  const words = [...process.execArgv, fileURLToPath(import.meta.url), 'child', way, String(rows)];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [url] = await once(child.stdout.setEncoding('utf8'), 'data');
  const begun = performance.now();
  const bytes = await callAll(String(url).trim());
  const seconds = (performance.now() - begun) / 1e3;
  child.stdin.end();
  const [text] = await once(child.stdout, 'data');
  await once(child, 'close');
  const told: Told = JSON.parse(String(text));
  if (told.rows !== rows || bytes < rows * 300)
    throw new Error(`${way}: ${told.rows} rows, ${bytes} bytes`);
  return { ...told, perSecond: rows / seconds, cpuMicros: told.cpuMicros / rows };
}

/** Calls as Fivetran does, and looks at nothing but the state before the rows and the end. */
async function callAll(url: string): Promise<number> {
  let state = '{}';
  let bytes = 0;
  for (;;) {
    const request = httpRequest(url, { method: 'POST' });
    request.end(`{"state":${state}}`);
    const [response]: IncomingMessage[] = await once(request, 'response');
    if (response?.statusCode !== 200) throw new Error(`the status is ${response?.statusCode}`);
    let head = '';
    let tail: Buffer = Buffer.alloc(0);
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (!head.includes(',"insert":')) head += chunk.toString('latin1');
      tail = chunk.length >= 32 ? chunk : Buffer.concat([tail, chunk]);
    }
    state = head.slice('{"state":'.length, head.indexOf(',"insert":'));
    if (tail.includes('"hasMore":false')) return bytes;
  }
}

async function serve(way: Way, rows: number): Promise<void> {
  const batches = Array.from(lineitemDocuments({ rows: ownRows }), (batch, index) =>
    isNested(way) ? withPath(batch, index) : batch,
  );
  let served = 0;
  const count = (more: number) => void (served += more);
  const server = await start(way, batches, rows, count);
  process.stdout.write(`${server.url}\n`);
  const before = process.cpuUsage();
  await once(process.stdin.resume(), 'end');
  const { user, system } = process.cpuUsage(before);
  const peakMiB = residentBytes(process.pid, 'peak') / 2 ** 20;
  const told: Told = { rows: Math.min(served, rows), cpuMicros: user + system, peakMiB };
  process.stdout.write(JSON.stringify(told));
  await server[Symbol.asyncDispose]();
}

interface Server extends AsyncDisposable {
  readonly url: string;
}

async function start(
  way: Way,
  batches: readonly Documents[],
  rows: number,
  count: (rows: number) => void,
): Promise<Server> {
  if (way === 'naive') return await answering((at) => naive(batches, at, rows, count));
  if (way === 'same bytes' || way === 'same nested bytes')
    return await answering((at) => sameBytes(batches, at, rows, count, isNested(way)));
  const key = {
    host: [],
    'host, with a key': lineitemKey.map((column) => `/${column}`),
    'host, with a nested key': ['/_meta/path'],
  }[way];
  return await serveFunction(sourceOf(batches, rows, key, count), { level: 'error' });
}

/** What an answer says before its rows and after them. */
function frame(at: number, rows: number): readonly [string, string] {
  return [
    `{"state":{"at":${at}},"insert":{"lineitem":[`,
    `]},"schema":{"lineitem":{}},"hasMore":${at < rows}}`,
  ];
}

/** The batches of the answer that begins at a row, as many as are wanted. */
function* answered(
  batches: readonly Documents[],
  at: number,
  rows: number,
  kind: 'plain' | 'nested',
): Generator<Documents> {
  let index = batches.findIndex((_, place) => startsOf(batches)[place] === at % ownRows);
  for (let done = 0; done < batchesPerAnswer[kind] && at < rows; done++) {
    const batch = batches[index++ % batches.length];
    if (batch === undefined) return;
    at += countOf(batch);
    yield batch;
  }
}

function startsOf(batches: readonly Documents[]): readonly number[] {
  let row = 0;
  starts ??= batches.map((batch) => (row += countOf(batch)) - countOf(batch));
  return starts;
}

type Answer = {
  readonly head: string;
  readonly pieces: readonly Uint8Array[];
  readonly tail: string;
};

function sameBytes(
  batches: readonly Documents[],
  from: number,
  rows: number,
  count: (rows: number) => void,
  nested: boolean,
): Answer {
  let at = from;
  const pieces: Uint8Array[] = [];
  for (const batch of answered(batches, from, rows, nested ? 'nested' : 'plain')) {
    at += countOf(batch);
    const bytes = encoded.get(batch) ?? withCommas(nested ? withColumn(batch) : batch);
    encoded.set(batch, bytes);
    pieces.push(bytes);
  }
  count(at - from);
  const [head, tail] = frame(at, rows);
  const last = pieces.pop() ?? new Uint8Array();
  return { head, pieces: [...pieces, last.subarray(0, last.length - 1)], tail };
}

function withCommas({ bytes, ends }: Documents): Buffer {
  const copy = Buffer.from(bytes);
  for (const end of ends) copy[end - 1] = 0x2c;
  return copy;
}

/** Documents that begin with where they are, as those of Firestore do. */
function withPath(documents: Documents, batch: number): Documents {
  return withHeads(documents, (row) => `{"_meta":{"path":${pathOf(batch * 10_000 + row)}},`);
}

/** The rows of such documents: where they are is a column. */
function withColumn(documents: Documents): Documents {
  const text = Buffer.from(documents.bytes.buffer, documents.bytes.byteOffset);
  return withHeads(documents, (row) => {
    const at = startOf(documents, row) + '{"_meta":{"path":'.length;
    return `{"_meta_path":${text.toString('latin1', at, at + pathOf(0).length)},`;
  });
}

function pathOf(row: number): string {
  return `"lineitems/${String(row).padStart(9, '0')}"`;
}

/** Documents with something in the place of their braces, which is equally long for each. */
function withHeads(documents: Documents, headOf: (row: number) => string): Documents {
  const count = countOf(documents);
  const more = (headOf(0).length - 1) * count;
  const bytes = Buffer.allocUnsafeSlow(documents.bytes.length + more);
  let at = 0;
  const ends = documents.ends.map((end, row) => {
    at += bytes.write(headOf(row), at, 'latin1');
    bytes.set(documents.bytes.subarray(startOf(documents, row) + 1, end), at);
    return (at += end - startOf(documents, row) - 1);
  });
  return { bytes, ends };
}

/** As one would write it who has not measured. */
function naive(
  batches: readonly Documents[],
  from: number,
  rows: number,
  count: (rows: number) => void,
): Answer {
  const lineitem: unknown[] = [];
  for (const { bytes } of answered(batches, from, rows, 'plain')) {
    for (const line of Buffer.from(bytes).toString('utf8').split('\n')) {
      if (line !== '') lineitem.push(JSON.parse(line));
    }
  }
  count(lineitem.length);
  const at = from + lineitem.length;
  const answer = { state: { at }, insert: { lineitem }, schema: {}, hasMore: at < rows };
  return { head: JSON.stringify(answer), pieces: [], tail: '' };
}

async function answering(answer: (at: number) => Answer): Promise<Server> {
  const server = createServer((request, response) => {
    void json(request).then((content) => {
      const { head, pieces, tail } = answer((content as { state: { at?: number } }).state.at ?? 0);
      const sizes = pieces.reduce((sum, { length }) => sum + length, 0);
      const length = Buffer.byteLength(head) + sizes + Buffer.byteLength(tail);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': length });
      response.write(head);
      for (const piece of pieces) response.write(piece);
      response.end(tail);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A source that hands out the same batches, with a checkpoint after each. */
function sourceOf(
  batches: readonly Documents[],
  rows: number,
  key: readonly string[],
  count: (rows: number) => void,
): Source {
  const properties = Object.fromEntries(lineitemColumns.map(({ name, schema }) => [name, schema]));
  const schema = { type: 'object', properties };
  return {
    name: 'source-bench',
    title: 'Bench',
    config: z.object({}),
    resource: z.object({}),
    cursor: z.int(),
    check: async () => {},
    discover: async () => [{ name: 'lineitem', key, schema, resource: {} }],
    async *pull({ state }): AsyncGenerator<SourceEvent> {
      let at = Number(state.bindings['lineitem'] ?? 0);
      let index = batches.findIndex((_, place) => startsOf(batches)[place] === at % ownRows);
      while (at < rows) {
        const documents = batches[index++ % batches.length];
        if (documents === undefined) return;
        yield { is: 'documents', binding: 0, documents };
        at += countOf(documents);
        // What is only looked at to see that there is more has no checkpoint, and is not answered.
        count(countOf(documents));
        yield { is: 'checkpoint', patch: { bindings: { lineitem: at } } };
      }
      yield { is: 'caught-up', binding: 0 };
    },
  };
}
