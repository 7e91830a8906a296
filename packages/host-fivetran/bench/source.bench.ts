// Rows a second from a source through the gRPC host to a second process, which decodes nothing (H6):
// against a server that makes an object and a message of each row, with the same library, and against
// the host's own messages that were made before.
// Run: npx tsx --conditions=source packages/host-fivetran/bench/source.bench.ts [rows] [rounds]
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { create, toBinary } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  createGrpcServer,
  frameMessages,
  type Handler,
  openChannel,
  type ServerCall,
} from '@fairlead/grpc';
import { countOf, type Documents, type Source, type SourceEvent, startOf } from '@fairlead/sdk';
import { lineitemColumns, lineitemDocuments, lineitemKey, residentBytes } from '@fairlead/testkit';
import { z } from 'zod';
import { UpdateRequestSchema, UpdateResponseSchema } from '../src/protocol/connector_sdk.gen.ts';
import { sourceConnector } from '../src/source/source-connector.ts';

const path = '/fivetran_sdk.v2.SourceConnector/Update';
const ways = ['same messages', 'host', 'naive'] as const;
type Way = (typeof ways)[number];

const [role = '500000', ...rest] = process.argv.slice(2);
if (role === 'serve') await serve(rest[0] as Way, Number(rest[1]));
else if (role === 'call') await call(Number(rest[0]));
else await compare(Number(role), Number(rest[0] ?? 5));

interface Taken {
  readonly perSecond: number;
  readonly bytes: number;
  readonly peakMiB: number;
}

async function compare(rows: number, rounds: number): Promise<void> {
  const taken = new Map(ways.map((way) => [way, [] as Taken[]]));
  for (let round = 0; round < rounds; round++) {
    // The naive way is so slow that fewer rows tell as much.
    for (const way of ways)
      taken.get(way)?.push(await once(way, way === 'naive' ? rows / 5 : rows));
  }
  const median = (way: Way, of: keyof Taken) =>
    (taken.get(way) ?? []).map((run) => run[of]).toSorted((a, b) => a - b)[rounds >> 1] ??
    Number.NaN;
  for (const way of ways) {
    const rate = (median(way, 'perSecond') / 1e3).toFixed(0).padStart(5);
    const ratio = (median(way, 'perSecond') / median('naive', 'perSecond')).toFixed(2);
    const peak = median(way, 'peakMiB').toFixed(0).padStart(4);
    console.log(
      `${way.padEnd(14)} ${rate} k rows/s, ${ratio.padStart(6)} × naive, peak ${peak} MiB of the server`,
    );
  }
}

async function once(way: Way, rows: number): Promise<Taken> {
  const server = start('serve', way, rows);
  const lines = createInterface(server.stdout ?? process.stdin)[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value);
  const client = start('call', port);
  let text = '';
  client.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => client.once('close', resolve));
  const { seconds, bytes }: { seconds: number; bytes: number } = JSON.parse(text);
  const peakMiB = Number((await lines.next()).value);
  server.kill();
  return { perSecond: rows / seconds, bytes, peakMiB };
}

