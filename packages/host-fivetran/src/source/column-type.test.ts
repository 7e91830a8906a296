import { expect, test } from 'vitest';
import { DataType } from '../protocol/common.gen.ts';
import { columnTypeOf } from './column-type.ts';

const nameOf = (type: DataType) =>
  Object.entries(DataType).find(([, value]) => value === type)?.[0] ?? '';

test.each([
  [{ type: 'boolean' }, 'BOOLEAN'],
  [{ type: ['null', 'boolean'] }, 'BOOLEAN'],
  [{ type: 'integer' }, 'LONG'],
  [{ type: 'integer', minimum: -32768, maximum: 32767 }, 'SHORT'],
  [{ type: 'integer', minimum: 0, maximum: 32768 }, 'INT'],
  [{ type: 'integer', minimum: 0, maximum: 2 ** 31 }, 'LONG'],
  [{ type: 'integer', minimum: 0 }, 'LONG'],
  [{ type: 'integer', 'x-digits': 38 }, 'DECIMAL(38,0)'],
  [{ type: 'number' }, 'DOUBLE'],
  [{ type: 'number', 'x-digits': 10, 'x-scale': 2 }, 'DECIMAL(10,2)'],
  [{ type: 'number', 'x-digits': 38, 'x-scale': 38 }, 'STRING'],
  [{ type: 'number', 'x-digits': 400, 'x-scale': 2 }, 'STRING'],
  [{ type: ['number', 'string'], format: 'number' }, 'DOUBLE'],
  [{ type: 'string', format: 'decimal' }, 'DECIMAL'],
  [{ type: 'string' }, 'STRING'],
  [{ type: 'string', format: 'uuid' }, 'STRING'],
  [{ type: 'string', format: 'time' }, 'STRING'],
  [{ type: 'string', format: 'date' }, 'NAIVE_DATE'],
  [{ type: 'string', format: 'date-time' }, 'UTC_DATETIME'],
  [{ anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] }, 'UTC_DATETIME'],
  [
    { type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
    'NAIVE_DATETIME',
  ],
  [{ type: 'string', contentEncoding: 'base64' }, 'BINARY'],
  [{ anyOf: [{ type: 'string', contentEncoding: 'base64' }, { type: 'null' }] }, 'BINARY'],
  [{ type: 'string', contentMediaType: 'application/xml' }, 'XML'],
  [{ type: 'object' }, 'JSON'],
  [{ type: 'array' }, 'JSON'],
  [{ type: ['string', 'object'] }, 'JSON'],
  [{ type: ['string', 'integer'] }, 'STRING'],
  [{ type: ['boolean', 'integer'] }, 'STRING'],
  [{ enum: ['a', 'b'] }, 'STRING'],
  [{ enum: [1, 2] }, 'LONG'],
  [{ type: 'null' }, 'UNSPECIFIED'],
  [{}, 'UNSPECIFIED'],
])('%j is a column of %s', (schema, expected) => {
  const { type, precision, scale } = columnTypeOf(schema);
  const digits = precision === undefined ? '' : `(${precision},${scale})`;
  expect(nameOf(type) + digits).toBe(expected);
});
