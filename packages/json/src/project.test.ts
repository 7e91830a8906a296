import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lines } from './lines.ts';
import { createProjector } from './project.ts';
import type { ProjectedColumn, ProjectOptions } from './project.ts';

type Form = ProjectedColumn['form'];

describe('a value', () => {
  test.each([
    ['1', '1', '"1"', '"1"'],
    ['-0', '-0', '"-0"', '"-0"'],
    ['1.50e+3', '1.50e+3', '"1.50e+3"', '"1.50e+3"'],
    ['12345678901234567890123', ...twice('12345678901234567890123')],
    ['true', 'true', '"true"', '"true"'],
    ['false', 'false', '"false"', '"false"'],
    ['null', 'null', 'null', 'null'],
    ['""', '""', '""', '"\\"\\""'],
    ['"a\\nb"', '"a\\nb"', '"a\\nb"', '"\\"a\\\\nb\\""'],
    ['"\\u00e9é"', '"\\u00e9é"', '"\\u00e9é"', '"\\"\\\\u00e9é\\""'],
    ['{}', '{}', '"{}"', '"{}"'],
    ['{ "b" :\t1 }', '{ "b" :\t1 }', ...both('"{ \\"b\\" :\\u00091 }"')],
    ['["}",{"a":"\\\\"}]', '["}",{"a":"\\\\"}]', ...both('"[\\"}\\",{\\"a\\":\\"\\\\\\\\\\"}]"')],
  ])('%s is %s plain, %s as text and %s raw', (value, asItIs, text, raw) => {
    const pointer = ['v'];
    const columns = (['plain', 'text', 'raw'] as const).map((form) => ({ pointer, form }));
    const row = `{"0":${asItIs},"1":${text},"2":${raw}}`;
    expect(rows(columns, [`{"v":${value}}`])).toEqual([row]);
    expect(rows(columns, [`{ "a" : 0 , "v" : ${value} , "z" : [ ] }`])).toEqual([row]);
  });

  test('of a whole document can be had in each form', () => {
    const columns = (['plain', 'text', 'raw'] as const).map((form) => ({ pointer: [], form }));
    expect(rows(columns, ['{"a":"b"}', '{}'])).toEqual([
      '{"0":{"a":"b"},"1":"{\\"a\\":\\"b\\"}","2":"{\\"a\\":\\"b\\"}"}',
      '{"0":{},"1":"{}","2":"{}"}',
    ]);
  });
});

describe('a column', () => {
  test('is left out where its member is not', () => {
    expect(rows(plain(['a'], ['b']), ['{}', '{"b":1}', '{"c":0,"a":2}', '{"b":3,"a":4}'])).toEqual([
      '{}',
      '{"1":1}',
      '{"0":2}',
      '{"0":4,"1":3}',
    ]);
  });

  test('may be inside of objects, and those be columns too', () => {
    const columns = plain(['m', 'x'], ['m'], ['m', 'y', 'z'], ['x']);
    const documents = [
      '{"m":{"x":1,"y":{"z":2}},"x":3}',
      '{"x":3,"m":{ "y" : { "a" : 0 , "z" : [1] } , "x" : null } }',
      '{"m":[{"x":1}]}',
      '{"m":"x","x":{"x":1}}',
      '{"m":{"y":{"x":{"z":1}}}}',
    ];
    expect(rows(columns, documents)).toEqual([
      '{"0":1,"1":{"x":1,"y":{"z":2}},"2":2,"3":3}',
      '{"0":null,"1":{ "y" : { "a" : 0 , "z" : [1] } , "x" : null },"2":[1],"3":3}',
      '{"1":[{"x":1}]}',
      '{"1":"x","3":{"x":1}}',
      '{"1":{"y":{"x":{"z":1}}}}',
    ]);
  });

  test('has the last value of a member that is there twice', () => {
    const columns = plain(['a'], ['m', 'x'], ['m', 'y']);
    const documents = [
      '{"a":1,"a":2}',
      '{"a":1,"\\u0061":3}',
      '{"m":{"x":1,"y":1},"m":{"x":2}}',
      '{"m":{"x":1},"m":0}',
      '{"m":0,"m":{"y":{},"y":1}}',
    ];
    expect(rows(columns, documents)).toEqual(['{"0":2}', '{"0":3}', '{"1":2}', '{}', '{"2":1}']);
  });

  test.each(['', 'a"b', 'a\\', '\n', 'é', '😀', '__proto__', 'x'.repeat(13), 'x'.repeat(200)])(
    'may be called %j, however that is written',
    (name) => {
      const columns = plain([name], ['m', name]);
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
      expect(rows(columns, documents)).toEqual(['{"0":1,"1":2}', '{"0":3,"1":4}', '{}']);
    },
  );

  test('may stand in for another', () => {
    const columns: ProjectedColumn[] = [
      { pointer: ['a'], form: 'plain' },
      { pointer: ['a'], form: 'raw' },
    ];
    expect(rows(columns, ['{"a":"x"}'])).toEqual(['{"0":"x","1":"\\"x\\""}']);
  });
});

