import {
  Failure,
  type SqlDatabase,
  type SqlDialect,
  type SqlTableName,
  type SqlTransaction,
} from '@fairlead/sdk';
import { describeName } from '../table-plan.ts';
import { newValue, stageRows, type RowFile, type StagedRows } from './staged-rows.ts';
import { quoteAll, requireTable, sameKey, type FoundTable } from './table-sql.ts';

/** What becomes of the rows of a table. A key is in one of them only. */
export interface RowBatch {
  /** The columns of the key. */
  readonly key: readonly string[];
  /** The columns that whole rows have. */
  readonly columns: readonly string[];
  /** Whole rows, in place of those with their keys, or new. */
  readonly replace: readonly RowFile[];
  /** Values in place of those of rows with these keys; where there is none, nothing. */
  readonly update: readonly RowFile[];
  /** Keys of rows that go, if they are there. */
  readonly delete: readonly RowFile[];
}

/**
 * Writes a batch in one transaction. Doing it again changes nothing.
 * @throws {Failure} data for a table or a file that does not fit.
 */
export async function writeBatch(
  database: SqlDatabase,
  name: SqlTableName,
  batch: RowBatch,
): Promise<void> {
  const { dialect } = database;
  requireKey(name, batch.key);
  await database.transaction(async (sql) => {
    const table = await requireTable(sql, dialect, name);
    const files = { table, key: batch.key };
    for (const file of batch.replace) {
      const staged = await stageRows(sql, dialect, { ...files, required: batch.columns }, file);
      await replaceRows(sql, dialect, table, staged);
      await staged.drop();
    }
    for (const file of batch.update) {
      const staged = await stageRows(sql, dialect, { ...files, required: batch.key }, file);
      await updateRows(sql, dialect, table, staged);
      await staged.drop();
    }
    for (const file of batch.delete) {
      const staged = await stageRows(sql, dialect, { ...files, required: batch.key }, file);
      await deleteRows(sql, dialect, table, staged);
      await staged.drop();
    }
  });
}

/** @throws {Failure} data when a table has no key. */
export function requireKey(name: SqlTableName, key: readonly string[]): void {
  if (key.length > 0) return;
  throw new Failure('data', 'the table has no key', {
    where: `table ${describeName(name)}`,
    hint: 'Rows can only be told apart by a primary key; tables without one have _fivetran_id.',
  });
}

/** Puts staged rows in place of those with the same keys. */
export async function replaceRows(
  sql: SqlTransaction,
  dialect: SqlDialect,
  table: FoundTable,
  staged: StagedRows,
): Promise<void> {
  if (staged.rowCount === 0) return;
  await deleteRows(sql, dialect, table, staged);
  const columns = quoteAll(
    dialect,
    staged.columns.map((column) => column.name),
  );
  await sql.execute(`INSERT INTO ${table.sql} (${columns}) SELECT ${columns} FROM ${staged.sql}`);
}

async function updateRows(
  sql: SqlTransaction,
  dialect: SqlDialect,
  table: FoundTable,
  staged: StagedRows,
): Promise<void> {
  const values = staged.columns.filter(({ name }) => !staged.key.includes(name));
  if (staged.rowCount === 0 || values.length === 0) return;
  await sql.execute(
    dialect.updateFrom({
      table: table.sql,
      from: staged.sql,
      set: values.map(({ name }) => [
        dialect.quote(name),
        newValue(dialect, staged, name, `t.${dialect.quote(name)}`),
      ]),
      on: sameKey(dialect, staged.key, 't', 's'),
    }),
  );
}

async function deleteRows(
  sql: SqlTransaction,
  dialect: SqlDialect,
  table: FoundTable,
  staged: StagedRows,
): Promise<void> {
  if (staged.rowCount === 0) return;
  await sql.execute(
    `DELETE FROM ${table.sql} WHERE EXISTS (SELECT 1 FROM ${staged.sql} AS s WHERE ${sameKey(dialect, staged.key, 's', table.sql)})`,
  );
}
