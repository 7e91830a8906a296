import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shapeOfValue } from './infer.ts';
import { Decimal } from './decimal.ts';
import { schemaOf } from './json-schema.ts';
import { emptyShape, mergeShapes, sameShape, widens } from './merge-shape.ts';
import { mostDigits } from './number-class.ts';
import { shapeOf } from './read-json-schema.ts';
import { ValueClass, type Shape } from './shape.ts';

const { boolean, object, array, string, date, dateTime, uuid } = ValueClass;
const { safeInteger, longInteger, wideInteger, double, decimal, wildNumber } = ValueClass;
const text = string | date | dateTime | uuid;

const shape = (classes: number, more: Partial<Shape> = {}): Shape => ({
  ...emptyShape,
  classes,
  ...more,
});
const digits = (integerDigits: number, scale = 0) => ({ integerDigits, scale });

/** What a schema without any word allows. */
const anything = shape(2 * array - 1, digits(mostDigits, mostDigits));

describe('a shape with a schema of its own comes back from it', () => {
  test.each<{ is: string; given: Shape; schema: object }>([
    { is: 'nothing', given: emptyShape, schema: { not: {} } },
    { is: 'anything', given: anything, schema: {} },
    { is: 'null', given: shape(ValueClass.null), schema: { type: 'null' } },
    { is: 'a boolean', given: shape(boolean), schema: { type: 'boolean' } },
    {
      is: 'a safe integer',
      given: shape(safeInteger, digits(16)),
      schema: { type: 'integer', minimum: -9007199254740992, maximum: 9007199254740992 },
    },
    {
      is: 'a long integer',
      given: shape(safeInteger | longInteger, digits(19)),
      schema: { type: 'integer' },
    },
    {
      is: 'a wide integer',
      given: shape(safeInteger | longInteger | wideInteger, digits(38)),
      schema: { type: 'integer', 'x-digits': 38 },
    },
    {
      is: 'a double',
      given: shape(safeInteger | double, digits(309, 324)),
      schema: { type: 'number' },
    },
    {
      is: 'a short decimal',
      given: shape(safeInteger | double | decimal, digits(8, 20)),
      schema: { type: 'number', 'x-digits': 28, 'x-scale': 20 },
    },
    {
      is: 'a decimal past long integers',
      given: shape(safeInteger | longInteger | wideInteger | double | decimal, digits(20, 2)),
      schema: { type: 'number', 'x-digits': 22, 'x-scale': 2 },
    },
    {
      is: 'any number',
      given: shape(
        safeInteger | longInteger | wideInteger | double | decimal | wildNumber,
        digits(401, 5),
      ),
      schema: { type: 'number', 'x-digits': 406, 'x-scale': 5 },
    },
    { is: 'a string', given: shape(text), schema: { type: 'string' } },
    { is: 'a date', given: shape(date), schema: { type: 'string', format: 'date' } },
    {
      is: 'a date-time or null',
      given: shape(dateTime | ValueClass.null),
      schema: { type: ['null', 'string'], format: 'date-time' },
    },
    { is: 'a UUID', given: shape(uuid), schema: { type: 'string', format: 'uuid' } },
    { is: 'an object', given: shape(object), schema: { type: 'object' } },
    { is: 'an array', given: shape(array), schema: { type: 'array' } },
    {
      is: 'everything at once',
      given: shape(ValueClass.null | boolean | safeInteger | double | text | object | array, {
        ...digits(309, 324),
        properties: new Map(),
        items: shape(boolean),
      }),
      schema: {
        type: ['null', 'boolean', 'number', 'string', 'object', 'array'],
        properties: {},
        items: { type: 'boolean' },
      },
    },
    {
      is: 'properties in order',
      given: shape(object, {
        properties: new Map([
          ['z', shape(boolean)],
          ['__proto__', shape(date, { optional: true })],
          ['a', shape(array, { items: shape(object, { properties: new Map() }) })],
        ]),
      }),
      schema: {
        type: 'object',
        properties: Object.fromEntries([
          ['z', { type: 'boolean' }],
          ['__proto__', { type: 'string', format: 'date' }],
          ['a', { type: 'array', items: { type: 'object', properties: {} } }],
        ]),
        required: ['z', 'a'],
      },
    },
  ])('$is', ({ given, schema }) => {
    expect(schemaOf(given)).toEqual(schema);
    expect(shapeOf(schemaOf(given))).toEqual(given);
    const again = shapeOf(JSON.parse(JSON.stringify(schemaOf(given))));
    expect([...(again.properties?.keys() ?? [])]).toEqual([...(given.properties?.keys() ?? [])]);
    expect(again).toEqual(given);
  });
});

