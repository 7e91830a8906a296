import {
  type Client,
  compressionAlgorithms,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { createGrpcServer, GrpcError, Status } from './index.ts';
import { identity, officialClient, officialMetadata } from './testing/official.ts';
import { allTexts, bytesOf, messagesIn, textOf } from './testing/texts.ts';

function echoServer() {
  return createGrpcServer({
    '/s/Echo': async (call) => {
      await call.write(await call.request());
    },
    '/s/Meta': async (call) => {
      await call.request();
      const { metadata } = call;
      call.sendHeaders({ 'x-first': 'headers', 'y-bin': Uint8Array.of(0, 255) });
      call.setTrailers({ 'x-last': 'trailers' });
      const bytes = metadata['x-bin'];
      const hex = typeof bytes === 'object' ? Buffer.from(bytes).toString('hex') : '';
      await call.write(bytesOf(`${String(metadata['x-text'])} ${hex}`));
    },
    '/s/Count': async (call) => {
      const [count = 0, size = 0] = textOf(await call.request())
        .split(' ')
        .map(Number);
      for (let i = 0; i < count; i++) await call.write(bytesOf(`${i}`.padEnd(size)));
    },
    '/s/Both': async (call) => {
      for await (const messages of call) {
        for (const message of messagesIn(messages))
          await call.write(bytesOf(`> ${textOf(message)}`));
      }
    },
    '/s/StopFirst': async (call) => {
      for await (const messages of call) {
        await call.write(messagesIn(messages)[0] ?? new Uint8Array(0));
        break;
      }
    },
    '/s/Broken': () => Promise.reject(new Error('a bug')),
  });
}

function unary(
  client: Client,
  path: string,
  message: Uint8Array,
  metadata: Readonly<Record<string, string | Buffer>> = {},
  deadlineMs = 60_000,
): Promise<{ answer: Buffer; headers: object; status: StatusObject }> {
  return new Promise((resolve, reject) => {
    let headers: object = {};
    let answer: Buffer = Buffer.alloc(0);
    const call = client.makeUnaryRequest<Buffer, Buffer>(
      path,
      identity,
      identity,
      Buffer.from(message),
      officialMetadata(metadata),
      { deadline: Date.now() + deadlineMs },
      (error, bytes) => {
        if (error !== null) reject(error);
        else answer = bytes ?? answer;
      },
    );
    call.on('metadata', (metadataOfHeaders) => {
      headers = metadataOfHeaders.getMap();
    });
    call.on('status', (status) => resolve({ answer, headers, status }));
  });
}

describe('our server and the official client', () => {
  test.each([0, 1, 16_384, 1_000_000, 16 * 1024 * 1024])(
    'one message of %i bytes goes there and back',
    async (size) => {
      await using server = echoServer();
      using client = officialClient(await server.listen(), {
        'grpc.max_receive_message_length': -1,
      });
      const message = Buffer.alloc(size, 'abcdefg');
      const { answer } = await unary(client, '/s/Echo', message);
      expect(Buffer.compare(answer, message)).toBe(0);
    },
  );

  test.each([
    { count: 0, size: 0 },
    { count: 20_000, size: 20 },
    { count: 300, size: 50_000 },
  ])('$count messages of $size bytes arrive in order', async ({ count, size }) => {
    await using server = echoServer();
    using client = officialClient(await server.listen());
    const request = Buffer.from(`${count} ${size}`);
    const call = client.makeServerStreamRequest('/s/Count', identity, identity, request);
    const texts: string[] = [];
    for await (const message of call) texts.push(String(message));
    expect(texts).toEqual(Array.from({ length: count }, (_, i) => `${i}`.padEnd(size)));
  });

  test('messages go both ways while both sides are open', async () => {
    await using server = echoServer();
    using client = officialClient(await server.listen());
    const call = client.makeBidiStreamRequest<Buffer, Buffer>('/s/Both', identity, identity);
    const texts: string[] = [];
    call.write(Buffer.from('1'));
    for await (const message of call) {
      texts.push(String(message));
      if (texts.length === 3) call.end();
      else call.write(Buffer.from(`${texts.length + 1}`));
    }
    expect(texts).toEqual(['> 1', '> 2', '> 3']);
  });

  test('a handler may end while the client goes on', async () => {
    await using server = echoServer();
    using client = officialClient(await server.listen());
    const call = client.makeBidiStreamRequest<Buffer, Buffer>('/s/StopFirst', identity, identity);
    const status = new Promise<StatusObject>((resolve) => {
      call.on('status', resolve);
    });
    call.write(Buffer.from('only'));
    const texts: string[] = [];
    call.on('data', (message: Buffer) => texts.push(String(message)));
    expect(await status).toMatchObject({ code: Status.OK });
    expect(texts).toEqual(['only']);
  });

  test('metadata goes and comes, binary too', async () => {
    await using server = echoServer();
    using client = officialClient(await server.listen());
    const sent = { 'x-text': 'hello', 'x-bin': Buffer.from([0, 1, 254, 255]) };
    const { answer, headers, status } = await unary(client, '/s/Meta', Buffer.from(''), sent);
    expect(String(answer)).toBe('hello 0001feff');
    expect(headers).toMatchObject({ 'x-first': 'headers', 'y-bin': Buffer.from([0, 255]) });
    expect(status.metadata.getMap()).toMatchObject({ 'x-last': 'trailers' });
  });

  test.each(Object.entries(Status).filter(([, code]) => code !== Status.OK))(
    'the status %s arrives as it was thrown, before and after messages',
    async (name, code) => {
      const error = new GrpcError(code, `because of ${name}, 100 % ü`, {
        metadata: { 'x-why': 'so' },
        statusDetails: Uint8Array.of(8, code),
      });
      await using server = createGrpcServer({
        '/s/Fail': () => Promise.reject(error),
        '/s/FailLate': async (call) => {
          await call.write(bytesOf('before'));
          throw error;
        },
      });
      using client = officialClient(await server.listen());
      for (const path of ['/s/Fail', '/s/FailLate']) {
        const call = client.makeServerStreamRequest(path, identity, identity, Buffer.from(''));
        const texts: string[] = [];
        call.on('data', (message: Buffer) => texts.push(String(message)));
        const failed = await new Promise<ServiceError>((resolve) => {
          call.on('error', (caught) => resolve(caught as ServiceError));
        });
        expect(failed).toMatchObject({ code, details: `because of ${name}, 100 % ü` });
        expect(failed.metadata.getMap()).toMatchObject({
          'x-why': 'so',
          'grpc-status-details-bin': Buffer.from([8, code]),
        });
        expect(texts).toEqual(path === '/s/Fail' ? [] : ['before']);
      }
    },
  );

  test.each([
    { path: '/s/None', code: Status.UNIMPLEMENTED, details: 'there is no method /s/None' },
    { path: '/s/Broken', code: Status.UNKNOWN, details: 'a bug' },
  ])('a call of $path ends with the code $code', async ({ path, code, details }) => {
    await using server = echoServer();
    using client = officialClient(await server.listen());
    await expect(unary(client, path, Buffer.from(''))).rejects.toMatchObject({ code, details });
  });

  test('a message longer than the server allows is refused', async () => {
    await using server = createGrpcServer(
      { '/s/Length': async (call) => call.write(bytesOf(`${(await call.request()).length}`)) },
      { maxMessageBytes: 10 },
    );
    using client = officialClient(await server.listen());
    expect(String((await unary(client, '/s/Length', Buffer.alloc(10))).answer)).toBe('10');
    await expect(unary(client, '/s/Length', Buffer.alloc(11))).rejects.toMatchObject({
      code: Status.RESOURCE_EXHAUSTED,
    });
  });

  test('a compressed message is refused as UNIMPLEMENTED', async () => {
    await using server = echoServer();
    using client = officialClient(await server.listen(), {
      'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
    });
    await expect(unary(client, '/s/Echo', Buffer.alloc(10_000))).rejects.toMatchObject({
      code: Status.UNIMPLEMENTED,
    });
  });

  test('the handler learns that the client has cancelled', async () => {
    let reason: unknown;
    let learnt = () => {};
    const whenLearnt = new Promise<void>((resolve) => {
      learnt = resolve;
    });
    await using server = createGrpcServer({
      '/s/Forever': async (call) => {
        await call.write(bytesOf('first'));
        call.signal.addEventListener('abort', () => {
          reason = call.signal.reason;
          learnt();
        });
        await whenLearnt;
      },
    });
    using client = officialClient(await server.listen());
    const call = client.makeServerStreamRequest('/s/Forever', identity, identity, Buffer.from(''));
    call.on('error', () => {});
    call.on('data', () => call.cancel());
    await whenLearnt;
    expect(reason).toMatchObject({ code: Status.CANCELLED });
  });

  test('the handler learns the deadline, and that it has passed', async () => {
    let deadlineMs: number | undefined;
    let reason: unknown;
    await using server = createGrpcServer({
      '/s/Slow': async (call) => {
        ({ deadlineMs } = call);
        await new Promise((resolve) => {
          call.signal.addEventListener('abort', resolve);
        });
        reason = call.signal.reason;
      },
    });
    using client = officialClient(await server.listen());
    await expect(unary(client, '/s/Slow', Buffer.from(''), {}, 200)).rejects.toMatchObject({
      code: Status.DEADLINE_EXCEEDED,
    });
    expect(deadlineMs).toBeGreaterThan(0);
    expect(deadlineMs).toBeLessThanOrEqual(200);
    await server.close();
    // The client resets the call when its own clock is first.
    expect([Status.DEADLINE_EXCEEDED, Status.CANCELLED]).toContain((reason as GrpcError).code);
  });

  test('requests are read in whole batches', async () => {
    await using server = createGrpcServer({
      '/s/Join': async (call) => {
        const first = textOf(await call.request());
        const second = textOf(await call.request());
        await call.write(bytesOf([first, second, ...(await allTexts(call))].join(',')));
      },
    });
    using client = officialClient(await server.listen());
    const joined = await new Promise<string>((resolve, reject) => {
      const call = client.makeClientStreamRequest<Buffer, Buffer>(
        '/s/Join',
        identity,
        identity,
        (error, answer) => (error === null ? resolve(String(answer)) : reject(error)),
      );
      for (let i = 0; i < 1000; i++) call.write(Buffer.from(`${i}`));
      call.end();
    });
    expect(joined).toBe(Array.from({ length: 1000 }, (_, i) => i).join(','));
  });
});
