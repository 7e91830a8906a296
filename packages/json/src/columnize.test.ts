import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createColumnizer, MisfitError } from './columnize.ts';
import type { ColumnizerOptions, ValueColumn, ValueType } from './columnize.ts';
import type { Lines } from './lines.ts';

const bad = Symbol('misfit');

describe('a value', () => {
  test.each<[ValueType, string, unknown]>([
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['boolean', 'null', null],
    ['boolean', '1', bad],
    ['boolean', '"true"', bad],
    ['integer', '0', 0n],
    ['integer', '7', 7n],
    ['integer', '-12345678', -12345678n],
    ['integer', '123456789', 123456789n],
    ['integer', '1234567890123456', 1234567890123456n],
    ['integer', '12345678901234567', 12345678901234567n],
    ['integer', '9223372036854775807', 2n ** 63n - 1n],
    ['integer', '-9223372036854775808', -(2n ** 63n)],
    ['integer', '9223372036854775808', bad],
    ['integer', '-9223372036854775809', bad],
    ['integer', '99999999999999999999', bad],
    ['integer', '1.0', bad],
    ['integer', '1e2', bad],
    ['integer', '"1"', bad],
    ['integer', '{}', bad],
    ['integer', 'true', bad],
    ['number', '0', 0],
    ['number', '-0', -0],
    ['number', '-0.0', -0],
    ['number', '42', 42],
    ['number', '-1234567.875', -1234567.875],
    ['number', '0.1', 0.1],
    ['number', '123456789012.345', 123456789012.345],
    ['number', '1234567890123456', 1234567890123456],
    ['number', '0.30000000000000004', 0.30000000000000004],
    ['number', '9007199254740993', 9007199254740992],
    ['number', '1.7976931348623157e308', Number.MAX_VALUE],
    ['number', '5E-324', 5e-324],
    ['number', '1e-400', 0],
    ['number', '1e309', bad],
    ['number', '"1"', bad],
    ['number', 'false', bad],
    ['number', '[1]', bad],
    ['date', '"1970-01-01"', 0],
    ['date', '"2024-02-29"', Date.UTC(2024, 1, 29) / 86_400_000],
    ['date', '"1900-03-01"', Date.UTC(1900, 2, 1) / 86_400_000],
    ['date', '"0001-01-01"', -719_162],
    ['date', '"9999-12-31"', 2_932_896],
    ['date', '"2024\\u002d02-29"', Date.UTC(2024, 1, 29) / 86_400_000],
    ['date', '"2023-02-29"', bad],
    ['date', '"2024-02-29T00:00:00Z"', bad],
    ['date', '20240229', bad],
    ['date-time', '"1970-01-01T00:00:00Z"', 0n],
    ['date-time', '"2024-02-29T23:59:59.123456Z"', micros('2024-02-29T23:59:59.123Z') + 456n],
    ['date-time', '"2024-02-29T23:59:59.5+05:30"', micros('2024-02-29T18:29:59.5Z')],
    ['date-time', '"2024-02-29T23:59:59-00:45"', micros('2024-03-01T00:44:59Z')],
    ['date-time', '"0001-01-01T00:00:00.000001Z"', -719_162n * 86_400_000_000n + 1n],
    ['date-time', '"2024-02-29t23:59:59Z"', bad],
    ['date-time', '"2024-02-29"', bad],
    ['text', '""', ''],
    ['text', '"a\\nb\\u00e9é\\ud83d\\ude00\\\\"', 'a\nbéé😀\\'],
    [
      'text',
      '"sixteen bytes is\\"and some more than that"',
      'sixteen bytes is"and some more than that',
    ],
    ['text', '"null"', 'null'],
    ['text', '1.50e+3', '1.50e+3'],
    ['text', 'true', 'true'],
    ['text', '{ "a" : [1] }', '{ "a" : [1] }'],
    ['json', '"a\\nb"', '"a\\nb"'],
    ['json', '12345678901234567890123', '12345678901234567890123'],
    ['json', '[ ]', '[ ]'],
    ['json', 'null', null],
  ])('as %s: %s', (type, json, expected) => {
    for (const document of [`{"v":${json}}`, `{ "a" : 0 , "v" : ${json} , "z" : [ ] }`]) {
      expect(valueOf(type, document)).toEqual(expected);
    }
  });

  test.each<[string, ValueType]>([
    ['of a whole document is its text', 'text'],
    ['of a whole document is its JSON', 'json'],
  ])('%s', (_, type) => {
    const documents = ['{"a":"b"}', '{}', '{ "c" : 1 }'];
    expect(values([{ pointer: [], type }], documents)).toEqual([documents]);
  });

  test('that a column cannot have is told', () => {
    const documents = Array.from({ length: 5000 }, (_, index) =>
      index === 4321 ? '{"a":1,"b":"x"}' : '{"a":1,"b":2}',
    );
    const columnizer = createColumnizer(columnsOf('integer', ['a'], ['b']));
    expect(() => columnizer.columnize(linesOf(...documents), () => {})).toThrow(
      new MisfitError(4321, 1),
    );
  });
});

