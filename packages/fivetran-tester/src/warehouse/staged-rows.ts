import type { DuckDBConnection } from '@duckdb/node-api';
import { Failure } from '@fairlead/sdk';
import type { ColumnType, WarehouseColumn } from './column-type.ts';
import { convertSql, lossSql } from './convert-sql.ts';
import { decimalType } from './decimal-type.ts';
import { quoted, quotedList } from './sql.ts';
import { stage, stagedName, stagedSql } from './staging.ts';
import type { StoredTable } from './stored-table.ts';
import type { TableCatalog } from './table-catalog.ts';
import { expectWholeKeys, type Rows, type TableShape } from './table-shape.ts';
import { widestType } from './widest-type.ts';

/** Rows in the temporary table, and the table that is ready for them. */
export interface StagedRows {
  readonly table: StoredTable;
  readonly columns: readonly StagedColumn[];
}

/** A column as the table has it. */
export interface StagedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** What was staged, of this type. */
  readonly sql: string;
}

/**
 * Stages rows, and has the table ready for them.
 * @throws {Failure} data when a row has no whole key, or a value of another type than its column.
 */
export async function stageRows(
  connection: DuckDBConnection,
  catalog: TableCatalog,
  shape: TableShape,
  rows: Rows,
): Promise<StagedRows> {
  expectWholeKeys(shape, rows);
  const given = shape.columns.map((column, place) => measured(column, place, rows));
  let table = await catalog.ensure(shape, given);
  await stage(connection, given, rows);
  for (const [place, { name, type }] of given.entries()) {
    const known = catalog.nameOf(name);
    const loss = lossSql(stagedSql(place, type), type, table.columns.get(known) ?? type);
    if (loss === undefined) continue;
    const lost = await connection.runAndReadAll(
      `SELECT 1 FROM ${stagedName} WHERE ${loss} LIMIT 1`,
    );
    if (lost.currentRowCount === 0) continue;
    const columns = new Map([[known, { name: 'STRING' } as const]]);
    table = await catalog.alter(table, { columns, key: table.key });
  }
  const columns = given.map(({ name, type }, place): StagedColumn => {
    const known = catalog.nameOf(name);
    const stored = table.columns.get(known) ?? type;
    return { name: known, type: stored, sql: convertSql(stagedSql(place, type), type, stored) };
  });
  return { table, columns };
}

/** SQL for the staged rows under the names of the table, with their number as `n`. */
export function selectStaged(columns: readonly StagedColumn[]): string {
  const values = columns.map(({ name, sql }) => `${sql} AS ${quoted(name)}, `);
  return `SELECT ${values.join('')}n FROM ${stagedName}`;
}

/** SQL that leaves the last row of each key. */
export function lastOfEach(key: readonly string[]): string {
  return `QUALIFY row_number() OVER (PARTITION BY ${quotedList(key)} ORDER BY n DESC) = 1`;
}

/** The column with the digits that its decimals need. */
function measured(column: WarehouseColumn, place: number, rows: Rows): WarehouseColumn {
  const { name, type } = column;
  if (type.name !== 'DECIMAL') return column;
  const cells = rows.map((row) => row[place] ?? null).filter((cell) => cell !== null);
  const needed = decimalType(cells.map(String));
  if (needed === undefined) {
    throw new Failure('data', "a value is not of its column's type, DECIMAL", {
      where: `column ${name}`,
    });
  }
  return { name, type: type.precision === undefined ? needed : widestType(type, needed) };
}
