import { expect, test } from 'vitest';
import { createGrpcServer, frameMessages, openChannel } from './index.ts';
import { bytesOf } from './testing/texts.ts';

const kibibyte = 1024;
const window = 512 * kibibyte;
const nothing = new Uint8Array(0);
/** What Node and the sockets may hold besides a window and a batch. */
const slack = 512 * kibibyte;
const piece = frameMessages(Array.from({ length: 64 }, () => Buffer.alloc(1019)));
const pieces = 256;

/** Gives everybody on the loopback interface time to send what may be sent. */
async function settle(roundTrip: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 300; i++) await roundTrip();
}

test('what a slow reader does not pull stays at the server, but for a window and a batch', async () => {
  let sent = 0;
  await using server = createGrpcServer({
    '/s/Many': async (call) => {
      for (let i = 0; i < pieces; i++) {
        await call.writeAll(piece);
        sent += piece.length;
      }
    },
    '/s/Echo': async (call) => call.write(await call.request()),
  });
  await using channel = openChannel(await server.listen(), { streamWindowBytes: window });
  const call = channel.serverStream('/s/Many', nothing);
  let count = 0;
  for await (const messages of call) {
    if (count === 0) {
      await settle(() => channel.unary('/s/Echo', nothing));
      expect(sent).toBeLessThan(window + 256 * kibibyte + slack);
      expect(sent).toBeGreaterThan(window / 2);
    }
    count += messages.count;
  }
  expect(count).toBe(64 * pieces);
});

test('a writer waits for a handler that does not read, but for a window and a batch', async () => {
  let sent = 0;
  let count = 0;
  let read = () => {};
  const reading = new Promise<void>((resolve) => {
    read = resolve;
  });
  await using server = createGrpcServer(
    {
      '/s/Take': async (call) => {
        await reading;
        for await (const messages of call) count += messages.count;
        await call.write(bytesOf('done'));
      },
      '/s/Echo': async (call) => call.write(await call.request()),
    },
    { streamWindowBytes: window },
  );
  await using channel = openChannel(await server.listen());
  const call = channel.duplex('/s/Take');
  const message = Buffer.alloc(60 * kibibyte);
  const sending = (async () => {
    for (let i = 0; i < pieces; i++) {
      await call.write(message);
      sent += message.length;
    }
    call.end();
  })();
  await settle(() => channel.unary('/s/Echo', nothing));
  expect(sent).toBeLessThan(window + 256 * kibibyte + slack);
  read();
  let answers = 0;
  for await (const messages of call) answers += messages.count;
  await sending;
  expect({ count, answers }).toEqual({ count: pieces, answers: 1 });
});

test('a reader that pulls nothing does not hinder other calls of its session', async () => {
  await using server = createGrpcServer({
    '/s/Many': async (call) => {
      for (let i = 0; i < pieces; i++) await call.writeAll(piece);
    },
    '/s/Echo': async (call) => call.write(await call.request()),
  });
  await using channel = openChannel(await server.listen(), {
    streamWindowBytes: window,
    sessionWindowBytes: window,
  });
  const stalled = Array.from({ length: 4 }, () => channel.serverStream('/s/Many', nothing));
  await Promise.all(stalled.map((call) => call.headers));
  await settle(() => channel.unary('/s/Echo', nothing));
  expect((await channel.unary('/s/Echo', Buffer.alloc(window))).length).toBe(window);
  for (const call of stalled) call.cancel();
});
