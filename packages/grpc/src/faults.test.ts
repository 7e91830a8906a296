import { constants, type ServerHttp2Stream } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { frameMessage, openChannel, Status } from './index.ts';
import { answerWith, grpcHeaders, rawServer, socketOf } from './testing/raw-server.ts';
import { tcpServer } from './testing/tcp-server.ts';
import { allTexts, bytesOf, untilError } from './testing/texts.ts';

const nothing = new Uint8Array(0);
const first = frameMessage(bytesOf('first'));
const ok = { 'grpc-status': '0' };

interface Fault {
  readonly name: string;
  readonly answer: (stream: ServerHttp2Stream) => void;
  /** Messages that come before the error. */
  readonly texts?: readonly string[];
  readonly code: Status;
  readonly details: string | RegExp;
  readonly safeToRetry?: boolean;
}

const reset = (code: number) => (stream: ServerHttp2Stream) => {
  // Without trailers to wait for, the stream would end well instead.
  stream.respond(grpcHeaders, { waitForTrailers: true });
  stream.write(first, () => setImmediate(() => stream.close(code)));
};

const answerHttp = (status: number) => (stream: ServerHttp2Stream) => {
  stream.respond({ ':status': status, 'content-type': 'text/html' });
  stream.end('<html>');
};

const faults: readonly Fault[] = [
  {
    name: 'trailers that are missing',
    answer: (stream) => answerWith(stream, first),
    texts: ['first'],
    code: Status.INTERNAL,
    details: 'the answer ended without a status',
  },
  {
    name: 'trailers without a status',
    answer: (stream) => answerWith(stream, first, { 'x-other': '1' }),
    texts: ['first'],
    code: Status.INTERNAL,
    details: 'the answer ended without a status',
  },
  {
    name: 'headers alone, without a status',
    answer: (stream) => stream.respond(grpcHeaders, { endStream: true }),
    code: Status.INTERNAL,
    details: 'the answer ended without a status',
  },
  {
    name: 'a status that is no number',
    answer: (stream) => answerWith(stream, first, { 'grpc-status': 'bad', 'grpc-message': 'x' }),
    texts: ['first'],
    code: Status.UNKNOWN,
    details: 'x',
  },
  {
    name: 'a status alone, with an HTTP status that says otherwise',
    answer: (stream) =>
      stream.respond(
        { ':status': 503, 'grpc-status': '5', 'grpc-message': 'none' },
        { endStream: true },
      ),
    code: Status.NOT_FOUND,
    details: 'none',
  },
  ...[
    { http: 400, code: Status.INTERNAL },
    { http: 401, code: Status.UNAUTHENTICATED },
    { http: 403, code: Status.PERMISSION_DENIED },
    { http: 404, code: Status.UNIMPLEMENTED },
    { http: 429, code: Status.UNAVAILABLE },
    { http: 500, code: Status.UNKNOWN },
    { http: 502, code: Status.UNAVAILABLE },
    { http: 503, code: Status.UNAVAILABLE },
    { http: 504, code: Status.UNAVAILABLE },
  ].map(({ http, code }) => ({
    name: `HTTP ${http}`,
    answer: answerHttp(http),
    code,
    details: `the server answered with HTTP status ${http}`,
  })),
  {
    name: 'HTTP 503 with no body',
    answer: (stream) => stream.respond({ ':status': 503 }, { endStream: true }),
    code: Status.UNAVAILABLE,
    details: 'the server answered with HTTP status 503',
  },
  {
    name: 'a web page',
    answer: answerHttp(200),
    code: Status.UNKNOWN,
    details: 'the answer is no gRPC but "text/html"',
  },
  {
    name: 'RST_STREAM REFUSED_STREAM',
    answer: (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
    code: Status.UNAVAILABLE,
    details: 'the server reset the stream with REFUSED_STREAM',
    safeToRetry: true,
  },
  {
    name: 'RST_STREAM ENHANCE_YOUR_CALM',
    answer: reset(constants.NGHTTP2_ENHANCE_YOUR_CALM),
    texts: ['first'],
    code: Status.RESOURCE_EXHAUSTED,
    details: 'the server reset the stream with ENHANCE_YOUR_CALM',
  },
  {
    name: 'RST_STREAM CANCEL',
    answer: reset(constants.NGHTTP2_CANCEL),
    texts: ['first'],
    code: Status.CANCELLED,
    details: 'the server reset the stream with CANCEL',
  },
  {
    name: 'RST_STREAM INADEQUATE_SECURITY',
    answer: reset(constants.NGHTTP2_INADEQUATE_SECURITY),
    texts: ['first'],
    code: Status.PERMISSION_DENIED,
    details: 'the server reset the stream with INADEQUATE_SECURITY',
  },
  {
    name: 'RST_STREAM INTERNAL_ERROR',
    answer: reset(constants.NGHTTP2_INTERNAL_ERROR),
    texts: ['first'],
    code: Status.INTERNAL,
    details: 'the server reset the stream with INTERNAL_ERROR',
  },
  {
    name: 'RST_STREAM with a code nobody knows',
    answer: reset(99),
    texts: ['first'],
    code: Status.INTERNAL,
    details: 'the server reset the stream with 99',
  },
  {
    name: 'a connection that breaks',
    answer: (stream) => {
      stream.respond(grpcHeaders);
      stream.write(first, () => setImmediate(() => socketOf(stream)?.destroy()));
    },
    texts: ['first'],
    code: Status.UNAVAILABLE,
    details: /^the connection was lost/,
  },
  {
    name: 'a session that ends with an error',
    answer: (stream) => {
      stream.respond(grpcHeaders);
      stream.write(first, () =>
        setImmediate(() => stream.session?.destroy(constants.NGHTTP2_INTERNAL_ERROR as never)),
      );
    },
    texts: ['first'],
    code: Status.UNAVAILABLE,
    details: /^the connection was lost/,
  },
  {
    name: 'bytes that are no frame',
    answer: (stream) => answerWith(stream, Buffer.concat([first, Buffer.from('HTTP/1.1')]), ok),
    texts: ['first'],
    code: Status.INTERNAL,
    details: 'a message begins with 72 instead of 0: this is no gRPC',
  },
  {
    name: 'a message that is too long',
    answer: (stream) =>
      answerWith(stream, Buffer.concat([first, Buffer.from([0, 1, 0, 0, 1])]), ok),
    texts: ['first'],
    code: Status.RESOURCE_EXHAUSTED,
    details: 'a message of 16777217 bytes is longer than the 16777216 allowed',
  },
  {
    name: 'a compressed message',
    answer: (stream) =>
      answerWith(stream, Buffer.concat([first, Buffer.from([1, 0, 0, 0, 1, 9])]), ok),
    texts: ['first'],
    code: Status.INTERNAL,
    details: 'a message is compressed, which was not offered',
  },
  {
    name: 'half a message, and then a good end',
    answer: (stream) => answerWith(stream, Buffer.concat([first, first.subarray(0, 7)]), ok),
    texts: ['first'],
    code: Status.INTERNAL,
    details: 'the answer ended in the middle of a message',
  },
  {
    name: 'half a prefix, and then a good end',
    answer: (stream) => answerWith(stream, Buffer.concat([first, first.subarray(0, 3)]), ok),
    texts: ['first'],
    code: Status.INTERNAL,
    details: 'the answer ended in the middle of a message',
  },
  {
    name: 'half a message, and then a status',
    answer: (stream) => answerWith(stream, first.subarray(0, 7), { 'grpc-status': '10' }),
    code: Status.ABORTED,
    details: '',
  },
];

describe('a server that answers with', () => {
  test.each(faults)('$name', async ({ answer, texts = [], code, details, safeToRetry = false }) => {
    await using server = await rawServer(answer);
    await using channel = openChannel(server);
    const call = channel.serverStream('/s/Any', nothing);
    const seen = await untilError(call);
    expect(seen.texts).toEqual(texts);
    expect(seen.error).toMatchObject({
      name: 'GrpcError',
      code,
      details: typeof details === 'string' ? details : expect.stringMatching(details),
      safeToRetry,
    });
    await expect(call.trailers).rejects.toBe(seen.error);
  });

  test('a status before the client has ended ends the call both ways', async () => {
    let closedWith: number | undefined;
    let closed = () => {};
    const whenClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    await using server = await rawServer((stream) => {
      answerWith(stream, first, ok);
      stream.resume();
      stream.on('close', () => {
        closedWith = stream.rstCode;
        closed();
      });
    });
    await using channel = openChannel(server);
    const call = channel.duplex('/s/Any');
    expect(await allTexts(call)).toEqual(['first']);
    await whenClosed;
    expect(closedWith).toBe(constants.NGHTTP2_CANCEL);
  });
});

describe('a server that cannot be reached', () => {
  test('because nothing listens', async () => {
    const port = await freePort();
    await using channel = openChannel({ host: '127.0.0.1', port });
    await expect(channel.unary('/s/Any', nothing)).rejects.toMatchObject({
      code: Status.UNAVAILABLE,
      details: `nothing listens at 127.0.0.1:${port} (connection refused)`,
      safeToRetry: true,
    });
  });

  test('because there is no such host', async () => {
    await using channel = openChannel({ host: 'no-such-host.invalid', port: 443, tls: true });
    await expect(channel.unary('/s/Any', nothing)).rejects.toMatchObject({
      code: Status.UNAVAILABLE,
      details: expect.stringMatching(
        /^(there is no host named|the name) no-such-host\.invalid/,
      ) as string,
    });
  });

  test.each([
    { name: 'hangs up', greeting: '', details: /closed the connection/ },
    {
      name: 'speaks HTTP/1',
      greeting: 'HTTP/1.1 400 Bad Request\r\n\r\n',
      details: /does not speak HTTP\/2/,
    },
  ])('because it $name', async ({ greeting, details }) => {
    await using server = await tcpServer((socket) => void socket.end(greeting));
    await using channel = openChannel(server);
    await expect(channel.unary('/s/Any', nothing)).rejects.toMatchObject({
      code: Status.UNAVAILABLE,
      details: expect.stringMatching(details) as string,
    });
  });

  test.each([{ tls: false }, { tls: true }])(
    'because it says nothing, with $tls',
    async ({ tls }) => {
      await using server = await tcpServer(() => {});
      await using channel = openChannel({ ...server, tls }, { connectTimeoutMs: 40 });
      await expect(channel.unary('/s/Any', nothing)).rejects.toMatchObject({
        code: Status.UNAVAILABLE,
        details: expect.stringContaining('within 40 ms') as string,
      });
    },
  );

  test('and a channel that is closed meanwhile waits for nothing', async () => {
    await using server = await tcpServer(() => {});
    const channel = openChannel(server);
    const call = untilError(channel.serverStream('/s/Any', nothing));
    await channel.close();
    expect((await call).error).toMatchObject({ code: Status.CANCELLED });
  });

  test('a deadline passes while there is no connection yet', async () => {
    await using server = await tcpServer(() => {});
    await using channel = openChannel(server);
    await expect(channel.unary('/s/Any', nothing, { deadlineMs: 20 })).rejects.toMatchObject({
      code: Status.DEADLINE_EXCEEDED,
    });
  });
});

async function freePort(): Promise<number> {
  await using server = await tcpServer(() => {});
  return server.port;
}
