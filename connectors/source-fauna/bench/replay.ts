import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeFauna, type FakeFauna } from '@fairlead/fake-fauna';
import { encodeExpression, match, index, range, select, var_ } from '../src/wire/expression.ts';
import { collection, lambda, map, paginate, ref } from '../src/wire/expression.ts';
import { projection } from '../src/wire/queries.ts';

/** A collection that is read in pages. */
export interface Replayed {
  /** How many documents a client is given. */
  readonly count: number;
  /** About how long the data of each are. */
  readonly bytes: number;
  readonly pageSize: number;
  /** How long an answer waits. */
  readonly latencyMs: number;
}

/** The collection and its index. */
export const users = { collection: 'users', index: 'users_ts' };

const firstId = 300_000_000_000_000_000n;
/** How many documents are recorded; then they come again, with cursors that go on. */
const recorded = 16_000;

/** The body of a question for the page at a place: all documents, by the index. */
export function pageQuestion(page: number, pageSize: number): Uint8Array {
  const id = String(firstId + BigInt(page * pageSize));
  const document = ref(collection(users.collection), id);
  const after = page === 0 ? {} : { after: [0, document, document] };
  const pages = paginate(range(match(index(users.index)), [0], []), { size: pageSize, ...after });
  const row = projection()(select(1, var_('x')));
  return encodeExpression(map(lambda('x', row), pages));
}

/**
 * A server that plays answers of a fake Fauna from memory: pages of an index by the id in their cursor, whoever asks. What
 * else is asked, the fake answers. @returns its ports, of HTTP/1.1 and HTTP/2.
 */
export async function serveReplay(what: Replayed): Promise<{ http1: number; http2: number }> {
  const fake = await startFakeFauna({ logLimit: 0 });
  fake.store.synthesise({ collection: users.collection, count: recorded + 1, bytes: what.bytes });
  fake.store.createIndex(users.index, { source: users.collection, values: ['ts', 'ref'] });
  const answer = await recording(fake, what);
  const handle = async (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
    const question = Buffer.concat(chunks).toString();
    if (what.latencyMs > 0) await sleep(what.latencyMs);
    const bodies = question.includes('"match"')
      ? answer(question)
      : [await ask(fake, Buffer.concat(chunks))];
    response.setHeader('content-type', 'application/json;charset=utf-8');
    response.setHeader(
      'content-length',
      bodies.reduce((sum, { length }) => sum + length, 0),
    );
    response.setHeader('x-txn-time', String(fake.clock.now()));
    if ('stream' in response) for (const body of bodies) response.stream.write(body);
    else for (const body of bodies) response.write(body);
    response.end();
  };
  const listener = (...exchange: Parameters<typeof handle>) => void handle(...exchange);
  return {
    http1: await listen(createServer(listener)),
    http2: await listen(createHttp2Server(listener)),
  };
}

/** Asks for all pages once. @returns what answers a question for any of them, in parts. */
async function recording(fake: FakeFauna, { count, pageSize }: Replayed) {
  const pages: { readonly head: string; readonly rows: Uint8Array }[] = [];
  for (let page = 0; page * pageSize + pageSize <= recorded; page++) {
    const body = await ask(fake, pageQuestion(page, pageSize));
    const rows = body.indexOf(rowsBegin);
    pages.push({ head: body.subarray(0, rows).toString(), rows: body.subarray(rows) });
  }
  return (question: string): readonly Uint8Array[] => {
    const asked = /"(\d{18})"/.exec(question)?.[1];
    const place = asked === undefined ? 0 : Number(BigInt(asked) - firstId);
    const { head, rows } = pages[(place / pageSize) % pages.length] ?? { head: '', rows: place };
    if (typeof rows === 'number') throw new RangeError(`no page begins at ${rows}`);
    const next = place + pageSize;
    const after = head.replaceAll(/\d{18}/g, String(firstId + BigInt(next)));
    return [Buffer.from(next < count ? after : '{"resource":{'), rows];
  };
}

const rowsBegin = '"data":[';

async function ask({ address, secret }: FakeFauna, body: Uint8Array): Promise<Buffer> {
  const headers = { authorization: `Bearer ${secret}`, 'x-faunadb-api-version': '4' };
  const response = await fetch(`${address}/`, { method: 'POST', headers, body: body.slice() });
  if (response.status !== 200) throw new Error(await response.text());
  return Buffer.from(await response.arrayBuffer());
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on a port has an address of this kind.
  return (server.address() as AddressInfo).port;
}
