import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CodecName } from '../protocol/codec.ts';
import {
  materializeRequests,
  type MaterializeRequest,
  type MaterializeRequestDraft,
} from '../protocol/materialize-messages.ts';
import { messageReader } from '../protocol/message-reader.ts';
import { messageWriter } from '../protocol/message-writer.ts';
import { packTuple } from './pack-tuple.ts';
import { requestReader, type RequestReader } from './request-reader.ts';

const stores = [
  '{"store":{"key":[1],"values":[1,"x"],"doc":{"id":1},"exists":true}}',
  '{"store":{"binding":2,"key":["a,]"],"values":[],"doc":{"id":"a,]","x":{"doc":{},"exists":true}},"delete":true}}',
  '{"store":{"binding":2,"key":["b"],"values":[null],"doc":{"id":"b"},"exists":true,"delete":true}}',
  '{"store":{"key":[2],"values":[0.10000000000000000001],"doc":{"id":2,"n":12345678901234567890}}}',
];
const others = [
  '{"store":{"keyPacked":"FQE=","valuesPacked":"FQI=","doc":{"id":1}}}',
  '{ "store" : { "key" : [ 3 ] , "doc" : { "id" : 3 } } }',
  '{"store":{"key":[4],"values":[1]}}',
  '{"store":{"key":[5],"binding":"1","doc":{}}}',
  '{"store":{"key":[6],"doc":{"id":6},"unknown":1},"$internal":"AA=="}',
  '{"load":{"binding":1,"key":[1]}}',
  '{"load":{"keyPacked":"FQE="}}',
  '{"flush":{}}',
  '{"acknowledge":{}}',
  '',
];

/** Each request, batches taken apart, as text. */
function told(reader: RequestReader, chunks: readonly Uint8Array[]): string[] {
  const found: string[] = [];
  try {
    for (const chunk of chunks) {
      for (const request of reader.read(chunk)) found.push(...describe(request));
    }
    reader.end();
  } catch (error) {
    found.push(error instanceof Error ? error.message : String(error));
  }
  return found;
}

function* describe(request: MaterializeRequest): Generator<string> {
  if (request.is !== 'store' && request.is !== 'load') return yield request.is;
  const slices =
    request.is === 'load' ? [request.keys] : [request.keys, request.values, request.documents];
  for (let index = 0; index < request.keys.starts.length; index++) {
    const parts = slices.map(({ bytes, starts, ends }) =>
      Buffer.from(bytes.subarray(starts[index], ends[index])).toString('latin1'),
    );
    const flags = request.is === 'store' ? request.flags[index] : 0;
    yield `${request.is} ${request.binding} ${String(request.packed)} ${String(flags)} ${parts.join(' | ')}`;
  }
}

function plain(codec: CodecName = 'json'): RequestReader {
  return messageReader<MaterializeRequest>(materializeRequests, { codec });
}

test('stores are read as the plain reader reads them, wherever the input is cut', () => {
  const line = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...stores) },
    { weight: 1, arbitrary: fc.constantFrom(...others.filter((text) => !text.includes('"1"'))) },
  );
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(2000)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      const places = [
        0,
        ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b),
        bytes.length,
      ];
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      expect(told(requestReader('json'), chunks)).toEqual(told(plain(), [bytes]));
    }),
    { numRuns: 300 },
  );
});

const none = Buffer.alloc(0);

const slices = (pieces: readonly Buffer[]) => {
  let end = 0;
  const ends = Uint32Array.from(pieces, ({ length }) => (end += length));
  const starts = ends.map((stop, index) => stop - (pieces[index]?.length ?? 0));
  return { bytes: Buffer.concat(pieces), starts, ends };
};

/** Stores, loads and others, as a runtime writes them in a codec, some of them long. */
const requests = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .record({
          binding: fc.constantFrom(0, 0, 0, 1, 200, 0xffff_ffff),
          flags: fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }),
          text: fc.oneof(
            fc.string({ unit: 'grapheme' }),
            fc.array(fc.constantFrom('"', '\\', '{', ']', '\n', 'é', '🚢', 'x')).map(String),
          ),
          size: fc.oneof(
            { weight: 6, arbitrary: fc.nat(200) },
            { weight: 1, arbitrary: fc.constantFrom(30_000, 65_530, 140_000) },
          ),
          hasValues: fc.boolean(),
          hasDocument: fc.boolean(),
        })
        .map((given) => ({ is: 'store' as const, ...given })),
    },
    fc.record({ is: fc.constantFrom('load', 'flush', 'acknowledge', 'startCommit') }),
  ),
  { maxLength: 12 },
);

type Given = Parameters<Parameters<typeof requests.map>[0]>[0][number];

