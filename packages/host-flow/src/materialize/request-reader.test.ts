import fc from 'fast-check';
import { expect, test } from 'vitest';
import { materializeRequests, type MaterializeRequest } from '../protocol/materialize-messages.ts';
import { messageReader, type MessageReader } from '../protocol/message-reader.ts';
import { requestReader } from './request-reader.ts';

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
function told(reader: MessageReader<MaterializeRequest>, chunks: readonly Uint8Array[]): string[] {
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

function plain(): MessageReader<MaterializeRequest> {
  return messageReader<MaterializeRequest>(materializeRequests, { codec: 'json' });
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

test('tuples that nobody wants are left out', () => {
  const reader = requestReader('json');
  reader.wantTuples(false);
  const [first] = reader.read(Buffer.from(`${stores[0]}\n`));
  expect(first).toMatchObject({ is: 'store', flags: Uint8Array.of(1) });
  expect(first?.is === 'store' && first.values.bytes).toHaveLength(0);
  expect(first?.is === 'store' && Buffer.from(first.documents.bytes).subarray(4).toString()).toBe(
    '{"id":1}',
  );
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