describe('numbers', () => {
  test('that are integers keep all digits', () => {
    const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const sized = fc
      .tuple(fc.integer({ min: 1, max: 64 }), integer)
      .map(([bits, value]) => BigInt.asIntN(bits, value));
    fc.assert(
      fc.property(sized, (value) => {
        expect(valueOf('integer', `{"v":${value}}`)).toBe(value);
      }),
    );
  });

  test('become the nearest double, however they are written', () => {
    const digits = fc.stringMatching(
      /^-?(0|[1-9][0-9]{0,17})([.][0-9]{1,18})?([eE][+-]?[0-9]{1,2})?$/,
    );
    fc.assert(
      fc.property(
        fc.oneof(digits, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
        (text) => {
          expect(valueOf('number', `{"v":${text}}`)).toBe(Number(text));
        },
      ),
    );
  });

  test('that are days and instants are those of the calendar', () => {
    const date = fc.date({
      min: new Date('0001-01-01T00:00:00.000Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (instant) => {
        const text = instant.toISOString();
        const days = Math.floor(instant.getTime() / 86_400_000);
        expect(valueOf('date', `{"v":"${text.slice(0, 10)}"}`)).toBe(days);
        expect(valueOf('date-time', `{"v":"${text}"}`)).toBe(BigInt(instant.getTime()) * 1000n);
      }),
    );
  });
});

describe('a column', () => {
  test('is null where its member is not', () => {
    const documents = ['{}', '{"b":1}', '{"c":0,"a":2}', '{"b":3,"a":null}'];
    expect(values(columnsOf('json', ['a'], ['b']), documents)).toEqual([
      [null, null, '2', null],
      [null, '1', null, '3'],
    ]);
  });

  test('may be inside of objects, and those be columns too', () => {
    const columns = columnsOf('json', ['m', 'x'], ['m'], ['m', 'y', 'z'], ['x']);
    const documents = [
      '{"m":{"x":1,"y":{"z":2}},"x":3}',
      '{"x":3,"m":{ "y" : { "a" : 0 , "z" : [1] } , "x" : null } }',
      '{"m":[{"x":1}]}',
      '{"m":"x","x":{"x":1}}',
      '{"m":{"y":{"x":{"z":1}}}}',
    ];
    expect(values(columns, documents)).toEqual([
      ['1', null, null, null, null],
      [
        '{"x":1,"y":{"z":2}}',
        '{ "y" : { "a" : 0 , "z" : [1] } , "x" : null }',
        '[{"x":1}]',
        '"x"',
        '{"y":{"x":{"z":1}}}',
      ],
      ['2', '[1]', null, null, null],
      ['3', '3', null, '{"x":1}', null],
    ]);
  });

  test('has the last value of a member that is there twice', () => {
    const columns = columnsOf('json', ['a'], ['m', 'x'], ['m', 'y']);
    const documents = [
      '{"a":1,"a":2}',
      '{"a":1,"\\u0061":3}',
      '{"m":{"x":1,"y":1},"m":{"x":2}}',
      '{"m":{"x":1},"m":0}',
      '{"m":0,"m":{"y":{},"y":1}}',
    ];
    expect(values(columns, documents)).toEqual([
      ['2', '3', null, null, null],
      [null, null, '2', null, null],
      [null, null, null, null, '1'],
    ]);
  });

  test.each(['', 'a"b', 'a\\', '\n', 'é', '😀', '__proto__', 'x'.repeat(13), 'x'.repeat(200)])(
    'may be called %j, however that is written',
    (name) => {
      const columns = columnsOf('json', [name], ['m', name]);
      const escaped = Array.from({ length: name.length }, (_, index) => {
        const unit = name.charCodeAt(index).toString(16);
        return `\\u${unit.padStart(4, '0')}`;
      }).join('');
      const quoted = JSON.stringify(name);
      const documents = [
        `{${quoted}:1,"m":{${quoted} : 2}}`,
        `{"m":{"${escaped}":4},"${escaped}":3}`,
        `{"${escaped}x":5,"x${escaped}":6}`,
      ];
      expect(values(columns, documents)).toEqual([
        ['1', '3', null],
        ['2', '4', null],
      ]);
    },
  );

  test('may stand in for another', () => {
    const columns: ValueColumn[] = [
      { pointer: ['a'], type: 'text' },
      { pointer: ['a'], type: 'json' },
    ];
    expect(values(columns, ['{"a":"x"}'])).toEqual([['x'], ['"x"']]);
  });

  test('more tells which members are there', () => {
    const documents = ['{"a":1}', '{}', '{"b":null}', '{"b":2,"a":3}'];
    const found = values(columnsOf('json', ['a'], ['b']), documents, { presence: true });
    expect(found[2]).toEqual(['10', '00', '01', '11']);
  });
});

describe('sizes', () => {
  test('names and values of any length keep their bytes', () => {
    for (let length = 0; length <= 130; length++) {
      const name = 'n'.repeat(length);
      const value = 'v'.repeat(length);
      const columns: ValueColumn[] = [
        { pointer: [name], type: 'text' },
        { pointer: [name], type: 'json' },
      ];
      const document = `{"${name}":"${value}","x${name}":0}`;
      const found = values(columns, [document, document]);
      expect(found).toEqual([
        [value, value],
        [`"${value}"`, `"${value}"`],
      ]);
    }
  });

  test('many documents, some values of which are null', () => {
    const many = Array.from({ length: 30_000 }, (_, index) =>
      index % 7 === 0 ? '{"z":1}' : `{"a":"value ${index}","b":${index % 3 === 0},"z":[${index}]}`,
    );
    const columns: ValueColumn[] = [
      { pointer: ['a'], type: 'text' },
      { pointer: ['b'], type: 'boolean' },
    ];
    expect(values(columns, many)).toEqual([
      many.map((_, index) => (index % 7 === 0 ? null : `value ${index}`)),
      many.map((_, index) => (index % 7 === 0 ? null : index % 3 === 0)),
    ]);
  });

  test('300 columns in any order', () => {
    const names = Array.from({ length: 300 }, (_, index) => `column_${index}`);
    const members = names.map((name, index) => `"${name}":${index}`);
    const columns = columnsOf('integer', ...names.map((name) => [name]));
    const documents = [`{${members.join(',')}}`, `{${members.toReversed().join(',')}}`];
    const found = values(columns, documents, { presence: true });
    expect(found.slice(0, 300)).toEqual(names.map((_, i) => [BigInt(i), BigInt(i)]));
    expect(found[300]).toEqual(['1'.repeat(300), '1'.repeat(300)]);
  });

  test('a document of 5 MB in many columns', () => {
    const list = JSON.stringify(Array.from({ length: 450_000 }, (_, index) => `]"${index}`));
    expect(list.length).toBeGreaterThan(5e6);
    const columns = columnsOf('json', ['list'], ['list'], ['a']);
    const [one, other, a] = values(columns, ['{"a":1}', `{"a":2,"list":${list}}`, '{"a":3}']);
    expect(a).toEqual(['1', '2', '3']);
    expect([one?.[0], one?.[2], one?.[1] === list]).toEqual([null, null, true]);
    expect(other?.[1] === list).toBe(true);
  });

  test('of the longest document are told', () => {
    const lines = linesOf('{"a":1}', '{"a":"twelve bytes"}', '{}');
    const { longest } = createColumnizer(columnsOf('json', ['a'])).columnize(lines, () => {});
    expect(longest).toBe('{"a":"twelve bytes"}'.length);
  });

  test('of nothing are none', () => {
    const columnizer = createColumnizer(columnsOf('json', ['a']));
    expect(columnizer.columnize(linesOf(), () => expect.unreachable())).toEqual({ longest: 0 });
  });
});

test('columnizers do not disturb each other', () => {
  const one = createColumnizer(columnsOf('integer', ['a']));
  const other = createColumnizer(columnsOf('integer', ['b'], ['a']));
  const lines = linesOf('{"a":1,"b":2}');
  for (let round = 0; round < 2; round++) {
    expect(read(one, columnsOf('integer', ['a']), lines)).toEqual([[1n]]);
    expect(read(other, columnsOf('integer', ['b'], ['a']), lines)).toEqual([[2n], [1n]]);
  }
});

test('what is no sequence of objects is refused', () => {
  for (const text of ['[]', '{"a":1,}', '{"a":1}}', 'x', '{"a":1}{"b":1}']) {
    const columnizer = createColumnizer(columnsOf('json', ['a'], ['b']));
    expect(() => columnizer.columnize(linesOf(text), () => {})).toThrow(
      'no sequence of JSON objects',
    );
  }
});

test('any documents have the values that JSON.parse finds', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'a name of more than sixteen bytes', '"', 'é');
  const leaf = fc.oneof(
    fc.jsonValue({ stringUnit: 'binary', maxDepth: 2 }),
    fc.string({ unit: 'binary', maxLength: 100 }),
  );
  const node = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, tie('object')),
    object: fc.dictionary(name, tie('value'), { maxKeys: 5 }),
  }));
  const column = fc.record({
    pointer: fc.array(name, { maxLength: 3 }),
    type: fc.constantFrom<ValueType>('text', 'json'),
  });
  const blanks = fc.constantFrom('', ' ');
  fc.assert(
    fc.property(
      fc.array(column, { maxLength: 8 }),
      fc.array(node.object, { maxLength: 6 }),
      blanks,
      (columns, list, blank) => {
        const texts = list.map((document) =>
          JSON.stringify(document, null, blank).replace(/\n/g, ' '),
        );
        const found = values(columns, texts, { presence: true });
        const expected = columns.map((wanted) =>
          texts.map((text) => slowValue(wanted, JSON.parse(text), blank)),
        );
        const presence = texts.map((text) =>
          columns
            .map(({ pointer }) => (memberAt(JSON.parse(text), pointer) === undefined ? '0' : '1'))
            .join(''),
        );
        expect(found).toEqual(texts.length === 0 ? found : [...expected, presence]);
      },
    ),
    { numRuns: 400 },
  );
});

