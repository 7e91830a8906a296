import type { DuckDBConnection } from '@duckdb/node-api';
import { convertSql, lossSql } from './convert-sql.ts';
import { duckdbType, type ColumnType } from './column-type.ts';
import { rowIdSql } from './row-id.ts';
import { quoted, quotedList } from './sql.ts';
import {
  batchColumn,
  createSql,
  idColumn,
  indexColumn,
  sqlName,
  type StoredTable,
} from './stored-table.ts';
import { widestType } from './widest-type.ts';

/** What a table needs to have: columns of at least these types, and exactly this key. */
export interface NeededTable {
  readonly columns: ReadonlyMap<string, ColumnType>;
  readonly key: readonly string[];
}

/**
 * Gives the table what it needs: columns are added, types widened with the values that are there, and
 * another key is taken. Answers with the table as it is then. Unless it may be altered in place, it is made anew.
 */
export async function alterTable(
  connection: DuckDBConnection,
  stored: StoredTable,
  needed: NeededTable,
  { inPlace }: { readonly inPlace: boolean },
): Promise<StoredTable> {
  const columns = new Map(stored.columns);
  const added: string[] = [];
  let isWider = false;
  for (const [name, type] of needed.columns) {
    const before = stored.columns.get(name);
    if (before === undefined) added.push(name);
    const wide = before === undefined ? type : await widened(connection, stored, name, type);
    isWider ||= before !== undefined && duckdbType(wide) !== duckdbType(before);
    columns.set(name, wide);
  }
  const altered = { ...stored, columns, key: needed.key };
  const hasOtherKey = needed.key.join('\0') !== stored.key.join('\0');
  if (isWider || hasOtherKey || (added.length > 0 && !inPlace)) {
    return await rebuild(connection, stored, altered);
  }
  for (const name of added) {
    const type = columns.get(name) ?? { name: 'STRING' };
    await connection.run(
      `ALTER TABLE ${sqlName(stored)} ADD COLUMN ${quoted(name)} ${duckdbType(type)}`,
    );
  }
  return altered;
}

/** The type of a column that is to hold another one too. What is there has to fit. */
async function widened(
  connection: DuckDBConnection,
  table: StoredTable,
  name: string,
  type: ColumnType,
): Promise<ColumnType> {
  const before = table.columns.get(name) ?? type;
  const wide = widestType(before, type);
  const loss = lossSql(quoted(name), before, wide);
  if (loss === undefined) return wide;
  const lost = await connection.runAndReadAll(
    `SELECT 1 FROM ${sqlName(table)} WHERE ${loss} LIMIT 1`,
  );
  return lost.currentRowCount === 0 ? wide : { name: 'STRING' };
}

/** DuckDB changes no column of a key in place. */
async function rebuild(
  connection: DuckDBConnection,
  before: StoredTable,
  after: StoredTable,
): Promise<StoredTable> {
  // The columns that told rows apart go with the key they made.
  const columns = new Map(
    [...after.columns].filter(
      ([name]) => after.key.includes(name) || ![idColumn, batchColumn, indexColumn].includes(name),
    ),
  );
  const rebuilt = { ...after, columns, name: `${before.name}~` };
  const values = [...columns].map(([name, type]) => {
    const from = before.columns.get(name);
    if (from !== undefined) return convertSql(quoted(name), from, type);
    if (name === idColumn) return rowIdSql(before.columns);
    if (name === batchColumn) return '0';
    return name === indexColumn ? 'row_number() OVER () - 1' : 'NULL';
  });
  await connection.run(createSql(rebuilt));
  await connection.run(
    `INSERT INTO ${sqlName(rebuilt)} (${quotedList([...columns.keys()])})
     SELECT ${values.join(', ')} FROM ${sqlName(before)}`,
  );
  await connection.run(`DROP TABLE ${sqlName(before)}`);
  await connection.run(`ALTER TABLE ${sqlName(rebuilt)} RENAME TO ${quoted(before.name)}`);
  return { ...after, columns };
}
