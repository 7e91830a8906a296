import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';

/** A request as it came. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The body, decoded: undefined when there is none. */
  readonly body: unknown;
  /** The connections are numbered from 0 on. */
  readonly connection: number;
}

/** What is answered: a result, or something else. */
export type Reply =
  | ((response: ServerResponse, request: Seen) => void)
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as JSON. */
      readonly body?: unknown;
      /** Sent as it is, instead of `body`. */
      readonly raw?: string | Uint8Array;
    };

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  readonly requests: readonly Seen[];
  /** How many connections are open. */
  readonly open: number;
}

/** A server that answers one reply after the other, the last one again and again. */
export async function scriptedServer(
  replies: readonly Reply[] | ((request: Seen) => Reply),
  tls?: { readonly key: string; readonly cert: string },
): Promise<ScriptedServer> {
  const requests: Seen[] = [];
  const sockets = new Set<Socket>();
  const numbers = new WeakMap<Socket, number>();
  let connections = 0;
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on('request', (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const request: Seen = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: text === '' ? undefined : JSON.parse(text),
        connection: numbers.get(incoming.socket) ?? -1,
      };
      const count = requests.push(request);
      const reply =
        typeof replies === 'function'
          ? replies(request)
          : (replies[Math.min(count, replies.length) - 1] ?? { status: 599 });
      if (typeof reply === 'function') {
        reply(outgoing, request);
        return;
      }
      const bytes = Buffer.from(reply.raw ?? JSON.stringify(reply.body ?? {}));
      outgoing.writeHead(reply.status ?? 200, {
        'content-type': 'application/json;charset=utf-8',
        'content-length': String(bytes.length),
        ...reply.headers,
      });
      outgoing.end(bytes);
    });
  });
  const kept = (socket: Socket) => {
    numbers.set(socket, connections++);
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  server.on(tls === undefined ? 'connection' : 'secureConnection', kept);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    requests,
    get open() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * Replies by the expression that is asked for, or the text of FQL v10, or by what a function says of it. Anything else is a
 * query that nobody expected.
 */
export function byQuery(
  table: readonly (readonly [query: unknown, reply: Reply])[],
): (request: Seen) => Reply {
  return ({ body }) => {
    const asked = isRecord(body) && 'query' in body ? body['query'] : body;
    const found = table.find(([query]) =>
      typeof query === 'function' ? query(asked) === true : isDeepStrictEqual(query, asked),
    );
    return (
      found?.[1] ?? error(400, 'invalid expression', `nobody expected ${JSON.stringify(asked)}`)
    );
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A result of FQL v4. */
export function resource(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { body: { resource: value }, headers };
}

/** An error of FQL v4. */
export function error(status: number, code: string, description: string, more: object = {}): Reply {
  return { status, body: { errors: [{ position: [], code, description, ...more }] } };
}

/** What a key without the right is told. */
export const denied = error(
  403,
  'permission denied',
  'Insufficient privileges to perform the action.',
);

/** A reference in tagged JSON. */
export function refTo(id: string, parent: string): object {
  return { '@ref': { id, collection: { '@ref': { id: parent } } } };
}
