import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonSyntaxError } from './json-syntax-error.ts';
import { EncodeError } from './encode-error.ts';
import { inferShape, shapeOfValue } from './infer.ts';
import type { Lines } from './lines.ts';
import { emptyShape, mergeShapes } from './merge-shape.ts';
import { ValueClass, type Shape } from './shape.ts';

const { object, array, string, date, safeInteger, double, decimal } = ValueClass;

function linesOf(...documents: readonly string[]): Lines {
  const ends: number[] = [];
  let length = 0;
  for (const document of documents) ends.push((length += Buffer.byteLength(document) + 1));
  return {
    bytes: Buffer.from(documents.map((document) => `${document}\n`).join('')),
    ends: Uint32Array.from(ends),
  };
}

const shape = (classes: number, more: Partial<Shape> = {}): Shape => ({
  ...emptyShape,
  classes,
  ...more,
});

test('a batch has the shape of all its documents, nested ones included', () => {
  const lines = linesOf(
    '{"id":1,"at":"2024-01-31","tags":["a",null],"deep":{"x":1.50}}',
    '{"id":22,"at":"soon","deep":{"x":0.30000000000000001,"y":true}}',
    ' {"tags":[], "id":-333 ,"deep":null}',
  );
  expect(inferShape(lines)).toEqual(
    shape(object, {
      properties: new Map([
        ['id', shape(safeInteger, { integerDigits: 3 })],
        ['at', shape(date | string, { optional: true })],
        ['tags', shape(array, { optional: true, items: shape(string | ValueClass.null) })],
        [
          'deep',
          shape(object | ValueClass.null, {
            properties: new Map([
              ['x', shape(double | decimal, { integerDigits: 1, scale: 17 })],
              ['y', shape(ValueClass.boolean, { optional: true })],
            ]),
          }),
        ],
      ]),
    }),
  );
});

test('no documents have the empty shape', () => {
  expect(inferShape(linesOf())).toEqual(emptyShape);
});

test('an empty array has items of which nothing is known', () => {
  expect(shapeOfValue([])).toEqual(shape(array, { items: emptyShape }));
  expect(shapeOfValue({})).toEqual(shape(object, { properties: new Map() }));
});

test('both values of a repeated name count, and its object once', () => {
  const inferred = inferShape(linesOf('{"a":1,"\\u0061":"x"}', '{}'));
  expect(inferred.properties).toEqual(
    new Map([['a', shape(safeInteger | string, { integerDigits: 1, optional: true })]]),
  );
});

test('the text of a string decides, however it is escaped', () => {
  const inferred = inferShape(linesOf('{"a":"2024\\u002d01-31","b":"2024-01-31\\n"}'));
  expect(inferred.properties?.get('a')?.classes).toBe(date);
  expect(inferred.properties?.get('b')?.classes).toBe(string);
});

describe('what is too much is not kept', () => {
  const wide = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, index]));

  test('more than 1,000 properties at one place', () => {
    expect(shapeOfValue(wide(1000)).properties?.size).toBe(1000);
    expect(shapeOfValue(wide(1001))).toEqual(shape(object));
    const spread = inferShape(linesOf(JSON.stringify(wide(1000)), '{"more":1}', '{"p1":[]}'));
    expect(spread).toEqual(shape(object));
    expect(shapeOfValue(wide(3), { maxProperties: 2 })).toEqual(shape(object));
  });

  test('objects and arrays over 20 levels deep', () => {
    const nest = (levels: number): unknown => (levels === 0 ? {} : { in: nest(levels - 1) });
    const inside = (levels: number) => {
      let place: Shape | undefined = shapeOfValue(nest(levels));
      for (let level = 0; level < levels; level++) place = place?.properties?.get('in');
      return place;
    };
    expect(inside(19)).toEqual(shape(object, { properties: new Map() }));
    expect(inside(20)).toEqual(shape(object));
    expect(inside(25)).toBeUndefined();
    const arrays = shapeOfValue([[1]], { maxDepth: 1 });
    expect(arrays).toEqual(shape(array, { items: shape(array) }));
  });

  test('documents of any depth are walked', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const inferred = inferShape(linesOf(`{"a":${deep}}`), { maxDepth: 100_000 });
    expect(inferred.properties?.get('a')?.classes).toBe(array);
  });
});

test('documents inferred together or apart have the same shape', () => {
  const documents = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue()));
  fc.assert(
    fc.property(documents, (values) => {
      const texts = values.map((value) => JSON.stringify(value));
      const apart = texts.map((text) => inferShape(linesOf(text)));
      const merged = apart.reduce((a, b) => mergeShapes(a, b), emptyShape);
      expect(inferShape(linesOf(...texts))).toEqual(merged);
    }),
  );
});

test('a value that has no form in JSON has no shape', () => {
  expect(() => shapeOfValue({ a: () => 1 })).toThrow(EncodeError);
});

test.each(['', '{', '{"a":nul}', '{"a":01}', '{"a":1}}', '{"a":[1,]}', '{"a":"\\x"}', '{a:1}'])(
  '%j is refused',
  (document) => {
    expect(() => inferShape(linesOf(document))).toThrow(JsonSyntaxError);
  },
);

test('any bytes have a shape or are refused', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.stringMatching(/^[{}[\]":,\\a01e ]{0,20}$/).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      let error: unknown;
      try {
        inferShape({ bytes: input, ends: Uint32Array.of(input.length) });
      } catch (thrown) {
        error = thrown;
      }
      expect(error === undefined || error instanceof JsonSyntaxError).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
