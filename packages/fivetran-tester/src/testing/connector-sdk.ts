import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Target } from '@fairlead/grpc';
import { freePort } from '@fairlead/testkit';

/** A connector that is served by Fivetran's own package for Python. */
export interface ServedOrders extends AsyncDisposable {
  readonly target: Target;
}

/** Serves `serve_orders.py` by a Python that has Fivetran's package. */
export async function serveOrders(python: string): Promise<ServedOrders> {
  const port = await freePort();
  const script = fileURLToPath(new URL('serve_orders.py', import.meta.url));
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
