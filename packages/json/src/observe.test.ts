import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lines } from './lines.ts';
import { createObserver } from './observe.ts';
import { ValueClass } from './shape.ts';
import type { Shape } from './shape.ts';

describe('misfits', () => {
  test('are all documents with members until a shape is accepted', () => {
    const observer = createObserver();
    const lines = linesOf('{"a":1}', '{}', '{"b":2}');
    const first = observer.observe(lines);
    expect([...first.misfits]).toEqual([0, 2]);
    observer.accept(first.shape());
    expect([...observer.observe(lines).misfits]).toEqual([]);
  });

  test.each([
    { document: '{}', misfit: false },
    { document: '{"n":1}', misfit: false },
    { document: '{"n":null}', misfit: false },
    { document: '{"n":1.5}', misfit: true },
    { document: '{"n":"1"}', misfit: true },
    { document: '{"n":[]}', misfit: true },
    { document: '{"other":1}', misfit: true },
    { document: '{"d":12.34567890123456789012}', misfit: true },
    { document: '{"d":123.4567890123456789}', misfit: false },
    { document: '{"d":1234.567890123456789}', misfit: true },
    { document: '{"d":12345}', misfit: true },
    { document: '{"d":1.5}', misfit: false },
    { document: '{"f":123456.123456}', misfit: false },
    { document: '{"o":{"any":{"thing":[1]}}}', misfit: false },
    { document: '{"o":[]}', misfit: true },
    { document: '{"\\u006e":1}', misfit: false },
    { document: '{"\\u006e":1.5}', misfit: true },
    { document: '{ "n" : 1 , "f" : 0.5 }', misfit: false },
    { document: '{"f":0.5,"n":1,"d":1}', misfit: false },
  ])('$document: $misfit', ({ document, misfit }) => {
    const observer = createObserver();
    observer.accept(
      shapeOf({
        n: { classes: ValueClass.safeInteger | ValueClass.null },
        d: {
          classes: ValueClass.safeInteger | ValueClass.double | ValueClass.decimal,
          integerDigits: 3,
          scale: 16,
        },
        f: { classes: ValueClass.double, integerDigits: 1, scale: 1 },
        o: { classes: ValueClass.object },
      }),
    );
    const lines = linesOf('{}', document, '{}');
    const { misfits } = observer.observe(lines);
    expect([...misfits]).toEqual(misfit ? [1] : []);
  });

  test('are explained by their fields', () => {
    const observer = createObserver();
    observer.accept(
      shapeOf({
        ok: { classes: ValueClass.boolean },
        price: { classes: ValueClass.safeInteger },
        exact: { classes: ValueClass.decimal | ValueClass.double, scale: 2 },
      }),
    );
    const lines = linesOf('{"ok":true}', '{"x":[],"ok":true,"price":1.5,"exact":0.125}');
    const observation = observer.observe(lines);
    expect([...observation.misfits]).toEqual([1]);
    expect(observation.explain(lines, 0)).toEqual([]);
    expect(observation.explain(lines, 1)).toEqual([
      { field: 'price', classes: ValueClass.double, accepted: ValueClass.safeInteger },
      {
        field: 'exact',
        classes: ValueClass.double,
        accepted: ValueClass.decimal | ValueClass.double,
      },
      { field: 'x', classes: ValueClass.array, accepted: 0 },
    ]);
  });

  test('do not change what is accepted', () => {
    const observer = createObserver();
    observer.accept(shapeOf({ a: { classes: ValueClass.null } }));
    const lines = linesOf('{"a":1}', '{"b":1}');
    for (let turn = 0; turn < 3; turn++) {
      expect([...observer.observe(lines).misfits]).toEqual([0, 1]);
    }
  });

  test('of one observer are none of the business of another', () => {
    const [one, other] = [createObserver(), createObserver()];
    one.accept(shapeOf({ a: { classes: ValueClass.safeInteger } }));
    other.accept(shapeOf({ b: { classes: ValueClass.safeInteger } }));
    const lines = linesOf('{"a":1}', '{"b":1}');
    expect([...one.observe(lines).misfits]).toEqual([1]);
    expect([...other.observe(lines).misfits]).toEqual([0]);
    expect([...one.observe(lines).misfits]).toEqual([1]);
  });
});

describe('a field that is there twice', () => {
  test.each([
    ['{"a":1,"a":1}', 2],
    ['{"a":1,"b":2,"\\u0061":1}', 2],
    ['{"":1,"a":1,"":2}', 2],
    ['{"a":1,"b":{"a":1}}', -1],
    ['{"a":1,"A":1}', -1],
  ])('in %s is found in document %i', (document, duplicate) => {
    const observer = createObserver();
    const lines = linesOf('{"a":1}', '{"b":0}', document, '{"a":1,"a":1}');
    observer.accept(observer.observe(lines).shape());
    const found = observer.observe(lines);
    expect(found.duplicate).toBe(duplicate === -1 ? 3 : duplicate);
    expect([...found.misfits]).toEqual(duplicate === -1 ? [3] : [2, 3]);
  });

  test('is counted once', () => {
    const { duplicate, shape } = createObserver().observe(linesOf('{"a":1,"a":2}', '{}'));
    expect(duplicate).toBe(0);
    expect(shape().properties?.get('a')?.optional).toBe(true);
  });
});

