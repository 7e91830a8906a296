import { isFailure } from '@fairlead/sdk';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfiguredCatalog } from '../protocol/configured-catalog.ts';
import { Intake, type Receiver } from './intake.ts';
import { Lane } from './lane.ts';
import { RowKernel, Stopped, type Unwrapped } from './row-kernel.ts';
import { LineSplitter } from './split-lines.ts';
import { syncStream } from './sync-stream.ts';

const properties = {
  id: { type: 'integer' },
  price: { type: 'number' },
  name: { type: 'string' },
  'a "b"\n\\': { type: 'string' },
  at: { type: 'string', format: 'date-time' },
  on: { type: 'string', format: 'date' },
  flag: { type: 'boolean' },
  tree: { type: 'object' },
  list: { type: 'array' },
  any: {},
  _ab_cdc_deleted_at: { type: 'string' },
};
const now = () => 1_700_000_000_000;

function streams() {
  const streamOf = (name: string, more: object) => ({
    stream: { name, json_schema: { type: 'object', properties } },
    sync_mode: 'incremental',
    generation_id: 7,
    sync_id: 9,
    ...more,
  });
  const catalog = {
    streams: [
      streamOf('plain', { destination_sync_mode: 'append' }),
      streamOf('merged', { destination_sync_mode: 'append_dedup', primary_key: [['id']] }),
    ],
  };
  return parseConfiguredCatalog(catalog).streams.map(syncStream);
}

/** One for all, so that nothing may matter that others have left in it. */
const kernel = new RowKernel(now);

/** What becomes of pieces of input, with the kernel or without. */
async function outcome(pieces: readonly Uint8Array[], withKernel: boolean, maxLineBytes?: number) {
  const lanes = new Map(
    streams().map((stream) => [stream.descriptor.name, new Lane(stream, kernel, now)]),
  );
  const others: string[] = [];
  let unwrapped = 0;
  const laneOf = (name: string) => {
    const lane = lanes.get(name);
    if (lane === undefined) throw new Error(`no stream ${name}`);
    return lane;
  };
  const receiver: Receiver = {
    async take(inbound) {
      if (inbound.is === 'records') laneOf(inbound.stream.name).add(inbound);
      else others.push(inbound.is === 'message' ? inbound.message.is : 'noise');
    },
    async unwrap(layout, from, to): Promise<Unwrapped> {
      if (!withKernel) return { count: 0, next: from, stopped: Stopped.atOther };
      const done = laneOf(layout.stream.name).unwrap(layout, from, to);
      unwrapped += done.count;
      return done;
    },
  };
  const limit = maxLineBytes === undefined ? {} : { maxLineBytes };
  const intake = new Intake({ kernel, splitter: new LineSplitter(), receiver, ...limit });
  try {
    for (const piece of pieces) await intake.take(piece);
    await intake.end();
    const rows = [...lanes.values()].map((lane) => {
      const { bytes, ends, ops } = lane.take();
      const text = Buffer.from(bytes).toString();
      const ids = text.match(rawIds) ?? [];
      expect(new Set(ids).size).toBe(ends.length);
      const plain = text.replaceAll(rawIds, 'an id');
      return { text: plain, ends: [...ends], ops, count: lane.recordCount };
    });
    return { rows, others, unwrapped };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { failure: `${error.kind} ${error.message} ${error.where}`, unwrapped };
  }
}

const rawIds = /018bcfe5-6800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?=","_airbyte_extr)/g;

/** The same bytes in pieces that end anywhere. */
function cut(text: string | Buffer, places: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text);
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length];
  let from = 0;
  return ends
    .sort((a, b) => a - b)
    .map((end) => {
      const piece = bytes.subarray(from, end);
      from = end;
      return piece;
    });
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '"\\u00e9\\ud83d\\ude00"',
    '"2024-02-29T12:34:56.789Z"',
    '"2024-02-29"',
    '"2024-02-30"',
    '"2024-02-29 12:34:56"',
    '"\\/\\"}}"',
  ),
);
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('12.0', '-0', '1e3', '12345678901234567890', '0.1000000000000000055511', '1E400'),
);
const wild = fc.oneof(
  text,
  number,
  fc.constantFrom('null', 'true', '{}', '[]', '[ ]', '{"a":{"b":[1,{"c":"]"}]}}', '[1, 2\r]'),
  fc.json({ maxDepth: 2 }),
);
const fitting = fc
  .tuple(fc.integer(), fc.string({ unit: 'binary' }), fc.boolean(), fc.json({ maxDepth: 1 }))
  .map(([id, name, flag, any]) => {
    const tail = `"at":"2024-02-29T12:34:56Z","on":"2024-02-29","flag":${flag},"any":${any}`;
    return `{"id":${id},"price":1.5,"name":${JSON.stringify(name)},${tail}}`;
  });
const name = fc.constantFrom(...Object.keys(properties), 'other', 'new', '_airbyte_meta', 'é');
const blank = fc.constantFrom('', '', '', ' ', '\t', '\r');
const odd = fc
  .tuple(fc.array(fc.tuple(name, wild, blank, blank), { maxLength: 5 }), blank)
  .map(([members, inner]) => {
    const texts = members.map(
      ([key, value, a, b]) => `${JSON.stringify(key)}${a}:${b}${value}${a}`,
    );
    return `{${inner}${texts.join(',')}}`;
  });