function start(...words: readonly (string | number)[]): ChildProcess {
  const script = fileURLToPath(import.meta.url);
  const options = ['--conditions=source', '--import', 'tsx', script, ...words.map(String)];
  return spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Calls `Update`, and tells how long that took. */
async function call(port: number): Promise<void> {
  const channel = openChannel({ host: '127.0.0.1', port });
  const begun = performance.now();
  let bytes = 0;
  const request = toBinary(UpdateRequestSchema, create(UpdateRequestSchema));
  for await (const messages of channel.serverStream(path, request)) {
    for (let i = 0; i < messages.count; i++) {
      bytes += (messages.bounds[2 * i + 1] ?? 0) - (messages.bounds[2 * i] ?? 0);
    }
  }
  console.log(JSON.stringify({ seconds: (performance.now() - begun) / 1e3, bytes }));
  await channel.close();
}

/** Serves `Update` in one of the ways; says the port, and after a call the peak of its memory. */
async function serve(way: Way, rows: number): Promise<void> {
  const batches = [...lineitemDocuments({ rows: 30_000 })];
  const update = await handlerOf(way, batches, rows);
  const server = createGrpcServer({
    [path]: async (served) => {
      await update(served);
      console.log(residentBytes(process.pid, 'peak') / 2 ** 20);
    },
  });
  console.log((await server.listen()).port);
}

async function handlerOf(
  way: Way,
  batches: readonly Documents[],
  rows: number,
): Promise<(served: ServerCall) => Promise<void>> {
  if (way === 'naive') return (served) => sendNaively(served, batches, rows);
  const host = (source: Source) => sourceConnector(source, { write: () => {} })[path];
  if (way === 'host') return host(sourceOf(batches, rows)) ?? (() => Promise.resolve());
  const count = batches.reduce((sum, batch) => sum + countOf(batch), 0);
  const framed = await messagesOf(host(sourceOf(batches, count)));
  return async (served) => {
    for (let sent = 0; sent < rows; sent += count) {
      for (const bytes of framed) await served.writeAll(bytes);
    }
  };
}

/** What a handler answers, framed, as many messages at a time as have come together. */
async function messagesOf(handler: Handler | undefined): Promise<readonly Uint8Array[]> {
  if (handler === undefined) throw new Error('there is no such method');
  await using server = createGrpcServer({ [path]: handler });
  const { port } = await server.listen();
  const channel = openChannel({ host: '127.0.0.1', port });
  const framed: Uint8Array[] = [];
  for await (const { bytes, bounds, count } of channel.serverStream(path, new Uint8Array())) {
    const messages = Array.from({ length: count }, (_, i) =>
      bytes.subarray(bounds[2 * i], bounds[2 * i + 1]),
    );
    framed.push(frameMessages(messages));
  }
  await channel.close();
  return framed;
}

/** Each row as an object, of which a message is made, as a first version would. */
async function sendNaively(
  served: ServerCall,
  batches: readonly Documents[],
  rows: number,
): Promise<void> {
  const types = new Map(lineitemColumns.map(({ name, schema }) => [name, schema]));
  let sent = 0;
  for (let index = 0; sent < rows; index++) {
    const batch = batches[index % batches.length];
    if (batch === undefined) return;
    const text = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.length);
    for (let row = 0; row < countOf(batch) && sent < rows; row++) {
      const document = JSON.parse(
        text.toString('utf8', startOf(batch, row), batch.ends[row]),
      ) as object;
      const data: Record<string, object> = {};
      for (const [name, value] of Object.entries(document)) {
        data[name] = { inner: innerOf(types.get(name), value) };
      }
      const record = { tableName: 'lineitem', data };
      const operation = { case: 'record', value: record } as const;
      await served.write(
        toBinary(UpdateResponseSchema, create(UpdateResponseSchema, { operation })),
      );
      sent++;
    }
  }
}

function innerOf(schema: object | undefined, value: unknown): object {
  if (value === null) return { case: 'null', value: true };
  if (typeof value === 'string') {
    const isDate = schema !== undefined && 'format' in schema;
    return isDate
      ? { case: 'naiveDate', value: timestampFromDate(new Date(value)) }
      : { case: 'string', value };
  }
  const isInteger = schema !== undefined && 'type' in schema && schema.type === 'integer';
  return isInteger ? { case: 'long', value: BigInt(Number(value)) } : { case: 'double', value };
}

/** A source that hands out the same batches, with a checkpoint after each. */
function sourceOf(batches: readonly Documents[], rows: number): Source {
  const properties = Object.fromEntries(lineitemColumns.map(({ name, schema }) => [name, schema]));
  return {
    name: 'source-bench',
    title: 'Bench',
    config: z.object({}),
    resource: z.object({}),
    cursor: z.object({ done: z.int() }),
    check: async () => {},
    discover: async () => [
      {
        name: 'lineitem',
        key: lineitemKey.map((name) => `/${name}`),
        schema: { type: 'object', properties },
        resource: {},
      },
    ],
    async *pull(): AsyncGenerator<SourceEvent> {
      let done = 0;
      for (let index = 0; done < rows; index++) {
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
