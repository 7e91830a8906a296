import type { PlainSqlType, SqlColumn, SqlDialect, SqlTableName, SqlType } from '@fairlead/sdk';
import { doubleQuoted as quote, singleQuoted as literal } from '@fairlead/sql-materialize';

/**
 * DuckDB's SQL for hosts that say themselves what becomes of tables, in a session whose time zone is UTC.
 *
 * Names begin with that of the database, which may be the same as one of a schema.
 *
 * Tables have no primary key, whose index would cost more than all the rest, and would be in the way of
 * changes. That a column is part of the key is said by its comment, and so is that its texts are XML.
 */
export function sqlDialect(catalog: string): SqlDialect {
  const schemaOf = ({ schema }: SqlTableName) => `${quote(catalog)}.${quote(schema)}`;
  const nameOf = (table: SqlTableName) => `${schemaOf(table)}.${quote(table.table)}`;
  const comment = (table: SqlTableName, column: SqlColumn) => {
    const said = commentOf(column);
    return `COMMENT ON COLUMN ${nameOf(table)}.${quote(column.name)} IS ${said === '' ? 'NULL' : literal(said)}`;
  };
  return {
    quote,
    literal,
    nameOf,
    typeOf,
    parse,
    convert,
    millisecondBefore: (instant) => `${instant} - INTERVAL '1 millisecond'`,
    createTable: (table, columns) => [
      `CREATE SCHEMA IF NOT EXISTS ${schemaOf(table)}`,
      `CREATE TABLE ${nameOf(table)} (${columns.map(({ name, type }) => `${quote(name)} ${typeOf(type)}`).join(', ')})`,
      ...columns
        .filter((column) => commentOf(column) !== '')
        .map((column) => comment(table, column)),
    ],
    addColumn: (table, column) => [
      `ALTER TABLE ${nameOf(table)} ADD COLUMN ${quote(column.name)} ${typeOf(column.type)}`,
      ...(commentOf(column) === '' ? [] : [comment(table, column)]),
    ],
    changeType: (table, from, to) => [
      `ALTER TABLE ${nameOf(table)} ALTER COLUMN ${quote(to.name)} TYPE ${typeOf(to.type)} USING ${convert(quote(from.name), from.type, to.type)}`,
      comment(table, to),
    ],
    changeKey: (table, columns) => columns.map((column) => comment(table, column)),
    renameTable: (table, to) => [`ALTER TABLE ${nameOf(table)} RENAME TO ${quote(to)}`],
    updateFrom: ({ table, from, set, on }) =>
      `UPDATE ${table} AS t SET ${set.map(([column, value]) => `${column} = ${value}`).join(', ')} FROM ${from} AS s WHERE ${on}`,
  };
}

/** What a column is, as the catalog has it. */
export function columnOf(name: string, type: string, said: string): SqlColumn {
  const words = said.split(', ');
  const read = readType(type);
  const isXml = read.is === 'text' && words.includes(xmlWord);
  return { name, type: isXml ? { is: 'xml' } : read, key: words.includes(keyWord) };
}

const keyWord = 'key';
const xmlWord = 'XML';

function commentOf({ type, key }: SqlColumn): string {
  return [...(key ? [keyWord] : []), ...(type.is === 'xml' ? [xmlWord] : [])].join(', ');
}

/** The type of a column. */
export function typeOf(type: SqlType): string {
  if (type.is === 'decimal') return `DECIMAL(${type.precision},${type.scale})`;
  return type.is === 'text' ? 'VARCHAR' : plainTypes[type.is];
}

const plainTypes: Readonly<Record<PlainSqlType, string>> = {
  boolean: 'BOOLEAN',
  short: 'SMALLINT',
  int: 'INTEGER',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  datetime: 'TIMESTAMP',
  instant: 'TIMESTAMP WITH TIME ZONE',
  time: 'TIME',
  binary: 'BLOB',
  json: 'JSON',
  xml: 'VARCHAR',
};

/** The type that holds what a column of DuckDB does; where there is none, what it says as a text. */
function readType(type: string): SqlType {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (precision !== undefined && scale !== undefined) {
    return { is: 'decimal', precision: Number(precision), scale: Number(scale) };
  }
  if (/\]$|^(?:STRUCT|MAP|UNION)\(/.test(type)) return { is: 'json' };
  return Object.hasOwn(readTypes, type) ? (readTypes[type] ?? text) : text;
}

const text: SqlType = { is: 'text' };

