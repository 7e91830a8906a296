import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

export type Incoming = IncomingMessage | Http2ServerRequest;
export type Outgoing = ServerResponse | Http2ServerResponse;

/** What a request is answered with. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The body of a request. @throws {Error} where the client goes away */
export async function bodyOf(request: Incoming): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Plain headers: lower-case names, without those of HTTP/2 itself. */
export function headersOf(request: Incoming): Readonly<Record<string, string>> {
  const entries = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined || name.startsWith(':') ? [] : [[name, String(value)] as const],
  );
  return Object.fromEntries(entries);
}

export function send(response: Outgoing, { status, headers, body }: Reply): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json;charset=utf-8');
  response.setHeader('content-length', body.length);
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  response.end(body);
}

/** Ends the connection without a word, or with half of what should have come. */
export function cut(request: Incoming, response: Outgoing, reply?: Reply): void {
  const end = () => {
    if ('stream' in response) response.stream.close(2);
    else request.socket.destroy();
  };
  if (reply === undefined) {
    end();
    return;
  }
  response.statusCode = reply.status;
  response.setHeader('content-length', reply.body.length);
  const half = reply.body.subarray(0, Math.floor(reply.body.length / 2));
  if ('stream' in response) response.write(half, end);
  else response.write(half, end);
}

export function jsonBody(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
