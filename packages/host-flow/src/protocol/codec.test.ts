import { isFailure } from '@fairlead/sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryBatch, arbitraryMessage, plainBatch } from '../testing/arbitrary-message.ts';
import { type BatchName } from './batches.ts';
import { captureRequests, captureResponses } from './capture-messages.ts';
import { codecFrom } from './codecs.ts';
import { materializeRequests, materializeResponses } from './materialize-messages.ts';
import { messageReader } from './message-reader.ts';
import type { MessageSet } from './message-set.ts';
import { messageWriter } from './message-writer.ts';

type Message = { readonly is: string };

const sets: readonly MessageSet[] = [
  captureRequests,
  captureResponses,
  materializeRequests,
  materializeResponses,
];
const cases = sets.flatMap((set) =>
  (['json', 'proto'] as const).map((codec) => ({ what: set.what, codec, set })),
);

function encode(set: MessageSet, codec: 'json' | 'proto', messages: readonly Message[]): Buffer {
  const writer = messageWriter<Message>(set, codec);
  return Buffer.concat(messages.map((message) => Buffer.from(writer.encode(message))));
}

function decode(set: MessageSet, codec: 'json' | 'proto', chunks: readonly Uint8Array[]) {
  const reader = messageReader<Message>(set, { codec });
  // Messages are views of what was read, so they are told before the next read.
  const found = chunks.flatMap((chunk) => reader.read(chunk).map(plainBatch));
  reader.end();
  return found;
}

describe.each(cases)('a $what in $codec', ({ set, codec }) => {
  const batches = Object.keys(set.batches) as BatchName[];
  const arbitrary: fc.Arbitrary<Message> = fc.oneof(
    arbitraryMessage(set),
    ...batches.map((name) => arbitraryBatch(name)),
  );

  test('is the same there and back', () => {
    fc.assert(
      fc.property(arbitrary, (message) => {
        expect(decode(set, codec, [encode(set, codec, [message])])).toEqual([plainBatch(message)]);
      }),
      { numRuns: 200 },
    );
  });

  test('is the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(arbitrary), fc.array(fc.nat(400)), (messages, sizes) => {
        const bytes = encode(set, codec, messages);
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const size of sizes) chunks.push(bytes.subarray(at, (at += size)));
        chunks.push(bytes.subarray(at));
        const flat = (found: readonly unknown[]) => single(found);
        expect(flat(decode(set, codec, chunks))).toEqual(flat(decode(set, codec, [bytes])));
      }),
      { numRuns: 50 },
    );
  });

  test('is a message or a failure, whatever the bytes', () => {
    const damaged = fc
      .tuple(arbitrary, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat(9))
      .map(([message, changes, cut]) => {
        const bytes = encode(set, codec, [message]);
        const header = codec === 'proto' ? 4 : 0;
        for (const [place, byte] of changes) {
          if (bytes.length > header) bytes[header + (place % (bytes.length - header))] = byte;
        }
        return cut === 0 ? bytes.subarray(0, bytes.length >> 1) : bytes;
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array()), (bytes) => {
        try {
          for (const message of decode(set, codec, [bytes])) expect(message).toHaveProperty('is');
        } catch (error) {
          expect(isFailure(error) && error.kind === 'data' ? 'data' : error).toBe('data');
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Messages one by one, as batches may be cut anywhere. */
function single(found: readonly unknown[]): unknown[] {
  return found.flatMap((message) => {
    if (!isTold(message)) return [message];
    if (message.documents?.ends !== undefined) {
      const { bytes, ends } = message.documents;
      return ends.map((end, index) => ({
        ...message,
        documents: bytes.slice(ends[index - 1], end),
      }));
    }
    if (!Array.isArray(message.keys)) return [message];
    return message.keys.map((key, index) => ({
      ...message,
      keys: key,
      values: message.values?.[index],
      documents: Array.isArray(message.documents) ? message.documents[index] : undefined,
      flags: message.flags?.[index],
    }));
  });
}

interface Told {
  readonly documents?: { readonly bytes: string; readonly ends: readonly number[] };
  readonly keys?: readonly unknown[];
  readonly values?: readonly unknown[];
  readonly flags?: string;
}

function isTold(message: unknown): message is Told {
  return typeof message === 'object' && message !== null;
}

test.each([
  [{}, 'proto'],
  [{ FLOW_RUNTIME_CODEC: '' }, 'proto'],
  [{ FLOW_RUNTIME_CODEC: 'proto' }, 'proto'],
  [{ FLOW_RUNTIME_CODEC: 'json' }, 'json'],
])('the environment %j asks for %s', (env, codec) => {
  expect(codecFrom(env)).toBe(codec);
});

test('another codec is refused', () => {
  expect(() => codecFrom({ FLOW_RUNTIME_CODEC: 'xml' })).toThrow('no codec "xml"');
});
