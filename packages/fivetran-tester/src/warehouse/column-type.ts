/** A type of a column as Fivetran's protocols name it. */
export type DataTypeName =
  | 'BOOLEAN'
  | 'SHORT'
  | 'INT'
  | 'LONG'
  | 'DECIMAL'
  | 'FLOAT'
  | 'DOUBLE'
  | 'NAIVE_DATE'
  | 'NAIVE_DATETIME'
  | 'UTC_DATETIME'
  | 'NAIVE_TIME'
  | 'BINARY'
  | 'XML'
  | 'STRING'
  | 'JSON';

/** The type of a column. */
export interface ColumnType {
  readonly name: DataTypeName;
  /** Digits of a `DECIMAL`, at most 38, and those of them that are its fraction. What the values need unless given. */
  readonly precision?: number;
  readonly scale?: number;
}

/** A column as the source calls it. */
export interface WarehouseColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * A value. By type: `BOOLEAN` boolean; `SHORT`, `INT` number; `LONG` bigint or a safe number; `FLOAT`,
 * `DOUBLE` number; `DECIMAL` text of digits; `BINARY` bytes; all others text, which for dates and
 * times is ISO 8601. Digits of a second beyond the sixth are cut off, as DuckDB has none.
 */
export type Cell = null | boolean | number | bigint | string | Uint8Array;

/** What DuckDB calls the type, as Fivetran's own warehouse file has it. */
export function duckdbType(type: ColumnType): string {
  if (type.name !== 'DECIMAL') return plainTypes[type.name];
  return `DECIMAL(${type.precision ?? 38},${type.scale ?? 0})`;
}

/** The type that a column of DuckDB's type stands for; `STRING` for those that nothing here makes. */
export function typeOfDuckdb(type: string): ColumnType {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (precision !== undefined && scale !== undefined) {
    return { name: 'DECIMAL', precision: Number(precision), scale: Number(scale) };
  }
  return { name: typesOfDuckdb.get(type) ?? 'STRING' };
}

/** Whether values are kept as text, whatever they were. */
export function isText({ name }: ColumnType): boolean {
  return plainTypes[name] === 'VARCHAR';
}

const plainTypes: Readonly<Record<DataTypeName, string>> = {
  BOOLEAN: 'BOOLEAN',
  SHORT: 'SMALLINT',
  INT: 'INTEGER',
  LONG: 'BIGINT',
  DECIMAL: 'DECIMAL',
  FLOAT: 'FLOAT',
  DOUBLE: 'DOUBLE',
  NAIVE_DATE: 'DATE',
  NAIVE_DATETIME: 'TIMESTAMP',
  UTC_DATETIME: 'TIMESTAMP WITH TIME ZONE',
  NAIVE_TIME: 'TIME',
  BINARY: 'BLOB',
  XML: 'VARCHAR',
  STRING: 'VARCHAR',
  JSON: 'VARCHAR',
};

const typesOfDuckdb: ReadonlyMap<string, DataTypeName> = new Map([
  ['BOOLEAN', 'BOOLEAN'],
  ['SMALLINT', 'SHORT'],
  ['INTEGER', 'INT'],
  ['BIGINT', 'LONG'],
  ['FLOAT', 'FLOAT'],
  ['DOUBLE', 'DOUBLE'],
  ['DATE', 'NAIVE_DATE'],
  ['TIMESTAMP', 'NAIVE_DATETIME'],
  ['TIMESTAMP WITH TIME ZONE', 'UTC_DATETIME'],
  ['TIME', 'NAIVE_TIME'],
  ['BLOB', 'BINARY'],
]);
