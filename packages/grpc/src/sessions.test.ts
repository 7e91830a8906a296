import { once } from 'node:events';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { expect, test } from 'vitest';
import { createGrpcServer, GrpcError, openChannel, Status } from './index.ts';
import { grpcHeaders, rawServer } from './testing/raw-server.ts';
import { tcpServer } from './testing/tcp-server.ts';
import { allTexts, bytesOf, textOf, untilError } from './testing/texts.ts';

const nothing = new Uint8Array(0);

function endWell(stream: ServerHttp2Stream): void {
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end();
}

/** A server whose streams stay open, and what tells that so many have come. */
async function holdingServer(options: { readonly maxConcurrentStreams?: number } = {}) {
  const streams: ServerHttp2Stream[] = [];
  let arrived = () => {};
  const server = await rawServer(
    (stream) => {
      stream.respond(grpcHeaders, { waitForTrailers: true });
      streams.push(stream);
      arrived();
    },
    { settings: options },
  );
  const count = async (wanted: number) => {
    while (streams.length < wanted) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
    return streams;
  };
  return Object.assign(server, { count });
}

/** Repeats a call that is faster than a GOAWAY, and therefore refused. */
async function whileSafe<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof GrpcError && error.safeToRetry)) throw error;
    }
  }
}

test.each([
  { calls: 101, server: 100, client: 1000, sessions: 2 },
  { calls: 101, server: undefined, client: 100, sessions: 2 },
  { calls: 90, server: 100, client: undefined, sessions: 1 },
  { calls: 91, server: 100, client: undefined, sessions: 2 },
  { calls: 7, server: 2, client: undefined, sessions: 4 },
])(
  '$calls calls, of which the server takes $server and the client $client a session, share $sessions sessions',
  async ({ calls, server: taken, client, sessions }) => {
    await using server = await holdingServer(
      taken === undefined ? {} : { maxConcurrentStreams: taken },
    );
    await using channel = openChannel(server, client === undefined ? {} : { maxStreams: client });
    const running = Array.from({ length: calls }, () => channel.serverStream('/s/Any', nothing));
    const streams = await server.count(calls);
    expect(server.sessions.length).toBe(sessions);
    for (const stream of streams) endWell(stream);
    expect(await Promise.all(running.map(allTexts))).toEqual(running.map(() => []));
  },
);

test('a stream that has ended makes room for the next on the same session', async () => {
  await using server = createGrpcServer(
    { '/s/Echo': async (call) => call.write(await call.request()) },
    { maxConcurrentStreams: 1 },
  );
  await using channel = openChannel(await server.listen());
  for (let i = 0; i < 20; i++) {
    expect(textOf(await channel.unary('/s/Echo', bytesOf(`${i}`)))).toBe(`${i}`);
  }
  expect(server.sessions.size).toBeLessThanOrEqual(2);
});

test('a server that allows no calls fails them in plain words', async () => {
  await using server = await holdingServer({ maxConcurrentStreams: 0 });
  await using channel = openChannel(server);
  await expect(channel.unary('/s/Any', nothing)).rejects.toMatchObject({
    code: Status.UNAVAILABLE,
    details: 'the server allows no calls at all',
  });
});

test('after GOAWAY old calls finish and new ones go over a new session', async () => {
  await using server = await holdingServer();
  await using channel = openChannel(server);
  const old = channel.serverStream('/s/Old', nothing);
  const [first] = await server.count(1);
  await old.headers;
  first?.session?.goaway();
  const young = whileSafe(() => allTexts(channel.serverStream('/s/Young', nothing)));
  for (const stream of await server.count(2)) endWell(stream);
  expect(await Promise.all([allTexts(old), young])).toEqual([[], []]);
  expect(server.sessions.length).toBe(2);
});

test('calls above the last stream of a GOAWAY are safe to retry, those below go on', async () => {
  await using server = await holdingServer();
  await using channel = openChannel(server);
  const below = channel.serverStream('/s/Below', nothing);
  await server.count(1);
  const above = channel.serverStream('/s/Above', nothing);
  const [first] = await server.count(2);
  await above.headers;
  first?.session?.goaway(constants.NGHTTP2_NO_ERROR, first.id ?? 0);
  expect((await untilError(above)).error).toMatchObject({
    code: Status.UNAVAILABLE,
    safeToRetry: true,
  });
  if (first !== undefined) endWell(first);
  expect(await allTexts(below)).toEqual([]);
});

test('a GOAWAY with an error ends its calls, and the next one gets a new session', async () => {
  await using server = await holdingServer();
  await using channel = openChannel(server);
  const call = channel.serverStream('/s/Any', nothing);
  const [first] = await server.count(1);
  await call.headers;
  first?.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, first.id ?? 0);
  expect((await untilError(call)).error).toMatchObject({
    code: Status.UNAVAILABLE,
    details: expect.stringMatching(/ENHANCE_YOUR_CALM|connection was lost/) as string,
    safeToRetry: false,
  });
  const next = channel.serverStream('/s/Next', nothing);
  for (const stream of (await server.count(2)).slice(1)) endWell(stream);
  expect(await allTexts(next)).toEqual([]);
});

test('a connection that answers no PING is given up', async () => {
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  await using server = await tcpServer((socket) => void socket.write(settings));
  await using channel = openChannel(server, { keepaliveMs: 10, keepaliveTimeoutMs: 20 });
  await expect(channel.unary('/s/Any', nothing)).rejects.toMatchObject({
    code: Status.UNAVAILABLE,
    details: 'the connection was lost: no answer to a PING within 20 ms',
  });
});

test('a quiet call lives on while PINGs are answered', async () => {
  await using server = await holdingServer();
  await using channel = openChannel(server, { keepaliveMs: 5, keepaliveTimeoutMs: 5000 });
  const call = channel.serverStream('/s/Any', nothing);
  const [stream] = await server.count(1);
  if (stream?.session === undefined) throw new Error('there is no session');
  for (let i = 0; i < 3; i++) await once(stream.session, 'ping');
  endWell(stream);
  expect(await allTexts(call)).toEqual([]);
});

test('a session without calls is closed when it has been idle, and the next call makes another', async () => {
  await using server = createGrpcServer({
    '/s/Echo': async (call) => call.write(await call.request()),
  });
  await using channel = openChannel(await server.listen(), { idleMs: 10 });
  for (const text of ['first', 'second']) {
    expect(textOf(await channel.unary('/s/Echo', bytesOf(text)))).toBe(text);
    await Promise.all([...server.sessions].map((session) => once(session, 'close')));
    expect(server.sessions.size).toBe(0);
  }
});