function columnsOf(type: ValueType, ...pointers: readonly (readonly string[])[]): ValueColumn[] {
  return pointers.map((pointer) => ({ pointer, type }));
}

/** The one value of a document's member `v`; `bad` when the column cannot have it. */
function valueOf(type: ValueType, document: string): unknown {
  try {
    return values(columnsOf(type, ['v']), [document])[0]?.[0];
  } catch (error) {
    if (error instanceof MisfitError) return bad;
    throw error;
  }
}

/** The values of each column, and of the one that tells of presence. */
function values(
  columns: readonly ValueColumn[],
  documents: readonly string[],
  options?: ColumnizerOptions,
): unknown[][] {
  return read(createColumnizer(columns, options), columns, linesOf(...documents));
}

function read(
  columnizer: ReturnType<typeof createColumnizer>,
  columns: readonly ValueColumn[],
  lines: Lines,
): unknown[][] {
  const found: unknown[][] = [];
  columnizer.columnize(lines, (index, page) => {
    const { rowCount, nullCount, validity } = page;
    const bytes = Buffer.from(page.values);
    const next = readerOf(columns[index]?.type ?? 'text', bytes);
    const isThere = (row: number) =>
      nullCount === 0 || ((validity[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
    const list = Array.from({ length: rowCount }, (_, row) => (isThere(row) ? next() : null));
    expect(list.filter((value) => value === null)).toHaveLength(nullCount);
    (found[index] ??= []).push(...list);
  });
  return found;
}

/** Reads one value after another. */
function readerOf(type: ValueType, bytes: Buffer): () => unknown {
  let at = 0;
  const after = (size: number) => (at += size) - size;
  switch (type) {
    case 'boolean':
      return () => {
        const bit = at++;
        return ((bytes[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
      };
    case 'integer':
    case 'date-time':
      return () => bytes.readBigInt64LE(after(8));
    case 'number':
      return () => bytes.readDoubleLE(after(8));
    case 'date':
      return () => bytes.readInt32LE(after(4));
    case 'text':
    case 'json':
      return () => {
        const size = bytes.readUInt32LE(after(4));
        return bytes.toString('utf8', after(size), at);
      };
  }
}

function linesOf(...documents: readonly string[]): Lines {
  let end = 0;
  const ends = documents.map((document) => (end += Buffer.byteLength(document) + 1));
  const bytes = Buffer.from(documents.map((document) => `${document}\n`).join(''));
  return { bytes, ends: Uint32Array.from(ends) };
}

function micros(text: string): bigint {
  return BigInt(Date.parse(text)) * 1000n;
}

/** The value of a column in a document whose JSON was written with `blank` as its indentation. */
function slowValue({ pointer, type }: ValueColumn, document: unknown, blank: string): unknown {
  const value = memberAt(document, pointer);
  if (value === undefined || value === null) return null;
  if (type === 'text' && typeof value === 'string') return value;
  return jsonAt(value, pointer.length, blank);
}

/** The JSON of a value as it is written some levels inside of a document. */
function jsonAt(value: unknown, level: number, blank: string): string {
  const wrapped = Array.from({ length: level }).reduce<unknown>((inner) => [inner], value);
  const text = JSON.stringify(wrapped, null, blank).replace(/\n/g, ' ');
  const before = JSON.stringify(
    Array.from({ length: level }).reduce<unknown>((inner) => [inner], 0),
    null,
    blank,
  );
  const opening = before.indexOf('0');
  return text.slice(opening, text.length - (before.length - opening - 1));
}

function memberAt(value: unknown, pointer: readonly string[]): unknown {
  return pointer.reduce<unknown>((now, name) => {
    if (typeof now !== 'object' || now === null || Array.isArray(now)) return undefined;
    return Object.hasOwn(now, name) ? Reflect.get(now, name) : undefined;
  }, value);
}