test.each<{ values: unknown[]; schema: object }>([
  { values: [1], schema: { type: 'integer', minimum: -(2 ** 53), maximum: 2 ** 53 } },
  { values: [1, 2n ** 60n], schema: { type: 'integer' } },
  { values: [2n ** 64n], schema: { type: 'integer', 'x-digits': 38 } },
  { values: [1, 1.5], schema: { type: 'number' } },
  { values: [1.5, 2n ** 60n], schema: { type: 'number', 'x-digits': 20, 'x-scale': 1 } },
  {
    values: [new Decimal('12345678901234567.25')],
    schema: { type: 'number', 'x-digits': 19, 'x-scale': 2 },
  },
  { values: [10n ** 38n], schema: { type: 'number', 'x-digits': 39, 'x-scale': 0 } },
  {
    values: [new Decimal('1e-40'), new Decimal(`1.${'1'.repeat(30)}`)],
    schema: { type: 'number', 'x-digits': 41, 'x-scale': 40 },
  },
  { values: ['2024-01-31', '2024-01-31T00:00:00Z'], schema: { type: 'string' } },
  {
    values: ['2024-01-31', 1n],
    schema: { type: ['integer', 'string'], format: 'date', minimum: -(2 ** 53), maximum: 2 ** 53 },
  },
  { values: [[], null], schema: { type: ['null', 'array'] } },
])('the schema of $values is $schema', ({ values, schema }) => {
  expect(schemaOf(shapeOfValue(values).items ?? emptyShape)).toEqual(schema);
});

test('the shape of the schema of a shape covers that shape', () => {
  const number = fc
    .tuple(
      fc.stringMatching(/^-?(?:0|[1-9][0-9]{0,45})(?:\.[0-9]{1,45})?$/),
      fc.integer({ min: -400, max: 400 }),
      fc.boolean(),
    )
    .map(
      ([mantissa, exponent, plain]) => new Decimal(plain ? mantissa : `${mantissa}e${exponent}`),
    );
  const form = fc.oneof(
    fc.uuid(),
    fc.date({ noInvalidDate: true, min: new Date(0) }).map((at) => at.toISOString().slice(0, 10)),
    fc.constant('2024-01-01T00:00:00Z'),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      number,
      fc.oneof(form, fc.string()),
      fc.constantFrom(null, true),
      fc.array(tie('tree')),
      fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('tree')),
    ),
  }));
  fc.assert(
    fc.property(fc.array(tree), fc.nat(5), (values, maxDepth) => {
      const given = shapeOfValue(values, { maxDepth });
      const back = shapeOf(schemaOf(given));
      expect(mergeShapes(back, given)).toEqual(back);
      expect(widens(back, given)).toBe(false);
      // Once through a schema, a shape has no more to lose.
      expect(sameShape(shapeOf(schemaOf(back)), back)).toBe(true);
    }),
    { numRuns: 250 },
  );
});

