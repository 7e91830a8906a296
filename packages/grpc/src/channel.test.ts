import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGrpcServer, frameMessages, GrpcError, openChannel, Status } from './index.ts';
import { allTexts, bytesOf, messagesIn, textOf, untilError } from './testing/texts.ts';

const nothing = new Uint8Array(0);

describe('our client and our server', () => {
  test('messages come as they were sent, however their bytes are cut into frames', async () => {
    let pieces: readonly Uint8Array[] = [];
    await using server = createGrpcServer({
      '/s/Pieces': async (call) => {
        for (const piece of pieces) {
          await call.writeAll(piece);
          await call.flush();
        }
      },
    });
    await using channel = openChannel(await server.listen());
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        async (messages, places) => {
          const bytes = frameMessages(messages);
          const ends = places.map((place) => place % (bytes.length + 1)).concat(bytes.length);
          pieces = ends
            .toSorted((a, b) => a - b)
            .map((end, i, sorted) => bytes.subarray(sorted[i - 1] ?? 0, end));
          const got: Uint8Array[] = [];
          for await (const some of channel.serverStream('/s/Pieces', nothing)) {
            got.push(...messagesIn(some));
          }
          expect(got.map(hex)).toEqual(messages.map(hex));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('messages sent one by one go both ways as they were', async () => {
    await using server = createGrpcServer({
      '/s/Echo': async (call) => {
        for await (const some of call) {
          for (const message of messagesIn(some)) await call.write(message);
        }
      },
    });
    await using channel = openChannel(await server.listen());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40_000 })), async (messages) => {
        const call = channel.duplex('/s/Echo');
        const sending = (async () => {
          for (const message of messages) await call.write(message);
          call.end();
        })();
        const got: Uint8Array[] = [];
        for await (const some of call) got.push(...messagesIn(some));
        await sending;
        expect(got.map(hex)).toEqual(messages.map(hex));
      }),
      { numRuns: 40 },
    );
  });

  test('one pull gives all that has arrived', async () => {
    await using server = createGrpcServer({
      '/s/Two': async (call) => {
        await call.request();
        await call.writeAll(frameMessages([bytesOf('1'), bytesOf('2'), bytesOf('3')]));
      },
    });
    await using channel = openChannel(await server.listen());
    const counts: number[] = [];
    for await (const { count } of channel.serverStream('/s/Two', nothing)) counts.push(count);
    expect(counts).toEqual([3]);
  });

  test('the bytes of a message may be used again once it is written', async () => {
    await using server = createGrpcServer({
      '/s/Echo': async (call) => call.write(await call.request()),
    });
    await using channel = openChannel(await server.listen());
    const message = bytesOf('before');
    const answer = channel.unary('/s/Echo', message);
    message.fill(0);
    expect(textOf(await answer)).toBe('before');
  });

  test.each([
    { messages: [], details: 'the server answered with no message' },
    { messages: ['a', 'b'], details: 'the server answered with more than one message' },
  ])(
    'a unary call answered with $messages.length messages fails',
    async ({ messages, details }) => {
      await using server = createGrpcServer({
        '/s/Some': async (call) => call.writeAll(frameMessages(messages.map(bytesOf))),
      });
      await using channel = openChannel(await server.listen());
      await expect(channel.unary('/s/Some', nothing)).rejects.toMatchObject({
        code: Status.INTERNAL,
        details,
      });
    },
  );
});

describe('metadata', () => {
  function whoServer() {
    return createGrpcServer({
      '/s/Who': async (call) => call.write(bytesOf(String(call.metadata['authorization']))),
    });
  }

  test('is asked for at each call, and that of the call stands before that of the channel', async () => {
    await using server = whoServer();
    let asked = 0;
    const metadata = async () => {
      await Promise.resolve();
      asked += 1;
      return { authorization: `Bearer ${asked}` };
    };
    await using channel = openChannel(await server.listen(), { metadata });
    expect(textOf(await channel.unary('/s/Who', nothing))).toBe('Bearer 1');
    expect(textOf(await channel.unary('/s/Who', nothing))).toBe('Bearer 2');
    const own = { metadata: () => ({ authorization: 'mine' }) };
    expect(textOf(await channel.unary('/s/Who', nothing, own))).toBe('mine');
  });

  test('that cannot be had fails the call with its own error', async () => {
    await using server = whoServer();
    const error = new Error('no token');
    await using channel = openChannel(await server.listen(), {
      metadata: () => Promise.reject(error),
    });
    await expect(channel.unary('/s/Who', nothing)).rejects.toBe(error);
  });

  test('that cannot be sent fails the call and says which', async () => {
    await using server = whoServer();
    await using channel = openChannel(await server.listen());
    const call = channel.unary('/s/Who', nothing, { metadata: { Authorization: 'x' } });
    await expect(call).rejects.toThrow('"Authorization" cannot be the name of metadata');
  });
});

