import type { ColumnType } from './column-type.ts';
import { textSql } from './convert-sql.ts';
import { literal, quoted } from './sql.ts';
import { systemColumns } from './stored-table.ts';

/**
 * SQL for what tells a row without a key from others: a hash over its values. Columns without a
 * value do not count, so that a row keeps it when the table gets more columns.
 */
export function rowIdSql(columns: ReadonlyMap<string, ColumnType>): string {
  const values = [...columns]
    .filter(([name]) => !systemColumns.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, type]) => {
      const text = textSql(quoted(name), type);
      return `${literal(`${name}:`)} || length(${text}) || ':' || ${text}`;
    });
  return `md5(concat_ws(',', ${["''", ...values].join(', ')}))`;
}
