import { ServerCredentials } from '@grpc/grpc-js';
import { createServer as createTlsServer } from 'node:tls';
import { expect, test } from 'vitest';
import { createGrpcServer, openChannel, Status } from './index.ts';
import { officialServer } from './testing/official.ts';
import { selfSigned } from './testing/self-signed.ts';
import { tcpServer } from './testing/tcp-server.ts';
import { bytesOf, textOf } from './testing/texts.ts';

const { key, cert } = selfSigned();
const nothing = new Uint8Array(0);
const trusting = { ca: cert, servername: 'localhost' };

test('our client and our server speak TLS', async () => {
  await using server = createGrpcServer(
    { '/s/Echo': async (call) => call.write(await call.request()) },
    { tls: { key, cert } },
  );
  await using channel = openChannel({ ...(await server.listen()), tls: trusting });
  expect(textOf(await channel.unary('/s/Echo', bytesOf('hello')))).toBe('hello');
});

test('our client speaks TLS with the official server', async () => {
  using server = await officialServer(
    { unary: { '/s/Echo': (call, answer) => answer(null, call.request) } },
    {},
    ServerCredentials.createSsl(null, [
      { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) },
    ]),
  );
  await using channel = openChannel({ ...server, tls: trusting });
  expect(textOf(await channel.unary('/s/Echo', bytesOf('hello')))).toBe('hello');
});

test.each([
  { name: 'nobody vouches for', tls: { servername: 'localhost' }, details: /self-signed/ },
  {
    name: 'is for another name',
    tls: { ca: cert, servername: 'example.org' },
    details: /altnames/,
  },
])('a certificate that $name is refused with the reason', async ({ tls, details }) => {
  await using server = createGrpcServer({}, { tls: { key, cert } });
  const { host, port } = await server.listen();
  await using channel = openChannel({ host, port, tls });
  const failure = expect.stringMatching(details) as string;
  await expect(channel.unary('/s/Any', nothing)).rejects.toMatchObject({
    code: Status.UNAVAILABLE,
    details: failure,
    message: expect.stringContaining(`no secure connection to ${host}:${port}`) as string,
  });
});

test('a server with TLS but no HTTP/2 is named as such', async () => {
  await using server = await tcpServer(
    () => {},
    (listener) => createTlsServer({ key, cert }, listener),
  );
  await using channel = openChannel({ ...server, tls: trusting });
  await expect(channel.unary('/s/Any', nothing)).rejects.toMatchObject({
    code: Status.UNAVAILABLE,
    details: `127.0.0.1:${server.port} does not speak HTTP/2`,
  });
});
