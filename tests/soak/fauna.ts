import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Server, ServerOptions } from './server.ts';

const program = fileURLToPath(new URL('fauna-server.ts', import.meta.url));

/** When the first documents were written, in microseconds. */
const firstTs = Date.UTC(2020, 0, 1) * 1000;
const firstId = 300_000_000_000_000_000n;
/** How many documents were written at a time, and how many microseconds before the next ones. */
const [perTransaction, stepMicros] = [100, 1000];

/** What the process of the server is told, and tells. */
export interface FaunaServer {
  readonly port: number;
  readonly reads: number;
}
export type FaunaServerOptions = ServerOptions & {
  readonly firstTs: number;
  readonly perTransaction: number;
  readonly stepMicros: number;
};

/** A Fauna in a process of its own, with an index by which the collection is read. */
export async function startFauna({
  documents,
  documentBytes,
  documentsPerSecond,
}: ServerOptions): Promise<Server> {
  const options = { documents, documentBytes, firstTs, perTransaction, stepMicros };
  const told: FaunaServerOptions = { ...options, documentsPerSecond };
  const server = fork(program, {
    execArgv: ['--import', 'tsx', '--conditions=source'],
    // A speed without limit is no JSON.
    serialization: 'advanced',
  });
  const ended = new AbortController();
  server.once('exit', () => ended.abort(new Error('the server has ended')));
  let [port, readsSoFar] = [0, 0];
  server.on('message', (said: FaunaServer) => {
    ({ port, reads: readsSoFar } = said);
  });
  // It tells now and then.
  const next = () => once(server, 'message', { signal: ended.signal });
  server.send(told);
  await next();
  return {
    words: [`fauna+http://127.0.0.1:${port}/users`, '--set', 'source.collection.index=users_ts'],
    env: { FAUNA_SECRET: 'secret' },
    shape: {
      count: documents,
      key: '"ref"',
      index: `("data"->>'number')::bigint`,
      columns: {
        ref: '"ref"',
        ts: '"ts"',
        name: `"data"->>'name'`,
        city: `"data"->'place'->>'city'`,
      },
      document: (index) => ({
        ref: firstId + BigInt(index),
        ts: firstTs + Math.floor(index / perTransaction) * stepMicros,
        name: `document ${index}`,
        city: 'Zürich',
      }),
    },
    get readsSoFar() {
      return readsSoFar;
    },
    async reads() {
      // The first may have been under way.
      await next();
      await next();
      return readsSoFar;
    },
    async [Symbol.asyncDispose]() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const exit = once(server, 'exit');
      server.kill();
      await exit;
    },
  };
}
