import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Target } from '@fairlead/grpc';

/** A connector that is served by Fivetran's own package for Python. */
export interface ServedOrders extends AsyncDisposable {
  readonly target: Target;
}

const environment = new URL(
  '../../../../node_modules/.cache/fairlead/fivetran-2.13.1/',
  import.meta.url,
);

/** Why there is no such package here; undefined when there is one. */
export async function missingSdk(): Promise<string | undefined> {
  return await access(new URL('ready', environment)).then(
    () => undefined,
    () => 'Fivetran’s package for Python is not there; the tests of host-fivetran install it',
  );
}

/** Serves `serve_orders.py`. */
export async function serveOrders(): Promise<ServedOrders> {
  const port = await freePort();
  const script = fileURLToPath(new URL('serve_orders.py', import.meta.url));
  const python = fileURLToPath(new URL('bin/python', environment));
  const child = spawn(python, [script, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  await new Promise<void>((resolve, reject) => {
    let told = '';
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      if (told.includes('serving')) resolve();
    });
    child.on('close', () => reject(new Error(`it does not serve: ${told}`)));
  });
  return {
    target: { host: '127.0.0.1', port },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('there is no port');
  return address.port;
}