describe('a schema of others', () => {
  test.each<{ schema: object; is: Shape }>([
    { schema: { $ref: '#/$defs/x', type: 'string' }, is: anything },
    { schema: { description: 'no type' }, is: anything },
    { schema: { type: 'file' }, is: anything },
    { schema: { type: [] }, is: anything },
    { schema: { type: ['string', 'null'] }, is: shape(text | ValueClass.null) },
    { schema: { type: 'boolean', nullable: true }, is: shape(boolean | ValueClass.null) },
    { schema: { type: 'string', format: 'email' }, is: shape(text) },
    {
      schema: { format: 'date' },
      is: { ...anything, classes: anything.classes & ~(text & ~date) },
    },
    { schema: { type: 'integer', minimum: 0 }, is: shape(safeInteger | longInteger, digits(19)) },
    { schema: { type: 'integer', minimum: 0, maximum: 255 }, is: shape(safeInteger, digits(3)) },
    {
      schema: { type: 'integer', exclusiveMinimum: -10, exclusiveMaximum: 1 },
      is: shape(safeInteger, digits(2)),
    },
    {
      schema: { type: 'integer', minimum: 0, maximum: 2 ** 64 },
      is: shape(safeInteger | longInteger | wideInteger, digits(20)),
    },
    { schema: { type: 'integer', minimum: 0, maximum: 0 }, is: shape(safeInteger) },
    {
      schema: { type: 'number', 'x-digits': -1 },
      is: shape(safeInteger | double, digits(309, 324)),
    },
    {
      schema: { type: 'number', 'x-digits': 5, 'x-scale': 9 },
      is: shape(safeInteger | double | decimal, digits(0, 5)),
    },
    {
      schema: { type: ['integer', 'number'] },
      is: shape(safeInteger | longInteger | double, digits(309, 324)),
    },
    {
      schema: { enum: ['a', 1, null] },
      is: shape(string | safeInteger | ValueClass.null, digits(1)),
    },
    { schema: { const: '2024-01-31' }, is: shape(date) },
    { schema: { const: null, type: 'null' }, is: shape(ValueClass.null) },
    { schema: { type: 'boolean', enum: [() => 1] }, is: shape(boolean) },
    { schema: { type: 'boolean', enum: [] }, is: shape(boolean) },
    {
      schema: { anyOf: [{ type: 'null' }, { type: 'boolean' }] },
      is: shape(boolean | ValueClass.null),
    },
    { schema: { type: 'boolean', oneOf: [{ type: 'null' }, {}] }, is: shape(boolean) },
    { schema: { type: 'boolean', anyOf: [] }, is: shape(boolean) },
    {
      schema: { allOf: [{ type: ['null', 'boolean'] }, { type: ['boolean', 'array'] }] },
      is: shape(boolean),
    },
    { schema: { type: 'array', prefixItems: [{}], items: false }, is: shape(array) },
    { schema: { type: 'array', items: [{ type: 'null' }] }, is: shape(array) },
    { schema: { type: 'array', items: false }, is: shape(array, { items: emptyShape }) },
    { schema: { type: 'array', items: true }, is: shape(array, { items: anything }) },
    { schema: { type: 'object', properties: [1] }, is: shape(object) },
    { schema: { type: 'boolean', properties: { a: {} }, items: {} }, is: shape(boolean) },
    {
      schema: {
        type: 'object',
        properties: { a: { type: 'boolean' } },
        required: ['a', 'b'],
        anyOf: [{ required: ['a'] }, { required: ['b'] }],
      },
      is: shape(object, { properties: new Map([['a', shape(boolean)]]) }),
    },
    {
      schema: {
        allOf: [
          { type: 'object', properties: { a: { type: 'boolean' } }, required: ['a'] },
          { properties: { a: { type: ['boolean', 'null'] }, b: { type: 'null' } } },
        ],
      },
      is: shape(object, {
        properties: new Map([
          ['a', shape(boolean)],
          ['b', shape(ValueClass.null, { optional: true })],
        ]),
      }),
    },
    {
      schema: {
        type: 'object',
        oneOf: [
          { type: 'object', properties: { a: { type: 'boolean' } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'null' } }, required: ['b'] },
        ],
      },
      is: shape(object, {
        properties: new Map([
          ['a', shape(boolean, { optional: true })],
          ['b', shape(ValueClass.null, { optional: true })],
        ]),
      }),
    },
  ])('$schema', ({ schema, is }) => {
    expect(shapeOf({ ...schema })).toEqual(is);
  });

  test('that is true or false allows anything or nothing', () => {
    expect(shapeOf(true)).toEqual(anything);
    expect(shapeOf(false)).toEqual(emptyShape);
  });

  test('that lies within itself is anything there', () => {
    const schema: Record<string, unknown> = { type: 'array' };
    schema['items'] = schema;
    expect(shapeOf(schema)).toEqual(shape(array, { items: anything }));
  });

  test('is followed a hundred levels deep', () => {
    let schema: Record<string, unknown> = { type: 'null' };
    for (let level = 0; level < 50_000; level++) schema = { anyOf: [schema], type: 'array' };
    expect(shapeOf(schema).classes).toBe(array);
  });

  test('whatever it is has a shape', () => {
    const applied = 'type properties items anyOf oneOf allOf enum const not format';
    const others = 'required nullable minimum maximum x-digits x-scale $ref';
    const keyword = fc.constantFrom(...applied.split(' '), ...others.split(' '));
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('object', 'array', 'integer', 'number', 'string', 'date', 'a'),
        fc.jsonValue(),
        fc.array(tie('schema')),
        fc.dictionary(fc.oneof(keyword, fc.constant('a')), tie('schema')),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(keyword, schema), (given) => {
        const back = shapeOf(schemaOf(shapeOf(given)));
        expect(widens(back, shapeOf(given))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
