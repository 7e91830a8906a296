import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A scripted JSON API on this machine. Disposing it cuts what is still connected. */
export interface JsonServer extends AsyncDisposable {
  /** `http://127.0.0.1:` and a free port, without a slash at the end. */
  readonly url: string;
  /** What was asked so far, in order of arrival. */
  readonly requests: readonly SeenRequest[];
}

/** A request as the server read it. */
export interface SeenRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What a path answers: a status with an empty object, an {@link Answer}, or a function that makes one. */
export type Reply = number | Answer | ((request: SeenRequest) => Answer | Promise<Answer>);

/** An answer of the server. */
export interface Answer {
  /** 200 unless set. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array;
  /** The answer waits for this. */
  readonly after?: Promise<unknown>;
  /**
   * What goes wrong: the connection is closed before anything was sent, or in the middle of the
   * body; or nothing is ever sent.
   */
  readonly fault?: 'drop' | 'cut' | 'hang';
}

/**
 * Starts a server. A route is a path, or a method and a path (`POST /items`), and answers always
 * the same, or one reply of a list after the other, of which the last one stays. Any other path
 * answers 404.
 */
export async function jsonServer(
  routes: Readonly<Record<string, Reply | readonly Reply[]>>,
): Promise<JsonServer> {
  const requests: SeenRequest[] = [];
  const served = new Map<string, number>();
  const next = (request: SeenRequest): Reply => {
    const withMethod = `${request.method} ${request.path}`;
    const route = Object.hasOwn(routes, withMethod) ? withMethod : request.path;
    const replies = Object.hasOwn(routes, route) ? routes[route] : undefined;
    if (replies === undefined) return 404;
    if (!isList(replies)) return replies;
    const count = served.get(route) ?? 0;
    served.set(route, count + 1);
    return replies[Math.min(count, replies.length - 1)] ?? 404;
  };

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, requests, next).catch((error: unknown) =>
      outgoing.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  requests: SeenRequest[],
  next: (request: SeenRequest) => Reply,
): Promise<void> {
  const request = await read(incoming);
  requests.push(request);
  const reply = next(request);
  const made = typeof reply === 'function' ? await reply(request) : reply;
  const {
    status = 200,
    headers = {},
    body = {},
    raw,
    after,
    fault,
  }: Answer = typeof made === 'number' ? { status: made } : made;
  await after;
  if (fault === 'hang') return;
  if (fault === 'drop') {
    outgoing.destroy();
    return;
  }
  const bytes = Buffer.from(raw ?? JSON.stringify(body));
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    // An idle connection would look like one that a connector has left open.
    connection: 'close',
    'content-length': String(bytes.length),
    ...headers,
  });
  if (fault === 'cut') {
    outgoing.write(bytes.subarray(0, bytes.length >> 1), () => outgoing.destroy());
    return;
  }
  outgoing.end(bytes);
}

async function read(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function isList(replies: Reply | readonly Reply[]): replies is readonly Reply[] {
  return Array.isArray(replies);
}