describe('the end of a call', () => {
  function hangingServer() {
    return createGrpcServer({
      '/s/Hang': async (call) => {
        await call.write(bytesOf('first'));
        await new Promise((resolve) => {
          call.signal.addEventListener('abort', resolve);
        });
      },
    });
  }

  test('a signal that is aborted already makes no call', async () => {
    let connections = 0;
    await using server = createGrpcServer(
      {},
      { around: () => Promise.resolve(void connections++) },
    );
    await using channel = openChannel(await server.listen());
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(channel.unary('/s/Any', nothing, { signal })).rejects.toThrow('stopped');
    expect(connections).toBe(0);
  });

  test('closing the channel cancels what runs and refuses what comes', async () => {
    await using server = hangingServer();
    const channel = openChannel(await server.listen());
    const running = channel.serverStream('/s/Hang', nothing);
    const reader = running[Symbol.asyncIterator]();
    expect((await reader.next()).value?.count).toBe(1);
    const pull = reader.next();
    const gone = [...server.sessions].map((session) => once(session, 'close'));
    expect(gone.length).toBe(1);
    await Promise.all([
      ...gone,
      channel.close(),
      expect(pull).rejects.toMatchObject({ code: Status.CANCELLED }),
    ]);
    await expect(channel.unary('/s/Hang', nothing)).rejects.toMatchObject({
      code: Status.CANCELLED,
      details: 'the channel is closed',
    });
  });

  test('the server closes once its calls have ended, and tells the client before', async () => {
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await using server = createGrpcServer({
      '/s/Slow': async (call) => {
        await call.write(bytesOf('first'));
        await finished;
        await call.write(bytesOf('last'));
      },
    });
    await using channel = openChannel(await server.listen());
    const call = channel.serverStream('/s/Slow', nothing);
    const reader = call[Symbol.asyncIterator]();
    await reader.next();
    const closed = server.close();
    finish();
    const { value } = await reader.next();
    expect(value === undefined ? [] : messagesIn(value).map(textOf)).toEqual(['last']);
    expect((await reader.next()).done).toBe(true);
    await closed;
  });

  test('a write after the end does nothing, and waits for nothing', async () => {
    await using server = createGrpcServer({
      '/s/No': () => Promise.reject(new GrpcError(Status.ABORTED, 'no')),
    });
    await using channel = openChannel(await server.listen());
    const call = channel.duplex('/s/No');
    const { error } = await untilError(call);
    expect(error).toMatchObject({ code: Status.ABORTED });
    await call.write(Buffer.alloc(1_000_000));
    call.end();
  });

  test('a writer that waits is let go when the server ends the call', async () => {
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    await using server = createGrpcServer({ '/s/Stop': () => stopped });
    await using channel = openChannel(await server.listen());
    const call = channel.duplex('/s/Stop');
    let writing: void | Promise<void> = undefined;
    for (let i = 0; i < 100; i++) writing = call.write(Buffer.alloc(1_000_000));
    stop();
    await writing;
    expect(await allTexts(call)).toEqual([]);
  });

  test.each([
    { code: 7, status: Status.UNAVAILABLE, safeToRetry: true },
    { code: 8, status: Status.CANCELLED, safeToRetry: false },
    { code: 11, status: Status.RESOURCE_EXHAUSTED, safeToRetry: false },
    { code: 2, status: Status.INTERNAL, safeToRetry: false },
  ])(
    'a reset with $code before and after messages is $status',
    async ({ code, status, safeToRetry }) => {
      await using server = createGrpcServer({
        '/s/Early': async (call) => call.reset(code),
        '/s/Late': async (call) => {
          await call.write(bytesOf('first'));
          await call.flush();
          call.reset(code);
        },
      });
      await using channel = openChannel(await server.listen());
      const early = await untilError(channel.serverStream('/s/Early', nothing));
      expect(early).toMatchObject({ texts: [], error: { code: status, safeToRetry } });
      const late = await untilError(channel.serverStream('/s/Late', nothing));
      expect(late).toMatchObject({ texts: ['first'], error: { code: status } });
    },
  );

  test('a handler that writes without end learns that its client has gone', async () => {
    let written = 0;
    await using server = createGrpcServer({
      '/s/Endless': async (call) => {
        while (!call.signal.aborted) {
          await call.write(bytesOf('again'));
          written += 1;
        }
      },
    });
    await using channel = openChannel(await server.listen());
    for await (const { count } of channel.serverStream('/s/Endless', nothing)) {
      expect(count).toBeGreaterThan(0);
      break;
    }
    await server.close();
    expect(written).toBeGreaterThan(0);
  });

  test.each(['headers', 'trailers', 'error'])(
    'metadata of the server that cannot be sent, as %s, is a status and no hanging call',
    async (where) => {
      const bad = { 'x-bin': 'text' };
      await using server = createGrpcServer({
        '/s/Bad': async (call) => {
          if (where === 'headers') call.sendHeaders(bad);
          if (where === 'trailers') call.setTrailers(bad);
          throw new GrpcError(Status.ABORTED, '', { metadata: bad });
        },
      });
      await using channel = openChannel(await server.listen());
      await expect(channel.unary('/s/Bad', nothing)).rejects.toMatchObject({
        code: where === 'error' ? Status.INTERNAL : Status.UNKNOWN,
        details: 'metadata "x-bin" must be bytes',
      });
    },
  );

  test('around stands in place of the handlers', async () => {
    const seen: string[] = [];
    await using server = createGrpcServer(
      { '/s/Echo': async (call) => call.write(await call.request()) },
      {
        around: async (call, handle) => {
          seen.push(call.path);
          if (seen.length === 1) throw new GrpcError(Status.UNAVAILABLE, 'not the first time');
          await handle();
        },
      },
    );
    await using channel = openChannel(await server.listen());
    await expect(channel.unary('/s/Echo', nothing)).rejects.toThrow('not the first time');
    expect((await channel.unary('/s/Echo', nothing)).length).toBe(0);
    expect(seen).toEqual(['/s/Echo', '/s/Echo']);
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
