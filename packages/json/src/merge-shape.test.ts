import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shapeOfValue } from './infer.ts';
import { emptyShape, mergeShapes, sameShape, widens } from './merge-shape.ts';
import { ValueClass, type Shape } from './shape.ts';

const { string, date, dateTime, uuid, boolean, safeInteger, longInteger, double, object } =
  ValueClass;

const leaf = fc
  .record({
    classes: fc.nat(ValueClass.uuid * 2 - 1),
    integerDigits: fc.nat(40),
    scale: fc.nat(40),
    optional: fc.boolean(),
  })
  .map(({ classes, ...rest }) => {
    const isNumber = (classes & 0b1111_1100) !== 0;
    return { ...rest, classes, ...(!isNumber && { integerDigits: 0, scale: 0 }) };
  });

/** Shapes as they can be: properties only beside objects, items only beside arrays. */
const shapes: fc.Arbitrary<Shape> = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc
      .tuple(leaf, fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('shape')))
      .map(([shape, properties]) => ({
        ...shape,
        classes: shape.classes | object,
        properties: new Map(Object.entries(properties)),
      })),
    fc.tuple(leaf, tie('shape')).map(([shape, items]) => ({
      ...shape,
      classes: shape.classes | ValueClass.array,
      items: { ...items, optional: false },
    })),
    leaf.map((shape) => ({ ...shape, classes: shape.classes | object | ValueClass.array })),
  ),
})).shape;

const same = (a: Shape, b: Shape) => {
  expect(a).toEqual(b);
  expect(sameShape(a, b)).toBe(true);
};

describe.each([{ textual: false }, { textual: true }])('merging with $textual', (options) => {
  /** What only merged shapes are, when textual: of one family of scalars at each place. */
  const settled = shapes.map((shape) => mergeShapes(shape, emptyShape, options));

  test('is associative', () => {
    fc.assert(
      fc.property(shapes, shapes, shapes, (a, b, c) => {
        same(
          mergeShapes(mergeShapes(a, b, options), c, options),
          mergeShapes(a, mergeShapes(b, c, options), options),
        );
      }),
    );
  });

  test('is commutative', () => {
    fc.assert(
      fc.property(shapes, shapes, (a, b) => {
        same(mergeShapes(a, b, options), mergeShapes(b, a, options));
      }),
    );
  });

  test('is idempotent, and the empty shape changes nothing', () => {
    fc.assert(
      fc.property(settled, (a) => {
        same(mergeShapes(a, a, options), a);
        same(mergeShapes(a, emptyShape, options), a);
        expect(widens(a, a, options)).toBe(false);
        expect(widens(a, emptyShape, options)).toBe(false);
      }),
    );
  });

  test('absorbs: what was merged does not widen again', () => {
    fc.assert(
      fc.property(settled, shapes, (a, b) => {
        const merged = mergeShapes(a, b, options);
        expect(widens(merged, b, options)).toBe(false);
        expect(widens(a, b, options)).toBe(!sameShape(merged, a));
      }),
    );
  });
});

test('the shape of two values does not depend on how they are merged', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const together = shapeOfValue([a, b]).items ?? emptyShape;
      same(mergeShapes(shapeOfValue(a), shapeOfValue(b)), together);
    }),
  );
});

describe('a property that one side lacks', () => {
  const one = shapeOfValue({ a: 1, b: 'x' });

  test('is optional when that side has seen objects', () => {
    const merged = mergeShapes(one, shapeOfValue({ a: 2 }));
    expect(merged.properties?.get('a')?.optional).toBe(false);
    expect(merged.properties?.get('b')?.optional).toBe(true);
    same(mergeShapes(one, shapeOfValue({ a: 2 })), mergeShapes(shapeOfValue({ a: 2 }), one));
  });

  test('is as it was when that side has seen none', () => {
    const merged = mergeShapes(one, shapeOfValue(null));
    expect(merged.classes).toBe(object | ValueClass.null);
    expect(merged.properties).toEqual(one.properties);
  });

  test('is not looked at when that side has not looked', () => {
    const merged = mergeShapes(one, { ...emptyShape, classes: object });
    expect(merged.properties).toBeUndefined();
  });
});

test('properties keep the order in which they were first seen', () => {
  const merged = mergeShapes(shapeOfValue({ z: 1, a: 1 }), shapeOfValue({ m: 1, a: 1, b: 1 }));
  expect([...(merged.properties ?? new Map()).keys()]).toEqual(['z', 'a', 'm', 'b']);
});

test.each([
  { is: 'another class', other: { ...emptyShape, classes: 1 } },
  { is: 'more digits', other: { ...emptyShape, integerDigits: 1 } },
  { is: 'more scale', other: { ...emptyShape, scale: 1 } },
  { is: 'being optional', other: { ...emptyShape, optional: true } },
  { is: 'properties', other: { ...emptyShape, properties: new Map() } },
  { is: 'items', other: { ...emptyShape, items: emptyShape } },
])('$is makes another shape', ({ other }) => {
  expect(sameShape(emptyShape, other)).toBe(false);
  expect(sameShape(other, emptyShape)).toBe(false);
  expect(sameShape(other, other)).toBe(true);
});

test('another property makes another shape', () => {
  expect(sameShape(shapeOfValue({ a: 1 }), shapeOfValue({ b: 1 }))).toBe(false);
  expect(sameShape(shapeOfValue({ a: 1 }), shapeOfValue({ a: 'x' }))).toBe(false);
  expect(sameShape(shapeOfValue({ a: 1, b: 1 }), shapeOfValue({ b: 1, a: 1 }))).toBe(true);
});

describe('where types were guessed from text', () => {
  const digits = { integerDigits: 3, scale: 2 };
  test.each([
    { meet: 'integer and string', a: safeInteger, b: string, is: string },
    { meet: 'boolean and number', a: boolean, b: double, is: string },
    { meet: 'boolean and string', a: boolean, b: string, is: string },
    { meet: 'date and string', a: date, b: string, is: string },
    { meet: 'date and date-time', a: date, b: dateTime, is: string },
    { meet: 'UUID and integer', a: uuid, b: longInteger, is: string },
    { meet: 'null and date', a: ValueClass.null, b: date, is: ValueClass.null | date },
    {
      meet: 'null and mixture',
      a: ValueClass.null | date,
      b: double,
      is: ValueClass.null | string,
    },
    {
      meet: 'short and long integers',
      a: safeInteger,
      b: longInteger,
      is: safeInteger | longInteger,
    },
    { meet: 'integer and double', a: safeInteger, b: double, is: safeInteger | double },
    { meet: 'object and date', a: object, b: date, is: object | date },
  ])('$meet are merged', ({ a, b, is }) => {
    const merged = mergeShapes(
      { ...emptyShape, ...digits, classes: a },
      { ...emptyShape, ...digits, classes: b },
      { textual: true },
    );
    const isNumber = (is & (safeInteger | longInteger | double)) !== 0;
    expect(merged.classes).toBe(is);
    expect(merged).toMatchObject(isNumber ? digits : { integerDigits: 0, scale: 0 });
  });

  test('that holds for properties and items too', () => {
    const merged = mergeShapes(shapeOfValue({ a: [1] }), shapeOfValue({ a: ['x'] }), {
      textual: true,
    });
    expect(merged.properties?.get('a')?.items?.classes).toBe(string);
  });
});
