import {
  doubleQuoted,
  singleQuoted,
  standardDdl,
  type Condition,
  type Dialect,
  type FlatType,
  type StoredType,
} from '@fairlead/sql-materialize';

/** DuckDB's SQL, in a session whose time zone is UTC. */
export const duckdbDialect: Dialect = {
  quote: doubleQuoted,
  literal: singleQuoted,
  placeholder: (number) => `$${number}`,
  now: 'now()',
  fold: (identifier) => identifier.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  maxIdentifierBytes: Number.POSITIVE_INFINITY,
  // The parser ends at a NUL.
  // oxlint-disable-next-line no-control-regex
  forbidden: /\u0000/g,
  typeOf,
  parseType,
  cast,
  holds: (table, column, condition) =>
    `SELECT coalesce(bool_and(${holds(column, condition)}), true) FROM ${table} WHERE ${column} IS NOT NULL`,
  ddl: standardDdl,
};

/** A date-time as RFC 3339 in UTC, to the microsecond. */
function rfc3339(column: string): string {
  return `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%fZ')`;
}

function typeOf(type: FlatType): string {
  return type.is === 'decimal' ? `DECIMAL(${type.precision},${type.scale})` : names[type.is];
}

const names: Readonly<Record<Exclude<FlatType['is'], 'decimal'>, string>> = {
  boolean: 'BOOLEAN',
  integer: 'BIGINT',
  'integer-wide': 'HUGEINT',
  number: 'DOUBLE',
  string: 'VARCHAR',
  date: 'DATE',
  'date-time': 'TIMESTAMP WITH TIME ZONE',
  uuid: 'UUID',
  json: 'JSON',
};

function parseType(type: string): StoredType {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (precision !== undefined && scale !== undefined) {
    return { is: 'decimal', precision: Number(precision), scale: Number(scale) };
  }
  return Object.hasOwn(stored, type) ? (stored[type] ?? foreign) : foreign;
}

const foreign: StoredType = { is: 'foreign' };
const integer: FlatType = { is: 'integer', safe: false };
const wide: FlatType = { is: 'integer-wide', digits: 38 };

const stored: Readonly<Record<string, StoredType>> = {
  BOOLEAN: { is: 'boolean' },
  BIGINT: integer,
  HUGEINT: wide,
  DOUBLE: { is: 'number' },
  VARCHAR: { is: 'string' },
  DATE: { is: 'date' },
  'TIMESTAMP WITH TIME ZONE': { is: 'date-time' },
  UUID: { is: 'uuid' },
  JSON: { is: 'json' },
  TINYINT: { is: 'narrow', within: integer },
  SMALLINT: { is: 'narrow', within: integer },
  INTEGER: { is: 'narrow', within: integer },
  UTINYINT: { is: 'narrow', within: integer },
  USMALLINT: { is: 'narrow', within: integer },
  UINTEGER: { is: 'narrow', within: integer },
  UBIGINT: { is: 'narrow', within: wide },
  FLOAT: { is: 'narrow', within: { is: 'number' } },
};

function cast(column: string, from: StoredType, to: FlatType): string | undefined {
  if (from.is === 'foreign') return undefined;
  const source = from.is === 'narrow' ? from.within : from;
  if (to.is === 'json') return jsonOf(column, source);
  if (to.is === 'string') return textOf(column, source);
  return `CAST(${column} AS ${typeOf(to)})`;
}

function textOf(column: string, from: FlatType): string {
  if (from.is === 'date-time') return rfc3339(column);
  if (from.is === 'decimal') return plainDecimal(column, from.precision, from.scale);
  return `CAST(${column} AS VARCHAR)`;
}

/** A decimal as JSON writes it: a digit before the point, and no zeros that only fill its scale. */
function plainDecimal(column: string, precision: number, scale: number): string {
  const digits = `CAST(${column} AS VARCHAR)`;
  if (scale === 0) return digits;
  const short = `rtrim(rtrim(${digits}, '0'), '.')`;
  // DuckDB leaves out the zero before the point where there can be no other digit.
  return precision > scale ? short : `regexp_replace(${digits}, '^(-?)[.]', '\\10.')`;
}

/** The JSON text of a value: numbers keep their digits, which DuckDB's own `to_json` may round. */
export function jsonText(column: string, from: FlatType): string {
  switch (from.is) {
    case 'boolean':
    case 'integer':
    case 'integer-wide':
    case 'number':
    case 'decimal':
      return textOf(column, from);
    case 'json':
      return `CAST(${column} AS VARCHAR)`;
    case 'date':
    case 'date-time':
    case 'uuid':
      return `'"' || ${textOf(column, from)} || '"'`;
    case 'string':
      return `CAST(to_json(${column}) AS VARCHAR)`;
  }
}

function jsonOf(column: string, from: FlatType): string {
  return from.is === 'json' ? column : `CAST(${jsonText(column, from)} AS JSON)`;
}

function holds(column: string, condition: Condition): string {
  return condition.is === 'safe'
    ? `${column} BETWEEN -9007199254740992 AND 9007199254740992`
    : `length(split_part(ltrim(CAST(${column} AS VARCHAR), '-'), '.', 1)) <= ${condition.atMost}`;
}