describe('the shape', () => {
  test('of nothing is empty', () => {
    const { shape, misfits, duplicate } = createObserver().observe(linesOf());
    expect(shape()).toEqual({ ...shapeOf({}), classes: 0 });
    expect({ misfits: [...misfits], duplicate }).toEqual({ misfits: [], duplicate: -1 });
  });

  test('holds what the documents have, whatever was accepted', () => {
    const observer = createObserver();
    observer.accept(shapeOf({ gone: { classes: ValueClass.date }, a: { classes: 0 } }));
    const { shape } = observer.observe(
      linesOf('{"a":1,"b":"x"}', '{"b":12.345,"a":null}', '{"b":1}'),
    );
    expect(shape()).toEqual(
      shapeOf({
        a: { classes: ValueClass.safeInteger | ValueClass.null, integerDigits: 1, optional: true },
        b: {
          classes: ValueClass.string | ValueClass.double | ValueClass.safeInteger,
          integerDigits: 2,
          scale: 3,
        },
      }),
    );
  });

  test('outlives the next observation', () => {
    const observer = createObserver();
    const first = observer.observe(linesOf('{"first":1}'));
    observer.observe(linesOf('{"second":[]}'));
    expect([...(first.shape().properties ?? [])].map(([name]) => name)).toEqual(['first']);
  });

  test('has the names as they are, not as they are written', () => {
    const names = [
      '',
      'a"b',
      'a\\b',
      'a\\',
      '\n',
      '\u0000',
      'é',
      '漢字',
      '😀',
      '__proto__',
      'a":1,"b',
    ];
    const document = JSON.stringify(Object.fromEntries(names.map((name) => [name, 1])));
    const observer = createObserver();
    const { shape } = observer.observe(linesOf('{"__proto__":1}', document));
    expect([...(shape().properties ?? [])].map(([name]) => name).toSorted()).toEqual(
      names.toSorted(),
    );
    observer.accept(shape());
    const escaped = `{"\\u00e9":1,"\\ud83d\\ude00":1,"\\/":1}`;
    expect([...observer.observe(linesOf(document, escaped)).misfits]).toEqual([1]);
    const found = observer.observe(linesOf(escaped)).explain(linesOf(escaped), 0);
    expect(found.map(({ field }) => field)).toEqual(['/']);
  });
});

describe('sizes', () => {
  test('names and strings of any length are told apart', () => {
    const observer = createObserver();
    const names = Array.from({ length: 131 }, (_, length) => 'n'.repeat(length));
    const document = `{${names.map((name) => `"${name}":"${name}"`).join(',')}}`;
    const { shape } = observer.observe(linesOf(document, document));
    expect([...(shape().properties ?? [])].map(([name]) => name)).toEqual(names);
    observer.accept(shape());
    for (const length of [0, 1, 12, 13, 14, 16, 28, 29, 30, 60, 61, 62, 130]) {
      const other = `${'n'.repeat(length)}x`;
      const lines = linesOf(document, document.replace(`"${names[length]}":`, `"${other}":`));
      expect([...observer.observe(lines).misfits]).toEqual([1]);
    }
  });

  test('300 fields in any order', () => {
    const observer = createObserver();
    const members = Array.from({ length: 300 }, (_, index) => `"field_${index}":${index}`);
    const lines = linesOf(
      `{${members.join(',')}}`,
      `{${members.toReversed().join(',')}}`,
      `{${members.filter((_, index) => index % 3 !== 0).join(',')}}`,
    );
    observer.accept(observer.observe(linesOf(`{${members.join(',')}}`)).shape());
    const { misfits, shape } = observer.observe(lines);
    expect([...misfits]).toEqual([]);
    const properties = [...(shape().properties ?? [])];
    expect(properties.filter(([, { optional }]) => optional)).toHaveLength(100);
    expect(properties).toHaveLength(300);
  });

  test('70,000 distinct fields', () => {
    const observer = createObserver();
    const documents = Array.from({ length: 700 }, (_, row) => {
      const members = Array.from({ length: 100 }, (__, index) => `"k${row * 100 + index}":0`);
      return `{${members.join(',')}}`;
    });
    const { shape, misfits } = observer.observe(linesOf(...documents));
    expect(shape().properties?.size).toBe(70_000);
    expect(misfits).toHaveLength(700);
    observer.accept(shape());
    expect(observer.observe(linesOf(...documents)).misfits).toHaveLength(0);
  });

  test('a name of a megabyte', () => {
    const name = 'long'.repeat(250_000);
    const observer = createObserver();
    const { shape } = observer.observe(
      linesOf(`{"${name}":1}`, `{"\\u006c${name.slice(1)}":null}`),
    );
    expect([...(shape().properties ?? [])]).toEqual([
      [name, { ...field, classes: ValueClass.safeInteger | ValueClass.null, integerDigits: 1 }],
    ]);
  });

  test('many batches of documents have their own numbers', () => {
    const observer = createObserver();
    observer.accept(shapeOf({ a: { classes: ValueClass.string } }));
    const documents = Array.from({ length: 40_000 }, (_, index) =>
      index % 9999 === 1 ? '{"a":0}' : '{"a":"a string of some bytes"}',
    );
    const { misfits, duplicate } = observer.observe(linesOf(...documents, '{"a":"","a":""}'));
    expect([...misfits]).toEqual([1, 10_000, 19_999, 29_998, 39_997, 40_000]);
    expect(duplicate).toBe(40_000);
  });

  test('a document of 5 MB', () => {
    const list = JSON.stringify(Array.from({ length: 450_000 }, (_, index) => `]"${index}`));
    const lines = linesOf('{"a":1}', `{"list":${list},"a":2}`, '{"a":3}');
    expect(lines.bytes.length).toBeGreaterThan(5e6);
    const { shape } = createObserver().observe(lines);
    expect(shape().properties).toEqual(
      new Map([
        ['a', { ...field, classes: ValueClass.safeInteger, integerDigits: 1 }],
        ['list', { ...field, classes: ValueClass.array, optional: true }],
      ]),
    );
  });
});

