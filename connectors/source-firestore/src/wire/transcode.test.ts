import { Failure, isFailure } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { linesOf } from '../testing/lines.ts';
import { slowLine } from '../testing/slow-line.ts';
import { encodeDocument, encodeValue, lineOf, type Fields, type Value } from '../testing/value.ts';
import { DocumentHeader } from './document-header.ts';
import { ProtoWriter } from './protobuf.ts';
import { DocumentWriter } from './transcode.ts';

const name = 'projects/p/databases/(default)/documents/users/a';
const time = { seconds: 1_700_000_000, nanos: 123_000_000 };
const meta = `"_meta":{"path":"${name}","ctime":"2023-11-14T22:13:20.123Z","mtime":"2023-11-14T22:13:20.123Z"}`;

function documentOf(fields: Fields): Uint8Array {
  return encodeDocument({ name, fields, createTime: time, updateTime: time });
}

/** A document with one field `f`, whose `Value` is as given. */
function documentWith(value: Uint8Array): Uint8Array {
  return rawDocument([new ProtoWriter().text(1, 'f').bytes(2, value)]);
}

function rawDocument(entries: readonly ProtoWriter[]): Uint8Array {
  const writer = new ProtoWriter().text(1, name);
  for (const entry of entries) writer.message(2, entry);
  const stamp = new ProtoWriter().varint(1, time.seconds).varint(2, time.nanos);
  return writer.message(3, stamp).message(4, stamp).finish();
}

const yearTenThousand = new ProtoWriter()
  .message(10, new ProtoWriter().varint(1, 253_402_300_800))
  .finish();
const one: Value = { is: 'integer', value: 1n };
const two: Value = { is: 'integer', value: 2n };

describe('values', () => {
  test.each<[string, Value, string]>([
    ['null', { is: 'null' }, 'null'],
    ['true', { is: 'boolean', value: true }, 'true'],
    ['false', { is: 'boolean', value: false }, 'false'],
    ['the largest integer', { is: 'integer', value: 2n ** 63n - 1n }, '9223372036854775807'],
    ['the least integer', { is: 'integer', value: -(2n ** 63n) }, '-9223372036854775808'],
    ['an integer past 2^53', { is: 'integer', value: 2n ** 53n + 1n }, '9007199254740993'],
    ['minus one', { is: 'integer', value: -1n }, '-1'],
    ['minus zero', { is: 'double', value: -0 }, '-0'],
    ['a whole double', { is: 'double', value: 1 }, '1'],
    ['a long double', { is: 'double', value: 0.1 + 0.2 }, '0.30000000000000004'],
    ['a large double', { is: 'double', value: 1e21 }, '1e+21'],
    ['a small double', { is: 'double', value: -5e-324 }, '-5e-324'],
    ['NaN', { is: 'double', value: NaN }, '"NaN"'],
    ['infinity', { is: 'double', value: Infinity }, '"Infinity"'],
    ['minus infinity', { is: 'double', value: -Infinity }, '"-Infinity"'],
    ['the epoch', { is: 'timestamp', value: { seconds: 0, nanos: 0 } }, '"1970-01-01T00:00:00Z"'],
    [
      'a nanosecond before the epoch',
      { is: 'timestamp', value: { seconds: -1, nanos: 999_999_999 } },
      '"1969-12-31T23:59:59.999999999Z"',
    ],
    [
      'the first second',
      { is: 'timestamp', value: { seconds: -62_135_596_800, nanos: 0 } },
      '"0001-01-01T00:00:00Z"',
    ],
    [
      'the last nanosecond',
      { is: 'timestamp', value: { seconds: 253_402_300_799, nanos: 999_999_999 } },
      '"9999-12-31T23:59:59.999999999Z"',
    ],
    [
      'a leap day',
      { is: 'timestamp', value: { seconds: 951_782_400, nanos: 1000 } },
      '"2000-02-29T00:00:00.000001Z"',
    ],
    [
      'a text with escapes',
      { is: 'string', value: '"\\\n\u0001\u007f/<é😀' },
      '"\\"\\\\\\n\\u0001\u007f/<é😀"',
    ],
    ['bytes', { is: 'bytes', value: Uint8Array.of(255, 254, 0, 1) }, '"//4AAQ=="'],
    ['no bytes', { is: 'bytes', value: new Uint8Array() }, '""'],
    ['a reference', { is: 'reference', value: `${name}/b/c` }, `"${name}/b/c"`],
    [
      'a point on the equator',
      { is: 'geo', latitude: 0, longitude: -8.5 },
      '{"latitude":0,"longitude":-8.5}',
    ],
    ['a text', { is: 'string', value: 'Ada' }, '"Ada"'],
    [
      'a map in an array',
      {
        is: 'array',
        values: [
          one,
          { is: 'null' },
          { is: 'map', fields: [['a', { is: 'array', values: [two] }]] },
        ],
      },
      '[1,null,{"a":[2]}]',
    ],
    ['an empty array', { is: 'array', values: [] }, '[]'],
    ['an empty map', { is: 'map', fields: [] }, '{}'],
    [
      'a vector',
      {
        is: 'map',
        fields: [
          ['__type__', { is: 'string', value: '__vector__' }],
          ['value', { is: 'array', values: [{ is: 'double', value: 1.5 }] }],
        ],
      },
      '{"__type__":"__vector__","value":[1.5]}',
    ],
    [
      'odd names',
      {
        is: 'map',
        fields: [
          ['', one],
          ['a.b "c"', two],
        ],
      },
      '{"":1,"a.b \\"c\\"":2}',
    ],
  ])('%s is written as it is', (_, value, json) => {
    expect(linesOf(documentOf([['f', value]]))).toBe(`{${meta},"f":${json}}\n`);
  });

  test('a document may have no fields, and says when it is from a snapshot', () => {
    const line = `{${meta.slice(0, -1)},"snapshot":true}}\n`;
    expect(linesOf(documentOf([]), true)).toBe(line);
  });

  test('arrays and maps may be as deep as 64 levels, and no deeper', () => {
    let value: Value = one;
    for (let level = 0; level < 32; level++) {
      value = { is: 'map', fields: [['m', { is: 'array', values: [value] }]] };
    }
    const document = { name, fields: [['f', value]] as const, createTime: time, updateTime: time };
    expect(linesOf(encodeDocument(document))).toBe(`${lineOf(document, false)}\n`);
    const deeper: Value = { is: 'array', values: [value] };
    expect(() => linesOf(documentOf([['f', deeper]]))).toThrow(/is nested too deeply$/);
  });
});

