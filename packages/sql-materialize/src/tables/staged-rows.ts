import {
  Failure,
  stagedRow,
  within,
  type Documents,
  type SqlColumn,
  type SqlDialect,
  type SqlTransaction,
} from '@fairlead/sdk';
import { requireColumn, sameKey, type FoundTable } from './table-sql.ts';

/** Rows from outside, read when they are needed. */
export interface RowFile {
  /** For failures. */
  readonly name: string;
  open(): Promise<OpenRowFile>;
}

export interface OpenRowFile extends AsyncDisposable {
  /** The columns that rows have, in any order. */
  readonly columns: readonly string[];
  /**
   * As `SqlTransaction.stage` takes them. A row of changes may have one item more: a text with a `1` at the place
   * of each column that stays as it is, whose own item is null.
   */
  readonly rows: AsyncIterable<Documents>;
}

/** The staged column that says which columns stay as they are. Where it is null, all are replaced. */
const unmodified = 'fairlead_unmodified';

/** The rows of a file in a temporary table. */
export interface StagedRows {
  /** As SQL takes it. */
  readonly sql: string;
  /** The columns that the file has, in its order. */
  readonly columns: readonly SqlColumn[];
  readonly key: readonly string[];
  readonly rowCount: number;
  drop(): Promise<void>;
}

export interface StagingRequest {
  readonly table: FoundTable;
  readonly key: readonly string[];
  /** Whether each of these has to be in the file. */
  readonly required: readonly string[];
}

/**
 * Stages a file for a table. Of rows with the same key the last one stays.
 * @throws {Failure} data for a file that does not fit the table, and for a row without its key.
 */
export async function stageRows(
  sql: SqlTransaction,
  dialect: SqlDialect,
  { table, key, required }: StagingRequest,
  file: RowFile,
): Promise<StagedRows> {
  try {
    await using opened = await file.open();
    checkColumns(opened.columns, required);
    const columns = opened.columns.map((name) => requireColumn(table, name));
    const mark: SqlColumn = { name: unmodified, type: { is: 'text' }, key: false };
    const rowCount = await sql.stage(stageName, [...columns, mark], opened.rows);
    const staged: StagedRows = {
      sql: dialect.quote(stageName),
      columns,
      key,
      rowCount,
      drop: async () => void (await sql.execute(`DROP TABLE ${dialect.quote(stageName)}`)),
    };
    if (rowCount > 0) await checkKeys(sql, dialect, staged);
    return staged;
  } catch (error) {
    throw within(`${table.where}: file ${file.name}`, error);
  }
}

const stageName = 'fairlead_stage';

function checkColumns(columns: readonly string[], required: readonly string[]): void {
  const missing = required.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    throw new Failure('data', `the file has no column ${missing.join(', ')}`);
  }
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw new Failure('data', `the file has the column ${twice} twice`);
}

async function checkKeys(
  sql: SqlTransaction,
  dialect: SqlDialect,
  { sql: stage, key, rowCount }: StagedRows,
): Promise<void> {
  const keys = key.map((name) => dialect.quote(name));
  const counts = await sql.query(
    `SELECT ${keys.map((name) => `count(${name})`).join(', ')} FROM ${stage}`,
  );
  const empty = key.find((_name, index) => Number(counts[0]?.[index]) < rowCount);
  if (empty !== undefined) {
    throw new Failure('data', `a row has no value for the key column ${empty}`, {
      hint: 'Every row needs its whole key.',
    });
  }
  const twice = await sql.query(
    `SELECT 1 FROM ${stage} GROUP BY ${keys.join(', ')} HAVING count(*) > 1 LIMIT 1`,
  );
  if (twice.length === 0) return;
  const number = dialect.quote(stagedRow);
  await sql.execute(
    `DELETE FROM ${stage} WHERE EXISTS (SELECT 1 FROM ${stage} AS s WHERE ${sameKey(dialect, key, 's', stage)} AND s.${number} > ${stage}.${number})`,
  );
}

/**
 * The value of a column after a staged row, called `s`: that of `kept` where the row leaves it as it is.
 */
export function newValue(
  dialect: SqlDialect,
  staged: StagedRows,
  name: string,
  kept: string,
): string {
  const index = staged.columns.findIndex((column) => column.name === name);
  const value = `s.${dialect.quote(name)}`;
  if (index === -1) return kept;
  return `CASE WHEN substr(s.${dialect.quote(unmodified)}, ${index + 1}, 1) = '1' THEN ${kept} ELSE ${value} END`;
}
