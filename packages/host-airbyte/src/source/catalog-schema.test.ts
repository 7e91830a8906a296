import { documentSchema } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { catalogSchema } from './catalog-schema.ts';

/** What becomes of the schema of one member. */
const memberOf = (schema: unknown, isKey = false) => {
  const properties = { member: schema };
  const catalog = catalogSchema({ type: 'object', properties }, new Set(isKey ? ['member'] : []));
  return (catalog['properties'] as Record<string, unknown>)['member'];
};

const zoned = { format: 'date-time', airbyte_type: 'timestamp_with_timezone' };

describe('a member', () => {
  test.each([
    { from: { type: 'string' }, to: { type: ['null', 'string'] } },
    { from: { type: ['string', 'null'] }, to: { type: ['null', 'string'] } },
    { from: { type: ['integer', 'string'] }, to: { type: ['null', 'integer', 'string'] } },
    { from: { type: 'string', format: 'date' }, to: { type: ['null', 'string'], format: 'date' } },
    { from: { type: 'string', format: 'date-time' }, to: { type: ['null', 'string'], ...zoned } },
    {
      from: { type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
      to: { type: ['null', 'string'], ...zoned, airbyte_type: 'timestamp_without_timezone' },
    },
    {
      from: { type: 'integer', minimum: 0, maximum: 9, 'x-digits': 38 },
      to: { type: ['null', 'integer'], 'x-digits': 38 },
    },
    { from: { not: {} }, to: {} },
    { from: {}, to: {} },
    { from: { $ref: '#/x' }, to: {} },
    { from: { const: 'a', type: 'string' }, to: { type: ['null', 'string'], enum: ['a', null] } },
    { from: { enum: ['a'], type: 'string' }, to: { type: ['null', 'string'], enum: ['a', null] } },
    {
      from: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      to: { type: ['null', 'integer'] },
    },
    {
      from: { anyOf: [{ type: 'integer' }, { type: 'boolean' }] },
      to: { type: ['null', 'integer', 'boolean'] },
    },
    {
      from: { oneOf: [{ type: 'string', format: 'date-time' }, { type: 'integer' }] },
      to: { oneOf: [{ type: 'null' }, { type: 'string', ...zoned }, { type: 'integer' }] },
    },
    {
      from: {
        allOf: [
          { type: 'object', properties: { a: {} } },
          { properties: { b: { type: 'string' } } },
        ],
      },
      to: { type: ['null', 'object'], properties: { a: {}, b: { type: ['null', 'string'] } } },
    },
    {
      from: {
        type: 'object',
        properties: { a: { type: 'array', items: { type: 'string', format: 'date-time' } } },
        required: ['a'],
        additionalProperties: false,
      },
      to: {
        type: ['null', 'object'],
        properties: { a: { type: ['null', 'array'], items: { type: 'string', ...zoned } } },
      },
    },
  ])('with $from has $to', ({ from, to }) => {
    expect(memberOf(from)).toEqual(to);
  });

  test('of the key is not null', () => {
    expect(memberOf({ type: 'integer' }, true)).toEqual({ type: 'integer' });
  });
});

test('the schema of a zod object has nothing that catalogs may not have', () => {
  const document = z.object({
    id: z.int(),
    at: z.iso.datetime().nullable(),
    kind: z.union([z.literal('a'), z.literal('b')]).optional(),
    pair: z.tuple([z.string(), z.number()]),
    more: z.record(z.string(), z.number()),
  });
  const schema = catalogSchema(documentSchema(document), new Set(['id']));
  const forbidden =
    /\$ref|allOf|anyOf|"not"|prefixItems|patternProperties|propertyNames|additionalProperties":(?!true)/;
  expect(JSON.stringify(schema)).not.toMatch(forbidden);
  expect(schema['additionalProperties']).toBe(true);
  expect(Object.keys(schema['properties'] as object)).toEqual(['id', 'at', 'kind', 'pair', 'more']);
});