describe('names', () => {
  test.each([
    { fields: ['_meta'], written: ['_meta_'] },
    { fields: ['_meta_', '_meta'], written: ['_meta_', '_meta__'] },
    { fields: ['_meta', '_meta__', '_meta_'], written: ['_meta___', '_meta__', '_meta_'] },
    { fields: ['_meta_'], written: ['_meta_'] },
  ])('of the fields $fields none takes the place of another', ({ fields, written }) => {
    const line = linesOf(documentOf(fields.map((field) => [field, one])));
    expect(line).toBe(`{${[meta, ...written.map((field) => `"${field}":1`)].join(',')}}\n`);
  });

  test('a field _meta of a nested map stays', () => {
    const line = linesOf(documentOf([['f', { is: 'map', fields: [['_meta', one]] }]]));
    expect(line).toBe(`{${meta},"f":{"_meta":1}}\n`);
  });

  test('of a name that comes twice in a map the last one counts', () => {
    const inner: Value = {
      is: 'map',
      fields: [
        ['x', one],
        ['y', one],
        ['x', two],
      ],
    };
    const line = linesOf(
      documentOf([
        ['a', inner],
        ['b', inner],
        ['a', one],
        ['c', inner],
        ['a', two],
      ]),
    );
    expect(line).toBe(`{${meta},"b":{"y":1,"x":2},"c":{"y":1,"x":2},"a":2}\n`);
  });

  test('a map may have ten thousand names', () => {
    const fields = Array.from({ length: 10_000 }, (_, i) => [`field ${i}`, one] as const);
    const document = { name, fields, createTime: time, updateTime: time };
    expect(linesOf(encodeDocument(document))).toBe(`${lineOf(document, false)}\n`);
    const twice = { ...document, fields: [...fields, ['field 17', two] as const] };
    expect(linesOf(encodeDocument(twice))).toBe(`${lineOf(twice, false)}\n`);
  });
});

