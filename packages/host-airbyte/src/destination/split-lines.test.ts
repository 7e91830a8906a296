import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from './split-lines.ts';
import { Staging } from './staging.ts';
import { linesOf } from './testing/run-destination.ts';

/** What a splitter and a staging make of lines: the data, times and changes of each record in order. */
function readBack(texts: readonly string[]) {
  const staging = new Staging('test');
  const others: string[] = [];
  for (const inbound of new LineSplitter().split(linesOf(texts))) {
    if (inbound.is === 'records') staging.add(inbound);
    else others.push(inbound.is === 'message' ? inbound.message.is : 'noise');
  }
  const { lines, emittedAtMs, changes } = staging.take();
  const documents = Buffer.from(lines.bytes).toString().split('\n').slice(0, -1);
  return {
    records: documents.map((document, index) => ({
      data: JSON.parse(document),
      emittedAt: emittedAtMs[index],
      changes: JSON.parse(`[${Buffer.from(changes.get(index) ?? []).toString()}]`),
    })),
    others,
  };
}

const data = fc.object({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)));
const extra = fc.constantFrom(
  {},
  { meta: null },
  { meta: { changes: [] } },
  { meta: { changes: [{ field: 'a}}', change: 'NULLED', reason: 'x' }] } },
  { namespace: null, other: { emitted_at: 5 } },
);
const time = fc.integer({ min: 1_000_000_000_000, max: 2_000_000_000_000 });
const order = fc.constantFrom<readonly string[]>(
  ['stream', 'data', 'emitted_at', 'more'],
  ['stream', 'emitted_at', 'data', 'more'],
  ['stream', 'data', 'more', 'emitted_at'],
  ['more', 'emitted_at', 'data', 'stream'],
);
const message = fc
  .record({ data, extra, time, order, space: fc.constantFrom('', ' ') })
  .map((made) => {
    const members: Record<string, object> = {
      stream: { stream: 'users' },
      data: { data: made.data },
      emitted_at: { emitted_at: made.time },
      more: made.extra,
    };
    const record = Object.assign({}, ...made.order.map((name) => members[name]));
    const text = JSON.stringify({ type: 'RECORD', record });
    return text.replace('"type":', `"type":${made.space}`);
  });

test('records are read as JSON.parse reads them, whatever the order of their members', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 30 }), (texts) => {
      const expected = texts.map((text) => {
        const { record } = JSON.parse(text);
        const changes = record.meta?.changes ?? [];
        return { data: record.data, emittedAt: record.emitted_at, changes };
      });
      expect(readBack(texts)).toEqual({ records: expected, others: [] });
    }),
    { numRuns: 500 },
  );
});

test('lines with a byte changed are read as JSON.parse reads them, or are no messages', () => {
  const line =
    '{"type":"RECORD","record":{"stream":"users","data":{"a":{"b":[1]}},"emitted_at":1700000000000}}';
  fc.assert(
    fc.property(fc.nat(line.length - 1), fc.integer({ min: 0x20, max: 0x7e }), (at, byte) => {
      const changed = `${line.slice(0, at)}${String.fromCharCode(byte)}${line.slice(at + 1)}`;
      let outcome: ReturnType<typeof readBack> | undefined;
      try {
        outcome = readBack([line, changed, line]);
      } catch (error) {
        expect(error).toMatchObject({ name: 'Failure', kind: 'data' });
        return;
      }
      const parsed = parse(changed);
      // The rest is a record of another stream, or without one.
      if (parsed?.type !== 'RECORD' || parsed.record?.stream !== 'users') return;
      expect(outcome.records[1]?.data).toEqual(parsed.record.data);
    }),
    { numRuns: 3000 },
  );
});

test.each([
  {
    what: 'members between data and the time',
    line: '{"type":"RECORD","record":{"stream":"users","data":{"a":2},"meta":{"changes":[{"f":1}]},"emitted_at":1700000000001}}',
    records: [{ data: { a: 2 }, emittedAt: 1_700_000_000_001, changes: [{ f: 1 }] }],
    others: [],
  },
])(
  'a line that only looks like those before it is read anew: $what',
  ({ line, records, others }) => {
    const usual =
      '{"type":"RECORD","record":{"stream":"users","data":{"a":1},"emitted_at":1700000000000}}';
    const first = { data: { a: 1 }, emittedAt: 1_700_000_000_000, changes: [] };
    expect(readBack([usual, line, usual])).toEqual({ records: [first, ...records, first], others });
  },
);

test.each([
  '{"type":"RECORD","record":{"stream":"users","data":{"a":2}},"emitted_at":1700000000001}}',
  '{"type":"RECORD","record":{"stream":"users","data":{"a":"\\ud800"},"emitted_at":1700000000001}}',
  '{"type":"RECORD","record":{"stream":"users","data":{"a":02},"emitted_at":1700000000001}}',
  '{"type":"RECORD","record":{"stream":"users","data":{"a":2',
])('a record that is no valid JSON is not passed over: %s', (line) => {
  const usual =
    '{"type":"RECORD","record":{"stream":"users","data":{"a":1},"emitted_at":1700000000000}}';
  for (const lines of [[line], [usual, line, usual]]) {
    expect(() => readBack(lines)).toThrow('not valid JSON');
  }
});

test('seconds are taken for seconds', () => {
  const line = '{"type":"RECORD","record":{"stream":"users","data":{},"emitted_at":1700000000}}';
  expect(readBack([line]).records[0]?.emittedAt).toBe(1_700_000_000_000);
});

// Whatever comes out of JSON.parse is looked at with care.
// oxlint-disable-next-line typescript/no-explicit-any
function parse(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