describe('what follows the columns', () => {
  const documents = ['{"a":1}', '{}', '{"b":2}'];
  const columns = plain(['a'], ['b']);

  test.each<{ options: ProjectOptions; expected: string[] }>([
    {
      options: { ops: Uint8Array.of(0, 10, 255) },
      expected: ['{"0":1,"o":0}', '{"o":10}', '{"1":2,"o":255}'],
    },
    {
      options: { sequence: 99 },
      expected: ['{"0":1,"s":99}', '{"s":100}', '{"1":2,"s":101}'],
    },
    {
      options: { sequence: 0 },
      expected: ['{"0":1,"s":0}', '{"s":1}', '{"1":2,"s":2}'],
    },
    {
      options: { presence: true },
      expected: ['{"0":1,"p":"10"}', '{"p":"00"}', '{"1":2,"p":"01"}'],
    },
    { options: { presence: false }, expected: ['{"0":1}', '{}', '{"1":2}'] },
    {
      options: { ops: Uint8Array.of(1, 2, 3), sequence: 9_007_199_254_740_989, presence: true },
      expected: [
        '{"0":1,"o":1,"s":9007199254740989,"p":"10"}',
        '{"o":2,"s":9007199254740990,"p":"00"}',
        '{"1":2,"o":3,"s":9007199254740991,"p":"01"}',
      ],
    },
  ])('%o', ({ options, expected }) => {
    expect(rows(columns, documents, options)).toEqual(expected);
  });

  test('goes on over many documents', () => {
    const many = Array.from(
      { length: 30_000 },
      (_, index) => `{"a":"value ${index}","z":[${index}]}`,
    );
    const ops = Uint8Array.from(many, (_, index) => index % 251);
    expect(rows(plain(['a']), many, { ops, sequence: 7 })).toEqual(
      many.map((_, index) => `{"0":"value ${index}","o":${index % 251},"s":${index + 7}}`),
    );
  });

  test('is nothing for no documents', () => {
    const projection = createProjector(columns).project(linesOf());
    expect({ size: projection.bytes.length, longest: projection.longest }).toEqual({
      size: 0,
      longest: 0,
    });
  });
});

describe('sizes', () => {
  test('names and values of any length keep their bytes', () => {
    for (let length = 0; length <= 130; length++) {
      const name = 'n'.repeat(length);
      const value = 'v'.repeat(length);
      const columns: ProjectedColumn[] = [
        { pointer: [name], form: 'plain' },
        { pointer: [name], form: 'raw' },
      ];
      const row = `{"0":"${value}","1":"\\"${value}\\""}`;
      const document = `{"${name}":"${value}","x${name}":0}`;
      expect(rows(columns, [document, document])).toEqual([row, row]);
    }
  });

  test('300 columns in any order', () => {
    const names = Array.from({ length: 300 }, (_, index) => `column_${index}`);
    const members = names.map((name, index) => `"${name}":${index}`);
    const columns = plain(...names.map((name) => [name]));
    const row = `{${names.map((_, index) => `"${index}":${index}`).join(',')},"p":"${'1'.repeat(300)}"}`;
    const documents = [`{${members.join(',')}}`, `{${members.toReversed().join(',')}}`];
    expect(rows(columns, documents, { presence: true })).toEqual([row, row]);
  });

  test('a document of 5 MB in many columns', () => {
    const list = JSON.stringify(Array.from({ length: 450_000 }, (_, index) => `]"${index}`));
    expect(list.length).toBeGreaterThan(5e6);
    const columns: ProjectedColumn[] = [
      { pointer: ['list'], form: 'raw' },
      { pointer: ['list'], form: 'plain' },
      { pointer: ['a'], form: 'plain' },
    ];
    const [first, second, third] = rows(columns, ['{"a":1}', `{"a":2,"list":${list}}`, '{"a":3}']);
    expect([first, third]).toEqual(['{"2":1}', '{"2":3}']);
    expect(second === `{"0":${JSON.stringify(list)},"1":${list},"2":2}`).toBe(true);
  });

  test('of the longest row are told', () => {
    const lines = linesOf('{"a":1}', '{"a":"twelve bytes"}', '{}');
    const { bytes, longest } = createProjector(plain(['a'])).project(lines);
    expect(longest).toBe(Buffer.from('{"0":"twelve bytes"}\n').length);
    expect(bytes.length).toBeGreaterThan(longest);
  });
});