const data = fc.oneof({ weight: 6, arbitrary: fitting }, { weight: 2, arbitrary: odd });
const time = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1_699_999_999_990, max: 1_700_000_000_010 }) },
  fc.integer({ min: 0, max: 253_402_300_799_999 }),
);
const record = fc
  .record({
    data,
    time,
    stream: fc.oneof({ weight: 9, arbitrary: fc.constant('plain') }, fc.constant('merged')),
    order: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat(3)),
    end: fc.oneof({ weight: 9, arbitrary: fc.constant('') }, blank),
  })
  .map((made) => {
    const parts = [
      `"stream":"${made.stream}"`,
      `"data":${made.data}`,
      `"emitted_at":${made.time}`,
      '"namespace":null',
    ];
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [2, 0, 1, 3],
      [0, 1, 3, 2],
    ];
    const members = (orders[made.order] ?? []).map((index) => parts[index]).join(',');
    return `{"type":"RECORD","record":{${members}}}${made.end}`;
  });
const line = fc.oneof(
  { weight: 40, arbitrary: record },
  fc.constantFrom(
    '',
    'noise',
    '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"plain"}}}}',
    '{"type":"RECORD","record":{"stream":"plain","data":{"a":[{"b":1}},"emitted_at":1700000000001}}',
  ),
);
const many = fc.array(line, { maxLength: 12 }).chain((lines) =>
  // What comes again and again is what the kernel is for.
  fc.tuple(fc.constant(lines), fc.array(fc.nat(Math.max(0, lines.length - 1)), { maxLength: 60 })),
);

test('rows are the same with the kernel and without, wherever pieces end', async () => {
  let unwrapped = 0;
  await fc.assert(
    fc.asyncProperty(many, fc.array(fc.nat(), { maxLength: 6 }), async ([lines, turns], places) => {
      const all = [...lines, ...turns.map((turn) => lines[turn] ?? '')];
      const pieces = cut(all.map((each) => `${each}\n`).join(''), places);
      const fast = await outcome(pieces, true);
      const slow = await outcome(pieces, false);
      unwrapped += fast.unwrapped;
      // Of two lines that are wrong, either may be met first.
      if (slow.failure !== undefined) expect(fast.failure).toMatch(/^data /);
      else expect({ ...fast, unwrapped: 0 }).toEqual({ ...slow, unwrapped: 0 });
    }),
    { numRuns: 600 },
  );
  expect(unwrapped).toBeGreaterThan(1000);
});

const usual = (id: number, more = '') =>
  `{"type":"RECORD","record":{"stream":"plain","data":{"id":${id}${more}},"emitted_at":1700000000001}}\n`;

test('a line with a byte changed means the same with the kernel and without', async () => {
  const changed = usual(12, ',"name":"é\\n","tree":{"a":[1,true,null]}');
  const bytes = Buffer.from(changed);
  const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x0a, 0x0d, 0x20, 0x22));
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 2), byte, async (at, value) => {
      const other = Buffer.from(bytes);
      other[at] = value;
      const pieces = [Buffer.concat([Buffer.from(usual(1)), bytes, other, bytes])];
      const fast = await outcome(pieces, true).catch(unknownStream);
      const slow = await outcome(pieces, false).catch(unknownStream);
      expect({ ...fast, unwrapped: 0 }).toEqual({ ...slow, unwrapped: 0 });
    }),
    { numRuns: 1500 },
  );
});

function unknownStream(error: unknown) {
  expect(String(error)).toContain('no stream');
  return { failure: 'unknown stream' };
}

test('all records but the first of a stream go through the kernel', async () => {
  const records = Array.from({ length: 20_000 }, (_, id) => usual(id, ',"name":"x"')).join('');
  const { rows, unwrapped } = await outcome(cut(records, [300_001, 300_002, 1_000_000]), true);
  expect(unwrapped).toBe(19_999);
  expect(rows?.[0]?.count).toBe(20_000);
  const ids = rows?.[0]?.text.match(/(?<="id":)\d+/g);
  expect(ids).toEqual(Array.from({ length: 20_000 }, (_, id) => String(id)));
});

test('lines that are longer than what the kernel looks at come whole, in order', async () => {
  const sizes = [10, 127_000, 140_000, 250_000, 262_144, 262_200, 1_000_000, 5];
  const records = sizes.map((size, id) => usual(id, `,"name":"${'é'.repeat(size / 2)}"`));
  const pieces = cut(records.join(''), [1, 140_000, 140_001, 900_000]);
  const fast = await outcome(pieces, true);
  expect(fast.rows?.[0]?.count).toBe(sizes.length);
  const slow = await outcome(pieces, false);
  expect({ ...fast, unwrapped: 0 }).toEqual({ ...slow, unwrapped: 0 });
});

test('a line that is too long is told by its number', async () => {
  const long = usual(3, `,"name":"${'x'.repeat(400_000)}"`);
  const pieces = cut([usual(1), '\n', usual(2), long, usual(4)].join(''), [200_000]);
  const { failure } = await outcome(pieces, true, 300_000);
  expect(failure).toBe('data a line is longer than 300000 bytes line 4');
});

test('a last line needs no end', async () => {
  const { rows } = await outcome([Buffer.from((usual(1) + usual(2)).trimEnd())], true);
  expect(rows?.[0]?.count).toBe(2);
});
