import { compressionAlgorithms } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import {
  type CallOptions,
  type ChannelOptions,
  openChannel,
  Status,
  type Target,
} from './index.ts';
import { officialMetadata, officialServer } from './testing/official.ts';
import { allTexts, bytesOf, messagesIn, textOf, untilError } from './testing/texts.ts';

const nothing = new Uint8Array(0);

function echoServer() {
  return officialServer({
    unary: {
      '/s/Echo': (call, answer) => answer(null, call.request),
      '/s/Meta': (call, answer) => {
        const sent = call.metadata.getMap();
        call.sendMetadata(
          officialMetadata({ 'x-first': 'headers', 'y-bin': Buffer.from([0, 255]) }),
        );
        const text = `${String(sent['x-text'])} ${(sent['x-bin'] as Buffer).toString('hex')}`;
        answer(null, Buffer.from(text), officialMetadata({ 'x-last': 'trailers' }));
      },
      '/s/Deadline': (call, answer) => {
        const left = Number(call.getDeadline()) - Date.now();
        answer(null, Buffer.from(left > 10_000 && left <= 60_000 ? 'as asked' : String(left)));
      },
      '/s/Never': () => {},
    },
    serverStream: {
      '/s/Count': (call) => {
        const [count = 0, size = 0] = call.request.toString().split(' ').map(Number);
        const send = (from: number) => {
          for (let i = from; i < count; i++) {
            if (!call.write(Buffer.from(`${i}`.padEnd(size)))) {
              call.once('drain', () => send(i + 1));
              return;
            }
          }
          call.end(officialMetadata({ counted: String(count) }));
        };
        send(0);
      },
      '/s/Forever': (call) => {
        call.write(Buffer.from('first'));
      },
    },
    duplex: {
      '/s/Both': (call) => {
        call.on('data', (message: Buffer) =>
          call.write(Buffer.concat([Buffer.from('> '), message])),
        );
        call.on('end', () => call.end());
      },
    },
  });
}

