import { addAbortListener, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure, type Source } from '@fairlead/sdk';
import { answerHeaders, type PiecedAnswer, sizeOf } from './answer.ts';
import { errorAnswer } from './error-answer.ts';
import {
  answerCall,
  type FunctionOptions,
  inPieces,
  limitsOf,
  tooLargeRequest,
} from './handle-function-call.ts';
import { noMask } from '@fairlead/host-io';

/** A request as node:http hands it over, or Express and Google's functions framework, which read it. */
export type HttpRequest = IncomingMessage & { readonly rawBody?: unknown; readonly body?: unknown };

/** A function over HTTP. */
export type HttpFunction = (request: HttpRequest, response: ServerResponse) => Promise<void>;

/**
 * A source as a function over HTTP: on Google Cloud `export const main = httpFunction(source, …)`
 * is all there has to be, and node:http takes it as well. A caller that goes away ends its call.
 */
export function httpFunction(source: Source, options: FunctionOptions = {}): HttpFunction {
  return async (request, response) => {
    const leaving = new AbortController();
    const leave = () => leaving.abort(new Error('the caller has gone away'));
    response.once('close', leave);
    const { signal } = options;
    const end = () => leaving.abort(signal?.reason);
    if (signal?.aborted === true) end();
    using _ending = signal === undefined ? undefined : addAbortListener(signal, end);
    const { status, body, release } = await answerRequest(source, request, {
      ...options,
      signal: leaving.signal,
    });
    // A body of known length is not streamed, for which less room would be allowed.
    response.writeHead(status, { ...answerHeaders, 'content-length': sizeOf(body) });
    for (const piece of body) response.write(piece);
    response.end();
    if (!response.writableFinished && !response.destroyed) await once(response, 'close');
    if (response.writableFinished) release?.();
  };
}

async function answerRequest(
  source: Source,
  request: HttpRequest,
  options: FunctionOptions,
): Promise<PiecedAnswer> {
  if (request.method !== 'POST') {
    const failure = new Failure('config', 'a function is called by POST', { where: 'request' });
    return inPieces(errorAnswer(failure, noMask, 405));
  }
  const { requestBytes } = limitsOf(options);
  const body = await readBody(request, requestBytes);
  if (body === undefined) return inPieces(tooLargeRequest(requestBytes));
  return await answerCall(source, body, options);
}

/** The body, read or parsed; undefined when it is larger than `mostBytes`. */
async function readBody(request: HttpRequest, mostBytes: number): Promise<unknown> {
  const { rawBody, body } = request;
  if (rawBody instanceof Uint8Array) return rawBody.length > mostBytes ? undefined : rawBody;
  if (body !== undefined) return body;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    // Read to its end all the same, as a caller that is still sending reads no answer.
    if (size <= mostBytes) chunks.push(bytes);
  }
  return size > mostBytes ? undefined : Buffer.concat(chunks);
}
