import { expect, test } from 'vitest';
import { columnTypes, typeOf } from './column-types.ts';

test.each([
  [{ type: 'integer' }, 'integer'],
  [{ type: ['integer', 'null'] }, 'integer'],
  [{ type: ['number', 'string'] }, 'number|string'],
  [{ type: 'string', format: 'date-time' }, 'string date-time'],
  [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'integer'],
  [{ anyOf: [{ type: 'integer' }, { type: 'string', format: 'date' }] }, 'integer|string date'],
  [{ oneOf: [{ type: 'string' }, { type: 'string' }] }, 'string'],
  [{ type: 'null' }, 'null'],
  [{ anyOf: [{ type: 'null' }] }, 'null'],
  [{}, 'any'],
  [true, 'any'],
])('%j holds %s', (schema, type) => {
  expect(typeOf(schema)).toBe(type);
});

test('columns come in the order of the schema; a schema that knows none has none', () => {
  const schema = { type: 'object', properties: { b: { type: 'string' }, a: {} } };
  expect(columnTypes(schema)).toEqual([
    { name: 'b', type: 'string' },
    { name: 'a', type: 'any' },
  ]);
  expect(columnTypes({ type: 'object' })).toEqual([]);
});