test('projectors do not disturb each other', () => {
  const [one, other] = [createProjector(plain(['a'])), createProjector(plain(['b'], ['a']))];
  const lines = linesOf('{"a":1,"b":2}');
  const { bytes } = one.project(lines);
  expect(Buffer.from(other.project(lines).bytes).toString()).toBe('{"0":2,"1":1}\n');
  expect(Buffer.from(bytes).toString()).toBe('{"0":1}\n');
  expect(Buffer.from(one.project(lines).bytes).toString()).toBe('{"0":1}\n');
});

test('what is no sequence of objects is refused', () => {
  for (const text of ['[]', '{"a":1,}', '{"a":1}}', 'x', '{"a":1}{"b":1}']) {
    expect(() => createProjector(plain(['a', 'b'])).project(linesOf(text))).toThrow(
      'no sequence of JSON objects',
    );
  }
});

test('any documents have the rows that JSON.parse finds', () => {
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
    form: fc.constantFrom<Form>('plain', 'text', 'raw'),
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
        const found = rows(columns, texts, { presence: true });
        expect(found.map((row) => JSON.parse(row))).toEqual(
          texts.map((text) => slowRow(columns, JSON.parse(text), blank)),
        );
      },
    ),
    { numRuns: 400 },
  );
});

function plain(...pointers: readonly (readonly string[])[]): ProjectedColumn[] {
  return pointers.map((pointer) => ({ pointer, form: 'plain' }));
}

function rows(
  columns: readonly ProjectedColumn[],
  documents: readonly string[],
  options?: ProjectOptions,
): string[] {
  const { bytes, longest } = createProjector(columns).project(linesOf(...documents), options);
  const text = Buffer.from(bytes).toString();
  const found = text.split('\n');
  expect(found.pop()).toBe('');
  expect(found).toHaveLength(documents.length);
  expect(longest).toBe(Math.max(0, ...found.map((row) => Buffer.byteLength(row) + 1)));
  return found;
}

function linesOf(...documents: readonly string[]): Lines {
  let end = 0;
  const ends = documents.map((document) => (end += Buffer.byteLength(document) + 1));
  const bytes = Buffer.from(documents.map((document) => `${document}\n`).join(''));
  return { bytes, ends: Uint32Array.from(ends) };
}

/** The row of a document whose JSON was written with `blank` as its indentation. */
function slowRow(columns: readonly ProjectedColumn[], document: unknown, blank: string): object {
  const found = columns.map(({ pointer }) => memberAt(document, pointer));
  const members = found.flatMap((value, index): [string, unknown][] => {
    if (value === undefined) return [];
    const form = columns[index]?.form ?? 'plain';
    const isAsItIs =
      form === 'plain' || value === null || (form === 'text' && typeof value === 'string');
    if (isAsItIs) return [[String(index), value]];
    const level = columns[index]?.pointer.length ?? 0;
    return [[String(index), jsonAt(value, level, blank)]];
  });
  const presence = found.map((value) => (value === undefined ? '0' : '1')).join('');
  return { ...Object.fromEntries(members), p: presence };
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

function both(text: string): [string, string] {
  return [text, text];
}

function twice(number: string): [string, string, string] {
  return [number, ...both(`"${number}"`)];
}
