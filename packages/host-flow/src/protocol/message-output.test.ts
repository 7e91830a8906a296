import { encodeDocuments, Failure } from '@fairlead/sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FlowOutput } from '../io.ts';
import type { DocumentBatch } from './batches.ts';
import { captureResponses } from './capture-messages.ts';
import { materializeResponses } from './materialize-messages.ts';
import { messageOutput } from './message-output.ts';
import { messageWriter } from './message-writer.ts';

type Message = { readonly is: string };

const checkpoint: Message = { is: 'checkpoint' };

function captured(sizes: readonly number[], binding: number): DocumentBatch {
  const documents = encodeDocuments(sizes.map((size, id) => ({ id, text: 'é'.repeat(size) })));
  return { is: 'captured', binding, documents };
}

/** An output that takes bytes at once, or, as a full one, looks at them only later. */
function gathering(isFull: () => boolean) {
  const taken: Buffer[] = [];
  let last: Promise<void> | undefined;
  const output: FlowOutput = {
    write(bytes) {
      if (last === undefined && !isFull()) {
        taken.push(Buffer.from(bytes));
        return undefined;
      }
      const turn = async (before: Promise<void> | undefined) => {
        await before;
        await new Promise(setImmediate);
        taken.push(Buffer.from(bytes));
      };
      const mine = turn(last);
      last = mine;
      return mine.finally(() => {
        if (last === mine) last = undefined;
      });
    },
    async flush() {
      await last;
    },
  };
  return { output, bytes: () => Buffer.concat(taken) };
}

describe.each(['json', 'proto'] as const)('messages in %s', (codec) => {
  async function writeAll(messages: readonly Message[], isFull = () => false): Promise<Buffer> {
    const { output, bytes } = gathering(isFull);
    const { write } = messageOutput<Message>(captureResponses, codec, output);
    for (const message of messages) await write(message);
    await output.flush();
    return bytes();
  }

  function encode(messages: readonly Message[]): Buffer {
    const writer = messageWriter<Message>(captureResponses, codec);
    return Buffer.concat(messages.map((message) => Buffer.from(writer.encode(message))));
  }

  const size = fc.oneof(
    { weight: 8, arbitrary: fc.nat(300) },
    { weight: 2, arbitrary: fc.integer({ min: 16_300, max: 16_400 }) },
    { weight: 1, arbitrary: fc.integer({ min: 65_480, max: 65_560 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1000, max: 200_000 }) },
  );
  const batch = fc
    .tuple(fc.array(size, { maxLength: 30 }), fc.constantFrom(0, 1, 127, 128, 0xffff_ffff))
    .map(([sizes, binding]) => captured(sizes, binding));

  test('are those of a writer, in order, however slow the output is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(batch, fc.constant(checkpoint)), { maxLength: 6 }),
        fc.infiniteStream(fc.boolean()),
        async (messages, full) => {
          const isFull = () => full.next().value;
          expect((await writeAll(messages, isFull)).equals(encode(messages))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ['small', 20_000, 3],
    ['empty', 40_000, 0],
    ['large', 20, 60_000],
    ['too large for a window', 5, 200_000],
  ])('of many documents that are %s are those of a writer', async (_, count, length) => {
    const messages = [
      captured(
        Array.from({ length: count }, () => length),
        3,
      ),
      checkpoint,
    ];
    expect((await writeAll(messages, () => true)).equals(encode(messages))).toBe(true);
  });

  test('that were loaded have their own number', async () => {
    const { output, bytes } = gathering(() => false);
    const message = { ...captured([1, 2], 1), is: 'loaded' };
    await messageOutput<Message>(materializeResponses, codec, output).write(message);
    const writer = messageWriter<Message>(materializeResponses, codec);
    expect(bytes()).toEqual(Buffer.from(writer.encode(message)));
  });

  test('fail with the output', async () => {
    const failure = new Failure('transient', 'the reader of the output has gone away');
    const output = { write: () => Promise.reject(failure), flush: () => Promise.reject(failure) };
    const { write } = messageOutput<Message>(captureResponses, codec, output);
    const writing = async () => {
      for (let time = 0; time < 3; time++) await write(captured([200_000, 1], 0));
    };
    await expect(writing()).rejects.toBe(failure);
  });
});
