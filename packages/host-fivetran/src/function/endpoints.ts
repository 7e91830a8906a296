import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { Failure, type Source } from '@fairlead/sdk';
import type { FunctionEndpoint } from './caller.ts';
import type { EndpointAnswer } from './caller-answer.ts';
import { type FunctionOptions, handleFunctionCall } from './handle-function-call.ts';

/** A function that is served at a URL. It is waited for as long as the caller's signal says. */
export function httpEndpoint(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): FunctionEndpoint {
  return async (body, signal) => {
    try {
      return await post(url, headers, body, signal);
    } catch (error) {
      signal.throwIfAborted();
      const { origin, pathname } = new URL(url);
      throw new Failure('transient', 'the function cannot be reached', {
        // Without what follows, which may be a key.
        where: `${origin}${pathname}`,
        cause: error,
      });
    }
  };
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<EndpointAnswer> {
  // `fetch` gives up after five minutes, whatever it is told.
  const open = new URL(url).protocol === 'http:' ? httpRequest : httpsRequest;
  const own = { 'content-type': 'application/json', 'content-length': String(body.length) };
  const request = open(url, { method: 'POST', headers: { ...headers, ...own }, signal });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  // What breaks after the answer has begun is told by the answer.
  request.on('error', () => {});
  request.end(body);
  const [response] = await answered;
  const { statusCode: status = 0, headers: given } = response;
  return { status, contentType: given['content-type'] ?? '', body: await buffer(response) };
}

/** A source as a function in this process. */
export function sourceEndpoint(source: Source, options: FunctionOptions = {}): FunctionEndpoint {
  return (request, signal) => handleFunctionCall(source, request, { ...options, signal });
}
