import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';

/** A request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly form: URLSearchParams;
}

export interface Told {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeServer extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  /** What was asked, in order. */
  readonly asked: readonly Asked[];
}

/** A server on loopback that answers by a function. Undefined leaves the request without an answer. */
export async function fakeServer(
  answer: (asked: Asked) => Told | undefined | Promise<Told | undefined>,
): Promise<FakeServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
      const body = Buffer.concat(chunks).toString();
      const one: Asked = {
        method: request.method ?? '',
        path: pathname,
        query: searchParams,
        headers: request.headers,
        body,
        form: new URLSearchParams(body),
      };
      asked.push(one);
      const told = await answer(one);
      if (told === undefined) return;
      const isText = told.text !== undefined;
      response.writeHead(told.status ?? 200, {
        'content-type': isText ? 'text/plain' : 'application/json',
        ...told.headers,
      });
      response.end(isText ? told.text : JSON.stringify(told.json ?? {}));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const host = `127.0.0.1:${port}`;
  return {
    url: `http://${host}`,
    host,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
