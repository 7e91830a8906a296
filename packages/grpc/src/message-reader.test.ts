import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameMessage, frameMessages } from './frame.ts';
import { MessageReader } from './message-reader.ts';
import { Status } from './status.ts';
import { messagesIn, textOf } from './testing/texts.ts';

const options = { maxMessageBytes: 1 << 20, compressedCode: Status.INTERNAL };

/** `bytes` cut at the given places, which may lie anywhere and in any order. */
function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length];
  ends.sort((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

describe('a message reader', () => {
  test('gives the messages that went in, wherever the chunks are cut and whenever it is pulled', () => {
    const message = fc.oneof(
      { weight: 5, arbitrary: fc.uint8Array({ maxLength: 40 }) },
      { weight: 1, arbitrary: fc.nat({ max: 300_000 }).map((n) => new Uint8Array(n).fill(n)) },
    );
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 30 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        fc.array(fc.boolean(), { minLength: 41, maxLength: 41 }),
        (messages, places, pulls) => {
          const reader = new MessageReader(options);
          const got: Uint8Array[] = [];
          const pull = () => {
            for (let some = reader.take(); some !== undefined; some = reader.take()) {
              got.push(...messagesIn(some));
            }
          };
          for (const [i, chunk] of cutAt(frameMessages(messages), places).entries()) {
            reader.push(new Uint8Array(chunk));
            if (pulls[i] === true) pull();
          }
          expect(reader.endsInMessage).toBe(false);
          pull();
          expect(got.map((bytes) => Buffer.from(bytes).toString('base64'))).toEqual(
            messages.map((bytes) => Buffer.from(bytes).toString('base64')),
          );
        },
      ),
    );
  });

  test('hands out the messages of one chunk where they lie', () => {
    const reader = new MessageReader(options);
    const chunk = frameMessages([Buffer.from('one'), Buffer.from('two'), Buffer.from('')]);
    reader.push(chunk);
    const messages = reader.take();
    expect(messages?.bytes.buffer).toBe(chunk.buffer);
    expect(messages?.bytes.byteOffset).toBe(chunk.byteOffset);
    expect(messages?.count).toBe(3);
    expect(reader.take()).toBeUndefined();
  });

  test('hands out bytes whose slice is a copy', () => {
    const reader = new MessageReader(options);
    reader.push(frameMessage(Buffer.from('one')));
    const { bytes, bounds } = reader.take() ?? { bytes: Buffer.from(''), bounds: [] };
    const kept = bytes.slice(bounds[0], bounds[1]);
    bytes.fill(0);
    expect(Buffer.from(kept).toString()).toBe('one');
  });

  test.each([1, 4, 5, 6, 9])('tells that %i bytes of a message of 10 end within it', (length) => {
    const reader = new MessageReader(options);
    reader.push(frameMessage(Buffer.from('first')));
    reader.push(frameMessage(Buffer.alloc(5)).subarray(0, length));
    expect(reader.endsInMessage).toBe(true);
    expect(messagesIn(reader.take() ?? none).map(textOf)).toEqual(['first']);
    expect(reader.endsInMessage).toBe(true);
  });

  test.each([
    { bytes: [1, 0, 0, 0, 1, 7], code: Status.INTERNAL, details: /compressed/ },
    { bytes: [72, 84, 84, 80, 47, 49], code: Status.INTERNAL, details: /begins with 72 / },
    {
      bytes: [0, 0, 16, 0, 1],
      code: Status.RESOURCE_EXHAUSTED,
      details: /1048577 bytes .* 1048576/,
    },
    {
      bytes: [0, 255, 255, 255, 255],
      code: Status.RESOURCE_EXHAUSTED,
      details: /4294967295 bytes/,
    },
  ])('refuses $bytes after the messages before', ({ bytes, code, details }) => {
    const reader = new MessageReader(options);
    reader.push(Buffer.concat([frameMessage(Buffer.from('first')), Uint8Array.from(bytes)]));
    expect(messagesIn(reader.take() ?? none).map(textOf)).toEqual(['first']);
    expect(() => reader.take()).toThrow(expect.objectContaining({ code }));
    reader.clear();
    reader.push(Uint8Array.from(bytes));
    expect(() => reader.take()).toThrow(details);
  });

  test('takes a message of just the allowed length', () => {
    const reader = new MessageReader({ ...options, maxMessageBytes: 10 });
    reader.push(frameMessage(Buffer.alloc(10)));
    expect(reader.take()?.count).toBe(1);
    reader.push(frameMessage(Buffer.alloc(11)).subarray(0, 5));
    expect(() => reader.take()).toThrow('RESOURCE_EXHAUSTED');
  });

  test('never gives more than a batch at once, so that a slow reader is no reason for memory', () => {
    const reader = new MessageReader(options);
    const chunk = frameMessages(Array.from({ length: 50 }, () => Buffer.alloc(300)));
    for (let i = 0; i < 200; i++) reader.push(chunk);
    expect(reader.isFull).toBe(true);
    let count = 0;
    for (let some = reader.take(); some !== undefined; some = reader.take()) {
      expect(some.bytes.length).toBeLessThanOrEqual(256 * 1024);
      count += some.count;
    }
    expect(count).toBe(200 * 50);
  });

  test('is not full while the message under way is longer than a batch', () => {
    const reader = new MessageReader(options);
    const framed = frameMessage(Buffer.alloc(600_000));
    reader.push(framed.subarray(0, 5));
    expect(reader.take()).toBeUndefined();
    reader.push(framed.subarray(5, 500_000));
    expect(reader.isFull).toBe(false);
    reader.push(framed.subarray(500_000));
    expect(reader.isFull).toBe(true);
    expect(reader.take()?.count).toBe(1);
  });
});

const none = { bytes: new Uint8Array(0), bounds: new Int32Array(0), count: 0 };
