import type { SqlDatabase, SqlDialect, SqlTableName, SqlTransaction } from '@fairlead/sdk';
import { newValue, stageRows, type RowFile, type StagedRows } from './staged-rows.ts';
import { active, ended, endOfTime, isHistoryColumn, started } from './system-columns.ts';
import { instantOf, quoteAll, requireTable, sameKey, type FoundTable } from './table-sql.ts';
import { replaceRows, requireKey, type RowBatch } from './write-batch.ts';

/** What becomes of the versions of rows of a table. */
export interface HistoryBatch extends RowBatch {
  /** Keys, each with the start of its first version that is to come. */
  readonly earliestStart: readonly RowFile[];
}

/**
 * Writes a batch to a table that keeps every version of a row, in one transaction: makes room for the versions to come,
 * adds them, and ends those that were deleted. Doing it again changes nothing.
 * @throws {Failure} data for a table or a file that does not fit.
 */
export async function writeHistory(
  database: SqlDatabase,
  name: SqlTableName,
  batch: HistoryBatch,
): Promise<void> {
  const { dialect } = database;
  const key = batch.key.filter((column) => !isHistoryColumn(column));
  requireKey(name, key);
  const version = [...key, started];
  await database.transaction(async (sql) => {
    const table = await requireTable(sql, dialect, name);
    const write: HistoryWrite = { sql, dialect, table };
    for (const file of batch.earliestStart) {
      const staged = await stageRows(sql, dialect, { table, key, required: version }, file);
      await makeRoom(write, staged);
      await staged.drop();
    }
    for (const file of batch.replace) {
      const request = { table, key: version, required: batch.columns };
      const staged = await stageRows(sql, dialect, request, file);
      await replaceRows(sql, dialect, table, staged);
      await staged.drop();
    }
    for (const file of batch.update) {
      const staged = await stageRows(
        sql,
        dialect,
        { table, key: version, required: version },
        file,
      );
      await addVersions(write, key, staged);
      await staged.drop();
    }
    for (const file of batch.delete) {
      const request = { table, key, required: [...key, ended] };
      const staged = await stageRows(sql, dialect, request, file);
      await endVersions(write, staged);
      await staged.drop();
    }
  });
}

interface HistoryWrite {
  readonly sql: SqlTransaction;
  readonly dialect: SqlDialect;
  readonly table: FoundTable;
}

/** Deletes the versions that begin when those to come do, or later, and ends the one before. */
async function makeRoom({ sql, dialect, table }: HistoryWrite, staged: StagedRows): Promise<void> {
  if (staged.rowCount === 0) return;
  const start = dialect.quote(started);
  await sql.execute(
    `DELETE FROM ${table.sql} WHERE EXISTS (SELECT 1 FROM ${staged.sql} AS s WHERE ${sameKey(dialect, staged.key, 's', table.sql)} AND ${table.sql}.${start} >= s.${start})`,
  );
  await sql.execute(
    dialect.updateFrom({
      table: table.sql,
      from: staged.sql,
      set: [
        [dialect.quote(active), 'FALSE'],
        [dialect.quote(ended), dialect.millisecondBefore(`s.${start}`)],
      ],
      on: `${sameKey(dialect, staged.key, 't', 's')} AND t.${dialect.quote(active)}`,
    }),
  );
}

/**
 * Adds a version for each staged row, whose unmodified columns are those of the version before: of the last one that
 * begins earlier, which may be of the same file. Rows of which there is none are left out.
 */
async function addVersions(
  write: HistoryWrite,
  key: readonly string[],
  staged: StagedRows,
): Promise<void> {
  const { sql, dialect, table } = write;
  const start = dialect.quote(started);
  // As many rounds as there are versions of one row.
  for (let left = staged.rowCount; left > 0;) {
    const hasEarlier = `SELECT 1 FROM ${staged.sql} AS e WHERE ${sameKey(dialect, key, 'e', staged.sql)} AND e.${start} < ${staged.sql}.${start}`;
    const round = `SELECT * FROM ${staged.sql} WHERE NOT EXISTS (${hasEarlier})`;
    await sql.execute(
      `DELETE FROM ${table.sql} WHERE EXISTS (SELECT 1 FROM (${round}) AS s WHERE ${sameKey(dialect, staged.key, 's', table.sql)})`,
    );
    await sql.execute(insertVersions(write, key, staged, round));
    await sql.execute(`DELETE FROM ${staged.sql} WHERE NOT EXISTS (${hasEarlier})`);
    const counted = await sql.query(`SELECT count(*) FROM ${staged.sql}`);
    left = Number(counted[0]?.[0]);
  }
}

function insertVersions(
  { dialect, table }: HistoryWrite,
  key: readonly string[],
  staged: StagedRows,
  round: string,
): string {
  const start = dialect.quote(started);
  const keys = key.map((name) => dialect.quote(name));
  const before = `SELECT ${keys.map((name) => `s.${name}`).join(', ')}, max(t.${start}) AS ${start}
FROM (${round}) AS s JOIN ${table.sql} AS t ON ${sameKey(dialect, key, 's', 't')} AND t.${start} < s.${start}
GROUP BY ${keys.map((name) => `s.${name}`).join(', ')}`;
  const names = table.columns.map(({ name }) => name);
  const values = names.map((name) =>
    staged.key.includes(name)
      ? `s.${dialect.quote(name)}`
      : newValue(dialect, staged, name, keptValue(dialect, name)),
  );
  return `INSERT INTO ${table.sql} (${quoteAll(dialect, names)})
SELECT ${values.join(', ')}
FROM (${round}) AS s
JOIN (${before}) AS b ON ${sameKey(dialect, key, 's', 'b')}
JOIN ${table.sql} AS p ON ${sameKey(dialect, [...key, started], 'p', 'b')}`;
}

/** What a new version has where its row says nothing: the value of the one before, but it is active. */
function keptValue(dialect: SqlDialect, name: string): string {
  if (name === active) return 'TRUE';
  return name === ended ? instantOf(dialect, endOfTime) : `p.${dialect.quote(name)}`;
}

/** Ends the active versions of the staged keys. */
async function endVersions(
  { sql, dialect, table }: HistoryWrite,
  staged: StagedRows,
): Promise<void> {
  if (staged.rowCount === 0) return;
  await sql.execute(
    dialect.updateFrom({
      table: table.sql,
      from: staged.sql,
      set: [
        [dialect.quote(active), 'FALSE'],
        [dialect.quote(ended), `s.${dialect.quote(ended)}`],
      ],
      on: `${sameKey(dialect, staged.key, 't', 's')} AND t.${dialect.quote(active)}`,
    }),
  );
}
