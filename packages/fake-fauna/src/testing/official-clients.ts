import { Client as FaunaClient } from 'fauna';
import faunadb from 'faunadb';
import type { FakeFauna } from '../fake-fauna.ts';

/** The official client of FQL v4, over HTTP/2. */
export function clientV4({ host, port, secret }: FakeFauna, role = secret) {
  const client = new faunadb.Client({
    domain: host,
    port,
    scheme: 'http',
    secret: role,
    checkNewVersion: false,
    http2SessionIdleTime: 0,
  });
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close({ force: true }) });
}

/** The official client of FQL v10, over HTTP/2. */
export function clientV10({ address, secret }: FakeFauna, role = secret) {
  const client = new FaunaClient({
    endpoint: new URL(address),
    secret: role,
    long_type: 'bigint',
    max_attempts: 1,
  });
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
}
