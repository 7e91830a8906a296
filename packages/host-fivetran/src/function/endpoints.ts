import { Failure, type Source } from '@fairlead/sdk';
import type { FunctionEndpoint } from './caller.ts';
import { type FunctionOptions, handleFunctionCall } from './handle-function-call.ts';

/** A function that is served at a URL. */
export function httpEndpoint(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): FunctionEndpoint {
  return async (request, signal) => {
    const response = await post(url, headers, request, signal);
    const contentType = response.headers.get('content-type') ?? '';
    const body = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, contentType, body };
  };
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      // A copy, whose memory is certainly not shared, as `fetch` wants it.
      body: body.slice(),
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new Failure('transient', 'the function cannot be reached', { where: url, cause: error });
  }
}

/** A source as a function in this process. */
export function sourceEndpoint(source: Source, options: FunctionOptions = {}): FunctionEndpoint {
  return (request, signal) => handleFunctionCall(source, request, { ...options, signal });
}
