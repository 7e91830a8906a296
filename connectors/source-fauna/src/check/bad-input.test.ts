import { describeFailure, isFailure } from '@fairlead/sdk';
import { freePort } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { failing, opened } from '../client/testing/opened.ts';
import { openedFake } from '../client/testing/opened-fake.ts';
import { scriptedServer, type Reply } from '../client/testing/scripted-server.ts';
import { selfSigned } from '../client/testing/self-signed.ts';
import { checkFauna } from './check-fauna.ts';

/** The kind of failure, and the one line that a user sees, without what differs from run to run. */
async function lineFor(port: number, settings: Readonly<Record<string, unknown>> = {}) {
  await using it = opened(port, settings);
  const error = await failing(checkFauna(it.fauna, it.config, it.scope));
  if (!isFailure(error)) throw error;
  const line = describeFailure(error).replaceAll(`:${port}`, ':PORT');
  expect(line).not.toMatch(/[\r\n]/);
  expect(line).not.toContain('fnSecret');
  return `${error.kind}: ${line}`;
}

test('a wrong secret', async () => {
  await using it = await openedFake();
  expect(await lineFor(it.fake.port)).toBe(
    'access: http://127.0.0.1:PORT: Failed to connect to database: Unauthorized. The server does not accept the secret: check that it is of a key of this database that was not deleted.',
  );
});

test('a domain that no host has', async () => {
  const line = await lineFor(443, { domain: 'nowhere.invalid', scheme: 'https' });
  expect(line.replace(/^\w+/, '').replace(/there is no host.*|the name.*/, '')).toBe(
    ': https://nowhere.invalid:PORT: Failed to connect to database: ',
  );
});

test('a port where nothing listens', async () => {
  expect(await lineFor(await freePort())).toBe(
    'transient: http://127.0.0.1:PORT: Failed to connect to database: nothing listens at 127.0.0.1:PORT (connection refused). Check domain and port in the settings, and whether the server runs.',
  );
});

test('TLS where the server speaks none', async () => {
  await using it = await openedFake();
  expect(await lineFor(it.fake.port, { scheme: 'https' })).toBe(
    'config: https://127.0.0.1:PORT: Failed to connect to database: 127.0.0.1:PORT does not speak TLS as we do. Set scheme to http in the settings, or check port.',
  );
});

test('no TLS where the server speaks it', async () => {
  await using server = await scriptedServer([], selfSigned);
  expect(await lineFor(server.port)).toMatch(
    /^\w+: http:\/\/127\.0\.0\.1:PORT: Failed to connect to database: 127\.0\.0\.1:PORT (closed the connection|does not speak HTTP).*(TLS|https)/,
  );
});

test('a certificate that nobody vouches for', async () => {
  await using server = await scriptedServer([], selfSigned);
  expect(await lineFor(server.port, { scheme: 'https' })).toBe(
    'config: https://127.0.0.1:PORT: Failed to connect to database: 127.0.0.1:PORT cannot prove who it is (DEPTH_ZERO_SELF_SIGNED_CERT). Check domain in the settings; Node takes authorities of your own from NODE_EXTRA_CA_CERTS.',
  );
});

test.each<[string, Reply, string]>([
  [
    'a web page',
    { raw: '<html>', headers: { 'content-type': 'text/html' } },
    '200 text/html, without resource',
  ],
  [
    'a page that is not there',
    { status: 404, raw: '', headers: { 'content-type': 'text/html' } },
    '404 text/html',
  ],
  [
    'a redirect',
    { status: 308, raw: '', headers: { location: 'https://127.0.0.1/' } },
    '308 application/json, a redirect to https://127.0.0.1',
  ],
  [
    'JSON of another kind',
    { status: 400, body: { error: { type: 'parse_exception' }, status: 400 } },
    '400 application/json',
  ],
])('a server that is not Fauna and answers %s', async (_what, reply, told) => {
  await using server = await scriptedServer([reply]);
  expect(await lineFor(server.port)).toBe(
    `config: http://127.0.0.1:PORT: Failed to connect to database: what answers there is not Fauna: ${told}. Check domain, port, scheme and api_version in the settings, and what stands in between.`,
  );
});

test('a database of FQL v4 alone, asked in v10', async () => {
  const notFound = {
    status: 404,
    body: { errors: [{ code: 'not found', description: 'Not Found' }] },
  };
  await using server = await scriptedServer([notFound]);
  expect(await lineFor(server.port, { api_version: '10' })).toBe(
    'config: http://127.0.0.1:PORT: Failed to connect to database: the server does not know this request: Not Found. Check domain, port, scheme and api_version in the settings, and what stands in between.',
  );
});
