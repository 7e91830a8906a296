import { schemaOf, ValueClass, type JsonSchema, type Shape } from '@fairlead/json';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flatTypeOf, flatTypeOfSchema } from './flat-type.ts';

describe('the flat type of a schema', () => {
  test.each<[string, JsonSchema, ReturnType<typeof flatTypeOfSchema>]>([
    ['null', { type: 'null' }, undefined],
    ['booleans', { type: ['boolean', 'null'] }, { is: 'boolean' }],
    ['integers of 64 bits', { type: 'integer' }, { is: 'integer', safe: false }],
    [
      'integers that doubles hold',
      { type: 'integer', minimum: -(2 ** 53), maximum: 2 ** 53 },
      { is: 'integer', safe: true },
    ],
    ['doubles', { type: 'number' }, { is: 'number' }],
    ['strings', { type: 'string' }, { is: 'string' }],
    ['strings of an unknown format', { type: 'string', format: 'email' }, { is: 'string' }],
    ['dates', { type: 'string', format: 'date' }, { is: 'date' }],
    ['date-times', { type: 'string', format: 'date-time' }, { is: 'date-time' }],
    ['UUIDs', { type: ['null', 'string'], format: 'uuid' }, { is: 'uuid' }],
    ['objects', { type: 'object', properties: { a: { type: 'integer' } } }, { is: 'json' }],
    ['arrays', { type: 'array' }, { is: 'json' }],
    ['strings and integers', { type: ['string', 'integer'] }, { is: 'json' }],
    ['booleans and integers', { type: ['boolean', 'integer'] }, { is: 'json' }],
    ['anything', {}, { is: 'json' }],
    ['nothing', { not: {} }, undefined],
  ])('of %s', (_, schema, type) => {
    expect(flatTypeOfSchema(schema)).toEqual(type);
  });

  const { safeInteger, longInteger, wideInteger, double, decimal, wildNumber } = ValueClass;
  test.each<[string, number, number, number, ReturnType<typeof flatTypeOfSchema>]>([
    ['safe integers and doubles', safeInteger | double, 16, 300, { is: 'number' }],
    ['wide integers', safeInteger | wideInteger, 25, 0, { is: 'integer-wide', digits: 38 }],
    [
      'long and wide integers',
      longInteger | wideInteger,
      38,
      0,
      { is: 'integer-wide', digits: 38 },
    ],
    ['decimals', decimal, 5, 20, { is: 'decimal', precision: 25, scale: 20 }],
    ['decimals below one', decimal, 0, 30, { is: 'decimal', precision: 30, scale: 30 }],
    [
      'long integers and doubles of few digits',
      longInteger | double,
      19,
      2,
      { is: 'decimal', precision: 21, scale: 2 },
    ],
    ['long integers and doubles of many digits', longInteger | double, 19, 300, { is: 'string' }],
    ['decimals and doubles', decimal | double, 20, 18, { is: 'decimal', precision: 38, scale: 18 }],
    ['decimals of more than 38 digits in all', decimal | double, 20, 19, { is: 'string' }],
    ['numbers that nothing holds', wildNumber | safeInteger, 400, 0, { is: 'string' }],
  ])('of %s', (_, classes, integerDigits, scale, type) => {
    const shape: Shape = { classes, integerDigits, scale, optional: false };
    expect(flatTypeOfSchema(schemaOf(shape))).toEqual(type);
  });

  test('is decimal only with room for every digit', () => {
    const shapes = fc.record({
      classes: fc.integer({ min: 0, max: 127 }),
      integerDigits: fc.integer({ min: 0, max: 40 }),
      scale: fc.integer({ min: 0, max: 40 }),
    });
    fc.assert(
      fc.property(shapes, (bounds) => {
        const type = flatTypeOfSchema(schemaOf({ ...bounds, optional: false }));
        if (type?.is !== 'decimal') return;
        expect(type.precision).toBeLessThanOrEqual(38);
        expect(type.scale).toBeGreaterThanOrEqual(bounds.scale);
        expect(type.precision - type.scale).toBeGreaterThanOrEqual(bounds.integerDigits);
      }),
    );
  });
});

test('date-times of a key are strings, as two texts may name one instant', () => {
  const schema = { type: 'string', format: 'date-time' };
  expect(flatTypeOf({ schema, key: true })).toEqual({ is: 'string' });
  expect(flatTypeOf({ schema, key: false })).toEqual({ is: 'date-time' });
  expect(flatTypeOf({ schema: { type: 'string', format: 'date' }, key: true })).toEqual({
    is: 'date',
  });
});