describe('our client and the official server', () => {
  test.each([0, 1, 4, 16_384, 1_000_000, 16 * 1024 * 1024])(
    'one message of %i bytes goes there and back',
    async (size) => {
      using server = await officialServer(
        { unary: { '/s/Echo': (call, answer) => answer(null, call.request) } },
        { 'grpc.max_receive_message_length': -1 },
      );
      await using channel = openChannel(server);
      const message = Buffer.alloc(size, 'abcdefg');
      expect(Buffer.compare(await channel.unary('/s/Echo', message), message)).toBe(0);
    },
  );

  test.each([
    { count: 0, size: 0 },
    { count: 1, size: 0 },
    { count: 20_000, size: 20 },
    { count: 300, size: 50_000 },
  ])('$count messages of $size bytes come in order, with trailers', async ({ count, size }) => {
    using server = await echoServer();
    await using channel = openChannel(server);
    const call = channel.serverStream('/s/Count', bytesOf(`${count} ${size}`));
    const expected = Array.from({ length: count }, (_, i) => `${i}`.padEnd(size));
    expect(await allTexts(call)).toEqual(expected);
    expect(await call.trailers).toMatchObject({ counted: String(count) });
  });

  test('messages go both ways while both sides are open', async () => {
    using server = await echoServer();
    await using channel = openChannel(server);
    const call = channel.duplex('/s/Both');
    const answers = call[Symbol.asyncIterator]();
    for (const text of ['one', 'two', 'three']) {
      await call.write(bytesOf(text));
      const { value } = await answers.next();
      expect(messagesIn(value ?? none).map(textOf)).toEqual([`> ${text}`]);
    }
    call.end();
    expect((await answers.next()).done).toBe(true);
  });

  test('what is written before there is a connection arrives in order', async () => {
    using server = await echoServer();
    await using channel = openChannel(server);
    const call = channel.duplex('/s/Both');
    for (let i = 0; i < 1000; i++) void call.write(bytesOf(`${i}`));
    call.end();
    expect(await allTexts(call)).toEqual(Array.from({ length: 1000 }, (_, i) => `> ${i}`));
  });

  test('metadata goes and comes, binary too', async () => {
    using server = await echoServer();
    await using channel = openChannel(server);
    const call = channel.serverStream('/s/Meta', nothing, {
      metadata: { 'x-text': 'hello', 'x-bin': Uint8Array.of(0, 1, 254, 255) },
    });
    expect(await allTexts(call)).toEqual(['hello 0001feff']);
    expect(await call.headers).toMatchObject({
      'x-first': 'headers',
      'y-bin': Buffer.from([0, 255]),
    });
    expect(await call.trailers).toEqual({ 'x-last': 'trailers' });
  });

  test.each(Object.entries(Status).filter(([, code]) => code !== Status.OK))(
    'the status %s comes as it was sent, before and after messages',
    async (name, code) => {
      const error = {
        code,
        details: `because of ${name}, 100 % ü`,
        metadata: officialMetadata({
          'x-why': 'so',
          'grpc-status-details-bin': Buffer.from([8, code]),
        }),
      };
      using server = await officialServer({
        unary: { '/s/Fail': (_, answer) => answer(error) },
        serverStream: {
          '/s/FailLate': (call) => {
            call.write(Buffer.from('before'));
            call.emit('error', error);
          },
        },
      });
      await using channel = openChannel(server);
      const expected = {
        name: 'GrpcError',
        message: `${name}: because of ${name}, 100 % ü`,
        code,
        details: `because of ${name}, 100 % ü`,
        metadata: { 'x-why': 'so' },
        statusDetails: Buffer.from([8, code]),
        safeToRetry: false,
      };
      await expect(channel.unary('/s/Fail', nothing)).rejects.toMatchObject(expected);
      const late = channel.serverStream('/s/FailLate', nothing);
      expect(await untilError(late)).toMatchObject({ texts: ['before'], error: expected });
      expect(await late.headers).toBeDefined();
      await expect(late.trailers).rejects.toMatchObject(expected);
    },
  );

  test('an unknown method is UNIMPLEMENTED', async () => {
    using server = await echoServer();
    await using channel = openChannel(server);
    await expect(channel.unary('/s/None', nothing)).rejects.toMatchObject({
      code: Status.UNIMPLEMENTED,
    });
  });

  test('the server learns the deadline', async () => {
    using server = await echoServer();
    await using channel = openChannel(server);
    const answer = await channel.unary('/s/Deadline', nothing, { deadlineMs: 60_000 });
    expect(textOf(answer)).toBe('as asked');
  });

  test('a deadline that passes fails the call', async () => {
    using server = await echoServer();
    await using channel = openChannel(server);
    await expect(channel.unary('/s/Never', nothing, { deadlineMs: 30 })).rejects.toMatchObject({
      code: Status.DEADLINE_EXCEEDED,
    });
  });

  test.each(['cancel', 'signal', 'leaving the loop'])('the server learns of a %s', async (how) => {
    let cancelled = () => {};
    const learnt = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    using server = await officialServer({
      serverStream: {
        '/s/Forever': (call) => {
          call.on('cancelled', () => cancelled());
          call.write(Buffer.from('first'));
        },
      },
    });
    await using channel = openChannel(server);
    const stop = new AbortController();
    const call = channel.serverStream('/s/Forever', nothing, { signal: stop.signal });
    let error: unknown;
    try {
      for await (const messages of call) {
        expect(messages.count).toBe(1);
        if (how === 'leaving the loop') break;
        if (how === 'cancel') call.cancel();
        else stop.abort(new Error('enough'));
      }
    } catch (caught) {
      error = caught;
    }
    await learnt;
    if (how === 'leaving the loop') expect(error).toBeUndefined();
    else if (how === 'signal') expect(error).toEqual(new Error('enough'));
    else expect(error).toMatchObject({ code: Status.CANCELLED });
  });

  test('compression is not offered, so the server does not compress', async () => {
    using server = await officialServer(
      { unary: { '/s/Long': (_, answer) => answer(null, Buffer.alloc(10_000, 'a')) } },
      { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip },
    );
    await using channel = openChannel(server);
    expect((await channel.unary('/s/Long', nothing)).length).toBe(10_000);
  });

  test.each([
    { where: 'channel', options: { maxMessageBytes: 10 }, callOptions: {} },
    { where: 'call', options: {}, callOptions: { maxMessageBytes: 10 } },
  ] satisfies { where: string; options: ChannelOptions; callOptions: CallOptions }[])(
    'a message longer than the $where allows is refused',
    async ({ options, callOptions }) => {
      using server = await echoServer();
      await using channel = openChannel(server, options);
      const send = (size: number) => channel.unary('/s/Echo', Buffer.alloc(size), callOptions);
      expect((await send(10)).length).toBe(10);
      await expect(send(11)).rejects.toMatchObject({
        code: Status.RESOURCE_EXHAUSTED,
        details: 'a message of 11 bytes is longer than the 10 allowed',
      });
    },
  );

  test('200 streams at once are open together, though the server allows 100 a connection', async () => {
    let open = 0;
    let allOpen = () => {};
    const whenAllOpen = new Promise<void>((resolve) => {
      allOpen = resolve;
    });
    using server = await officialServer(
      {
        serverStream: {
          '/s/Wait': (call) => {
            open += 1;
            if (open === 200) allOpen();
            void whenAllOpen.then(() => call.end());
          },
        },
      },
      { 'grpc.max_concurrent_streams': 100 },
    );
    await using channel = openChannel(server satisfies Target);
    const calls = Array.from({ length: 200 }, () => channel.serverStream('/s/Wait', nothing));
    expect(await Promise.all(calls.map(allTexts))).toEqual(calls.map(() => []));
  });
});

const none = { bytes: new Uint8Array(0), bounds: new Int32Array(0), count: 0 };