describe('encodings that Firestore does not send', () => {
  const value = encodeValue(two);
  const entry = () => new ProtoWriter().text(1, 'f').message(2, value);
  const unknown = (writer: ProtoWriter) =>
    writer
      .varint(99, 2n ** 64n - 1n)
      .text(100, 'x')
      .double(101, 1);

  test.each<[string, Uint8Array]>([
    ['unknown fields in a value', documentWith(unknown(encodeValue(two)).finish())],
    [
      'an unknown field before a value',
      documentWith(Buffer.concat([unknown(new ProtoWriter()).finish(), value.finish()])),
    ],
    [
      'several types of which the last counts',
      documentWith(encodeValue({ is: 'string', value: 'x' }).varint(2, 2).finish()),
    ],
    ['unknown fields in an entry', rawDocument([unknown(entry())])],
    ['a value before its name', rawDocument([new ProtoWriter().message(2, value).text(1, 'f')])],
    [
      'a name twice in an entry',
      rawDocument([new ProtoWriter().text(1, 'g').text(1, 'f').message(2, value)]),
    ],
    [
      'unknown fields in a document',
      Buffer.concat([unknown(new ProtoWriter()).finish(), documentWith(value.finish())]),
    ],
    [
      'a group',
      Buffer.concat([Buffer.of(0xa3, 0x06, 0x08, 0x01, 0xa4, 0x06), documentWith(value.finish())]),
    ],
    ['an integer with needless bytes', documentWith(Buffer.of(0x10, 0x82, 0x80, 0x00))],
    [
      'a length with needless bytes',
      Buffer.concat([documentWith(value.finish()), Buffer.of(0x2a, 0x80, 0x80, 0x80, 0x00)]),
    ],
    ['a field of another wire type', documentWith(Buffer.of(0x0a, 0x00, 0x10, 0x02))],
  ])('%s', (_, message) => {
    expect(slowLine(message, false)).toBe(`{${meta},"f":2}`);
    expect(linesOf(message)).toBe(`{${meta},"f":2}\n`);
  });

  test.each<[string, Uint8Array, string]>([
    [
      'a geo point with its coordinates turned round',
      Buffer.of(0x42, 18, 0x11, ...doubleBytes(2), 0x09, ...doubleBytes(1)),
      '{"latitude":1,"longitude":2}',
    ],
    [
      'a timestamp with its nanoseconds first',
      Buffer.of(0x52, 4, 0x10, 0x01, 0x08, 0x01),
      '"1970-01-01T00:00:01.000000001Z"',
    ],
    ['a boolean with needless bytes', Buffer.of(0x08, 0x80, 0x80, 0x01), 'true'],
    ['a null that is not 0', Buffer.of(0x58, 0x81, 0x01), 'null'],
  ])('%s', (_, odd, json) => {
    expect(linesOf(documentWith(odd))).toBe(`{${meta},"f":${json}}\n`);
  });

  test('an entry without a name has the empty one', () => {
    expect(linesOf(rawDocument([new ProtoWriter().message(2, value)]))).toBe(`{${meta},"":2}\n`);
  });

  test('a document without a creation time has no ctime', () => {
    const message = new ProtoWriter().text(1, name).message(4, new ProtoWriter()).finish();
    expect(linesOf(message)).toBe(`{"_meta":{"path":"${name}","mtime":"1970-01-01T00:00:00Z"}}\n`);
  });
});