const readTypes: Readonly<Record<string, SqlType>> = {
  BOOLEAN: { is: 'boolean' },
  TINYINT: { is: 'short' },
  UTINYINT: { is: 'short' },
  SMALLINT: { is: 'short' },
  USMALLINT: { is: 'int' },
  INTEGER: { is: 'int' },
  UINTEGER: { is: 'long' },
  BIGINT: { is: 'long' },
  UBIGINT: { is: 'decimal', precision: 20, scale: 0 },
  HUGEINT: { is: 'decimal', precision: 38, scale: 0 },
  FLOAT: { is: 'float' },
  DOUBLE: { is: 'double' },
  DATE: { is: 'date' },
  TIMESTAMP: { is: 'datetime' },
  TIMESTAMP_S: { is: 'datetime' },
  TIMESTAMP_MS: { is: 'datetime' },
  'TIMESTAMP WITH TIME ZONE': { is: 'instant' },
  TIME: { is: 'time' },
  BLOB: { is: 'binary' },
  JSON: { is: 'json' },
};

/** The value that a text stands for; it fails where there is none. */
export function parse(value: string, type: SqlType): string {
  const cast = `CAST(${value} AS ${typeOf(type)})`;
  switch (type.is) {
    case 'text':
    case 'xml':
      return value;
    case 'binary':
      return `from_base64(${value})`;
    case 'short':
    case 'int':
    case 'long':
      // DuckDB would round.
      return `CASE WHEN contains(${value}, '.') THEN CAST('a fraction' AS ${typeOf(type)}) ELSE ${cast} END`;
    case 'float':
      // Too large a number would be infinite.
      return `CASE WHEN isinf(${cast}) AND NOT contains(${value}, 'I') THEN CAST('too large' AS FLOAT) ELSE ${cast} END`;
    case 'decimal':
      return `CASE WHEN ${value} IS NULL OR ${fits(value, type)} THEN ${cast} ELSE CAST('too many digits' AS ${typeOf(type)}) END`;
    default:
      return cast;
  }
}

/** Whether a decimal has no more digits after the point than its type, which DuckDB would round. */
function fits(value: string, type: SqlType & { readonly is: 'decimal' }): string {
  const plain = `regexp_full_match(${value}, '[+-]?\\d*\\.?\\d{0,${type.scale}}0*')`;
  const part = (index: number) => `split_part(lower(${value}), 'e', ${index})`;
  const fraction = `length(rtrim(split_part(${part(1)}, '.', 2), '0'))`;
  return `(${plain} OR (contains(lower(${value}), 'e') AND ${fraction} - CAST(${part(2)} AS INTEGER) <= ${type.scale}))`;
}

function convert(value: string, from: SqlType, to: SqlType): string {
  if (to.is === 'text' || to.is === 'xml') return textOf(value, from);
  if (to.is === 'json') return jsonOf(value, from);
  if (from.is === 'text' || from.is === 'xml' || from.is === 'json') {
    return parse(`CAST(${value} AS VARCHAR)`, to);
  }
  if (isNumber(from) && isNumber(to)) return parse(textOf(value, from), to);
  return `CAST(${value} AS ${typeOf(to)})`;
}

function isNumber({ is }: SqlType): boolean {
  return ['short', 'int', 'long', 'decimal', 'float', 'double'].includes(is);
}

function textOf(value: string, from: SqlType): string {
  switch (from.is) {
    case 'text':
    case 'xml':
      return value;
    case 'binary':
      return `to_base64(${value})`;
    case 'instant':
      return `strftime(${value}, '%Y-%m-%dT%H:%M:%S.%fZ')`;
    case 'datetime':
      return `strftime(${value}, '%Y-%m-%dT%H:%M:%S.%f')`;
    case 'decimal':
      return plainDecimal(value, from.scale);
    case 'double':
    case 'float':
      // As integers where they are, so that they become such.
      return `regexp_replace(replace(replace(CAST(${value} AS VARCHAR), 'inf', 'Infinity'), 'nan', 'NaN'), '\\.0$', '')`;
    default:
      return `CAST(${value} AS VARCHAR)`;
  }
}

/** A decimal without the zeros that only fill its scale. */
function plainDecimal(value: string, scale: number): string {
  const digits = `CAST(${value} AS VARCHAR)`;
  return scale === 0 ? digits : `rtrim(rtrim(${digits}, '0'), '.')`;
}

function jsonOf(value: string, from: SqlType): string {
  const said = textOf(value, from);
  if (from.is === 'json') return value;
  if (from.is === 'text' || from.is === 'xml') {
    return `CASE WHEN json_valid(${value}) THEN CAST(${value} AS JSON) ELSE to_json(${value}) END`;
  }
  if (isNumber(from) || from.is === 'boolean') {
    return `CASE WHEN json_valid(${said}) THEN CAST(${said} AS JSON) ELSE to_json(${said}) END`;
  }
  return `to_json(${said})`;
}