function draftOf(given: Given, packed: boolean): MaterializeRequestDraft {
  const tuple = (values: readonly unknown[]) =>
    packed ? packTuple(values) : Buffer.from(JSON.stringify(values));
  if ('binding' in given) {
    const { binding, flags, text, size, hasValues, hasDocument } = given;
    const long = text + 'y'.repeat(size);
    const document = Buffer.from(JSON.stringify({ [text]: [long, { text }] }));
    return {
      is: 'store',
      binding,
      packed,
      keys: slices(flags.map((flag) => tuple([text, flag]))),
      values: slices(flags.map(() => (hasValues ? tuple([long, { text }]) : none))),
      documents: slices(flags.map(() => (hasDocument ? document : none))),
      flags: Uint8Array.from(flags),
    };
  }
  if (given.is === 'load') return { is: 'load', binding: 1, packed, keys: slices([tuple([1])]) };
  if (given.is === 'flush') return { is: 'flush' };
  return given.is === 'acknowledge' ? { is: 'acknowledge' } : { is: 'startCommit' };
}

test.each(['json', 'proto'] as const)(
  'requests in %s are read as the plain reader reads them, wherever the input is cut',
  (codec) => {
    const writer = messageWriter<MaterializeRequestDraft>(materializeRequests, codec);
    fc.assert(
      fc.property(requests, fc.array(fc.nat()), fc.boolean(), (given, cuts, isShort) => {
        const drafts = given.map((one) => draftOf(one, codec === 'proto'));
        const whole = Buffer.concat(drafts.map((draft) => Buffer.from(writer.encode(draft))));
        const bytes = isShort ? whole.subarray(0, -1) : whole;
        const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
        const chunks = [0, ...places].map((start, index) => bytes.subarray(start, places[index]));
        expect(told(requestReader(codec), chunks)).toEqual(told(plain(codec), chunks));
      }),
      { numRuns: 150 },
    );
  },
);

test('frames that are cut anywhere or damaged are told as the plain reader tells them', () => {
  const writer = messageWriter<MaterializeRequestDraft>(materializeRequests, 'proto');
  const [first, second] = [0, 1].map((binding) => {
    const given = { is: 'store', binding, flags: [3], text: 'a', size: 1 } as const;
    const store = { ...given, flags: [3], hasValues: true, hasDocument: true };
    return Buffer.from(writer.encode(draftOf(store as Given, true)));
  });
  const whole = Buffer.concat([first ?? none, second ?? none]);
  for (let at = 0; at < whole.length; at++) {
    const cut = [whole.subarray(0, at), whole.subarray(at)];
    expect(told(requestReader('proto'), cut)).toEqual(told(plain('proto'), [whole]));
  }
  // Behind the length of the frame, which would tell of two mistakes.
  for (let at = 4; at < (second?.length ?? 0); at++) {
    for (const change of [1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80, 0xff]) {
      const damaged = Buffer.from(second ?? none);
      damaged[at] = (damaged[at] ?? 0) ^ change;
      const one = [Buffer.concat([first ?? none, damaged])];
      expect(told(requestReader('proto'), one)).toEqual(
        told(plain('proto'), [first ?? none, damaged]),
      );
    }
  }
});

test('a damaged line is told as the plain reader tells it', () => {
  const whole = Buffer.from(`${stores[0]}\n${stores[1]}\n`);
  for (let at = 0; at < whole.length; at++) {
    for (const byte of Buffer.from('"\\{}[],:0x \n')) {
      const damaged = Buffer.from(whole);
      damaged[at] = byte;
      const lines = damaged.toString('latin1').split(/(?<=\n)/);
      const each = lines.map((line) => Buffer.from(line, 'latin1'));
      expect(told(requestReader('json'), [damaged])).toEqual(told(plain(), each));
    }
  }
});

test.each([
  ['a line of no JSON', '{"store":{"key":[1],"doc":{]}}'],
  ['a binding that is text', others[3] ?? ''],
  ['half a line', '{"store":{"key":[1]'],
  ['more after the message', '{"store":{"key":[1],"doc":{}}} 1'],
])('%s is told as the plain reader tells it', (_, text) => {
  const bytes = Buffer.from(`${stores[0]}\n${text}\n`);
  expect(told(requestReader('json'), [bytes]).at(-1)).toBe(told(plain(), [bytes]).at(-1));
});

test('many stores of several windows and bindings stay apart', () => {
  const lines = Array.from({ length: 5_000 }, (_, id) => {
    const text = 'x'.repeat(id % 300);
    return `{"store":{${id % 1000 < 500 ? '' : '"binding":1,'}"key":[${id}],"values":["${text}"],"doc":{"id":${id},"t":"${text}"}}}\n`;
  });
  const bytes = Buffer.from(lines.join(''));
  expect(told(requestReader('json'), [bytes])).toEqual(told(plain(), [bytes]));
});