describe('failures', () => {
  const nested = (value: Uint8Array): Uint8Array => {
    const map = new ProtoWriter().message(1, new ProtoWriter().text(1, 'b c').bytes(2, value));
    const list = new ProtoWriter()
      .message(1, encodeValue(one))
      .message(1, new ProtoWriter().message(6, map));
    return rawDocument([
      new ProtoWriter().text(1, 'x').message(2, encodeValue(one)),
      new ProtoWriter().text(1, 'a').message(2, new ProtoWriter().message(9, list)),
    ]);
  };

  test.each<[string, Uint8Array, string]>([
    ['a value without a type', Buffer.of(), 'has no value, or one of a type that is not known'],
    [
      'a value of a type for queries',
      Buffer.of(0x9a, 0x01, 0x01, 0x61),
      'has no value, or one of a type that is not known',
    ],
    ['a text that is no UTF-8', Buffer.of(0x8a, 0x01, 0x01, 0xff), 'has a text that is no UTF-8'],
    [
      'a text with a lone surrogate',
      Buffer.of(0x8a, 0x01, 0x03, 0xed, 0xa0, 0x80),
      'has a text that is no UTF-8',
    ],
    [
      'a text with an overlong form',
      Buffer.of(0x8a, 0x01, 0x02, 0xc0, 0x80),
      'has a text that is no UTF-8',
    ],
    [
      'a long text that is no UTF-8',
      Buffer.concat([Buffer.of(0x8a, 0x01, 0xe8, 0x07), Buffer.alloc(1000, 0xc3)]),
      'has a text that is no UTF-8',
    ],
    ['the year 10000', yearTenThousand, 'is a time outside the years 1 to 9999'],
    ['a double that is cut off', Buffer.of(0x19, 1, 2, 3), 'is cut off or garbled'],
    ['a text longer than its value', Buffer.of(0x8a, 0x01, 0x05, 0x61), 'is cut off or garbled'],
    ['a map in two pieces', Buffer.of(0x32, 0x00, 0x32, 0x00), 'comes in several pieces'],
  ])('%s names the document and the path', (_, value, reason) => {
    expect(failureOf(nested(value))).toMatchObject({
      kind: 'data',
      where: name,
      message: `field a[1].\`b c\` ${reason}`,
    });
  });

  test.each<[string, Uint8Array, string]>([
    [
      'without a name',
      new ProtoWriter().message(4, new ProtoWriter()).finish(),
      'the document has no name',
    ],
    [
      'without an update time',
      new ProtoWriter().text(1, name).finish(),
      'the document has no update time',
    ],
    [
      'that is cut off',
      documentOf([['f', one]]).subarray(0, 60),
      'the document is cut off or garbled',
    ],
  ])('a document %s', (_, message, text) => {
    expect(failureOf(message).message).toBe(text);
  });

  test('leave the writer as it was', () => {
    const header = new DocumentHeader();
    const writer = new DocumentWriter();
    const good = documentOf([['f', one]]);
    const bad = nested(Buffer.of());
    for (const message of [good, bad, good]) {
      header.read(message, 0, message.length);
      try {
        writer.document(message, header, false);
      } catch (error) {
        expect(isFailure(error)).toBe(true);
      }
    }
    const { bytes, ends } = writer.take();
    expect(Buffer.from(bytes).toString()).toBe(`{${meta},"f":1}\n`.repeat(2));
    expect([...ends]).toEqual([bytes.length / 2, bytes.length]);
  });
});

test('a tombstone says who is gone and since when', () => {
  const writer = new DocumentWriter();
  const bytes = Buffer.from(`xx${name}yy`);
  writer.tombstone(bytes, 2, 2 + name.length, time);
  const { bytes: line, ops } = writer.take();
  const expected = `{"_meta":{"path":"${name}","mtime":"2023-11-14T22:13:20.123Z","delete":true}}\n`;
  expect(Buffer.from(line).toString()).toBe(expected);
  expect([...(ops ?? [])]).toEqual([3]);
});

test('batches keep their bytes when the writer goes on', () => {
  const writer = new DocumentWriter(1024);
  const header = new DocumentHeader();
  const taken: { readonly text: string; readonly bytes: Uint8Array }[] = [];
  for (let i = 0; i < 300; i++) {
    const message = documentOf([['f', { is: 'string', value: 'x'.repeat(i * 7) }]]);
    header.read(message, 0, message.length);
    writer.document(message, header, false);
    if (i % 10 < 9) continue;
    const { bytes, ends } = writer.take();
    expect(ends.length).toBe(10);
    taken.push({ text: Buffer.from(bytes).toString(), bytes });
  }
  for (const { text, bytes } of taken) expect(Buffer.from(bytes).toString()).toBe(text);
  expect(writer.count).toBe(0);
});

function failureOf(message: Uint8Array): Failure {
  try {
    linesOf(message);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('there was no failure');
}

function doubleBytes(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}
