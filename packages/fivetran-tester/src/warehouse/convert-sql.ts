import { duckdbType, isText, type ColumnType } from './column-type.ts';

/** SQL for a stored value of the one type as a value of the other, which is as wide or wider. */
export function convertSql(value: string, from: ColumnType, to: ColumnType): string {
  if (isText(from) || duckdbType(from) === duckdbType(to)) return value;
  return isText(to) ? textSql(value, from) : `CAST(${value} AS ${duckdbType(to)})`;
}

/** SQL for the text of a value: numbers as digits, dates and times as ISO 8601, bytes as base64. */
export function textSql(value: string, { name }: ColumnType): string {
  if (name === 'BINARY') return `to_base64(${value})`;
  if (name === 'NAIVE_DATETIME') return `strftime(${value}, '%Y-%m-%dT%H:%M:%S.%f')`;
  if (name === 'UTC_DATETIME') {
    return `strftime(make_timestamp(epoch_us(${value})), '%Y-%m-%dT%H:%M:%S.%fZ')`;
  }
  return `CAST(${value} AS VARCHAR)`;
}

/**
 * SQL that is true for a value that the other type would not hold as it is; undefined where there is
 * none such.
 */
export function lossSql(value: string, from: ColumnType, to: ColumnType): string | undefined {
  return from.name === 'LONG' && to.name === 'DOUBLE'
    ? `abs(CAST(${value} AS HUGEINT)) > ${Number.MAX_SAFE_INTEGER}`
    : undefined;
}
