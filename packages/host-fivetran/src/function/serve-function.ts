import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Source } from '@fairlead/sdk';
import type { FunctionOptions } from './handle-function-call.ts';
import { platformFunction } from './platform-function.ts';

/** A function that is served on this machine. Disposing it ends the calls that are running. */
export interface ServedFunction extends AsyncDisposable {
  /** `http://127.0.0.1:` and the port. */
  readonly url: string;
}

export interface ServeOptions extends FunctionOptions {
  /** Any that is free unless given. */
  readonly port?: number;
}

/**
 * Serves a source as a function, on the loopback interface only, whatever the path. The log is JSON
 * lines on the standard error unless `write` is given.
 * @throws when the port is taken.
 */
export async function serveFunction(
  source: Source,
  { port = 0, ...options }: ServeOptions = {},
): Promise<ServedFunction> {
  const stopping = new AbortController();
  const { signal } = options;
  const both = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
  const handle = platformFunction(source, { ...options, signal: both });
  const running = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const call = handle(request, response)
      .catch((error: unknown) => {
        // A request that breaks off is nobody's any more.
        response.destroy(error instanceof Error ? error : undefined);
      })
      .finally(() => running.delete(call));
    running.add(call);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      stopping.abort(new Error('the server is stopped'));
      server.closeAllConnections();
      server.close();
      await Promise.all(running);
    },
  };
}
