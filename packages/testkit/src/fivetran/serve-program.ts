// Serves the source that a module exports as `connector`: as a function, or by gRPC.
import { runFivetranSource, serveFunction } from '@fairlead/host-fivetran';
import type { Source } from '@fairlead/sdk';

const [module = '', host] = process.argv.slice(2);
const { connector } = (await import(module)) as { readonly connector: Source };
if (host === 'function') {
  const { url } = await serveFunction(connector, { budget: { stopBytes: 1 }, write: () => {} });
  process.stdout.write(`url=${url}\n`);
} else {
  const args = ['--host', '127.0.0.1', '--port', '0'];
  process.exitCode = await runFivetranSource(connector, args, { pace: { everyMs: 0 } });
}