test('what is no sequence of objects is refused', () => {
  for (const text of ['[]', '{"a":1', '{"a":1,}', '{"a":1}}', 'x', '{"a" 1}', '{"a":1}{"b":1}']) {
    expect(() => createObserver().observe(linesOf(text))).toThrow('no sequence of JSON objects');
  }
});

test('any documents have the shape that JSON.parse finds', () => {
  const name = fc.oneof(
    fc.constantFrom('a', 'b', 'c', 'd', 'a long name of many bytes', 'é'),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  const value = fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.jsonValue(),
  );
  const documents = fc.array(fc.dictionary(name, value, { maxKeys: 8 }), { maxLength: 8 });
  fc.assert(
    fc.property(documents, documents, fc.constantFrom('', ' '), (known, list, blank) => {
      const observer = createObserver();
      const accepted = simpleShape(known);
      observer.accept(shapeOf(accepted));
      const texts = list.map((document) =>
        JSON.stringify(document, null, blank).replace(/\n/g, ' '),
      );
      const { shape, misfits, duplicate } = observer.observe(linesOf(...texts));
      const seen = [...(shape().properties ?? [])].map(([key, { classes, optional }]) => [
        key,
        { classes: simple(classes), optional },
      ]);
      expect(Object.fromEntries(seen)).toEqual(simpleShape(list));
      expect(duplicate).toBe(-1);
      const unknown = list.flatMap((document, index) =>
        Object.keys(document).some((key) => !Object.hasOwn(accepted, key)) ? [index] : [],
      );
      expect([...misfits]).toEqual(expect.arrayContaining(unknown));
    }),
    { numRuns: 500 },
  );
});

const field: Shape = { classes: 0, integerDigits: 0, scale: 0, optional: false };

function shapeOf(fields: Readonly<Record<string, Partial<Shape>>>): Shape {
  const properties = Object.entries(fields).map(([name, shape]): [string, Shape] => [
    name,
    { ...field, ...shape },
  ]);
  return { ...field, classes: ValueClass.object, properties: new Map(properties) };
}

function linesOf(...documents: readonly string[]): Lines {
  let end = 0;
  const ends = documents.map((document) => (end += Buffer.byteLength(document) + 1));
  const bytes = Buffer.from(documents.map((document) => `${document}\n`).join(''));
  return { bytes, ends: Uint32Array.from(ends) };
}

/** Numbers, strings and other classes as one bit each. */
function simple(classes: number): number {
  const { safeInteger, double, string, uuid } = ValueClass;
  const numbers = (ValueClass.wildNumber << 1) - safeInteger;
  const strings = (uuid << 1) - string;
  return (
    (classes & ~numbers & ~strings) |
    (classes & numbers ? double : 0) |
    (classes & strings ? string : 0)
  );
}

function simpleShape(
  documents: readonly Readonly<Record<string, unknown>>[],
): Record<string, { classes: number; optional: boolean }> {
  const names = new Set(documents.flatMap((document) => Object.keys(document)));
  const fields = [...names].map((name): [string, { classes: number; optional: boolean }] => {
    const holding = documents.filter((document) => Object.hasOwn(document, name));
    const classes = holding.reduce((all, document) => all | simpleClass(document[name]), 0);
    return [name, { classes, optional: holding.length < documents.length }];
  });
  return Object.fromEntries(fields);
}

function simpleClass(value: unknown): number {
  if (value === null) return ValueClass.null;
  if (Array.isArray(value)) return ValueClass.array;
  if (typeof value === 'boolean') return ValueClass.boolean;
  if (typeof value === 'number') return ValueClass.double;
  return typeof value === 'string' ? ValueClass.string : ValueClass.object;
}
