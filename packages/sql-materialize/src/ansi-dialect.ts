import {
  doubleQuoted,
  singleQuoted,
  standardDdl,
  type Dialect,
  type StoredType,
} from './dialect.ts';
import type { FlatType } from './flat-type.ts';

/** A dialect for tests, of an imaginary destination. Type names are those of flat types. */
export const ansiDialect: Dialect = {
  quote: doubleQuoted,
  literal: singleQuoted,
  placeholder: (number) => `$${number}`,
  now: 'now()',
  fold: (identifier) => identifier.toLowerCase(),
  maxIdentifierBytes: 63,
  forbidden: /[!;]/g,
  typeOf: (type) =>
    type.is === 'decimal' ? `DECIMAL(${type.precision},${type.scale})` : type.is.toUpperCase(),
  parseType: (type): StoredType => types[type] ?? { is: 'foreign' },
  cast: (column, from, to) =>
    from.is === 'foreign' ? undefined : `CAST(${column} AS ${ansiDialect.typeOf(to)})`,
  holds: (table, column, { is }) => `SELECT ${is} OF ${column} FROM ${table}`,
  ddl: standardDdl,
};

const integer: FlatType = { is: 'integer', safe: false };

const types: Readonly<Record<string, StoredType>> = {
  BOOLEAN: { is: 'boolean' },
  INTEGER: integer,
  'INTEGER-WIDE': { is: 'integer-wide', digits: 38 },
  NUMBER: { is: 'number' },
  'DECIMAL(10,2)': { is: 'decimal', precision: 10, scale: 2 },
  STRING: { is: 'string' },
  DATE: { is: 'date' },
  'DATE-TIME': { is: 'date-time' },
  UUID: { is: 'uuid' },
  JSON: { is: 'json' },
  SMALLINT: { is: 'narrow', within: integer },
};
