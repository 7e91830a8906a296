import type { SqlColumn, SqlDatabase, SqlDialect, SqlTableName } from '@fairlead/sdk';
import {
  asTheyAre,
  copyInto,
  rebuild,
  type RebuiltColumn,
  type Rebuilding,
} from './rebuild-table.ts';
import {
  active,
  beginOfTime,
  deleted,
  endOfTime,
  historyColumns,
  isHistoryColumn,
  started,
  synced,
} from './system-columns.ts';
import {
  executeAll,
  hasColumn,
  instantOf,
  requireColumn,
  requireTable,
  sameKey,
  type FoundTable,
} from './table-sql.ts';

/** What a table keeps of rows that were deleted: nothing, the marked row, or every version. */
export type TableMode = 'live' | 'soft-delete' | 'history';

export interface ModeChange {
  readonly from: TableMode;
  readonly to: TableMode;
  /** The column that marks rows as deleted. */
  readonly deletedColumn?: string;
  /** Whether rows that were deleted become live ones; else they go. */
  readonly keepDeleted?: boolean;
}

/**
 * Makes a table one of another mode. One that is in that mode already is left as it is.
 * @throws {Failure} data
 */
export async function changeMode(
  database: SqlDatabase,
  name: SqlTableName,
  change: ModeChange,
): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (sql) => {
    const table = await requireTable(sql, dialect, name);
    const isHistory = historyColumns.some((column) => hasColumn(table, column.name));
    if (isHistory === (change.to === 'history') && (isHistory || change.from === 'history')) return;
    if (change.from === 'live' && change.to === 'soft-delete') {
      const marker = change.deletedColumn ?? deleted;
      const isThere = hasColumn(table, marker);
      if (!isThere) await executeAll(sql, dialect.addColumn(name, markerColumn(marker)));
      const column = dialect.quote(marker);
      await sql.execute(`UPDATE ${table.sql} SET ${column} = FALSE WHERE ${column} IS NULL`);
      return;
    }
    const isSoft = change.from === 'soft-delete' && change.to === 'live';
    if (isSoft && !hasColumn(table, change.deletedColumn ?? deleted)) return;
    await rebuild(sql, dialect, rebuilding(dialect, table, change));
  });
}

/**
 * Copies a table that has one row for each key to one in history mode.
 * @throws {Failure} data when there is no such table, or it has no such column.
 */
export async function copyToHistory(
  database: SqlDatabase,
  name: SqlTableName,
  { to, deletedColumn }: { readonly to: string; readonly deletedColumn?: string },
): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (sql) => {
    const table = await requireTable(sql, dialect, name);
    const columns = toHistory(dialect, table, deletedColumn);
    await copyInto(sql, dialect, { schema: name.schema, table: to }, { table, columns });
  });
}

function rebuilding(dialect: SqlDialect, table: FoundTable, change: ModeChange): Rebuilding {
  if (change.to === 'history') {
    const marker = change.deletedColumn ?? (change.from === 'soft-delete' ? deleted : undefined);
    return { table, columns: toHistory(dialect, table, marker) };
  }
  if (change.from === 'history') return fromHistory(dialect, table, change);
  const marker = change.deletedColumn ?? deleted;
  return {
    table,
    columns: asTheyAre(dialect, withoutMarker(table.columns, marker)),
    ...(change.keepDeleted === true ? {} : { where: isLive(dialect, marker) }),
  };
}

/** Each row as the only version of it; one that is marked as deleted is over. */
function toHistory(
  dialect: SqlDialect,
  table: FoundTable,
  marker: string | undefined,
): readonly RebuiltColumn[] {
  requireColumn(table, synced);
  if (marker !== undefined) requireColumn(table, marker);
  const live = marker === undefined ? 'TRUE' : isLive(dialect, marker);
  const begin = instantOf(dialect, beginOfTime);
  const last = `COALESCE((SELECT max(${dialect.quote(synced)}) FROM ${table.sql}), ${begin})`;
  const values = [
    `CASE WHEN ${live} THEN ${last} ELSE ${begin} END`,
    `CASE WHEN ${live} THEN ${instantOf(dialect, endOfTime)} ELSE ${begin} END`,
    live,
  ];
  return [
    ...asTheyAre(dialect, withoutMarker(table.columns, marker)),
    ...historyColumns.map((column, index) => ({ column, value: values[index] ?? 'NULL' })),
  ];
}

/** The last version of each row, marked as deleted unless it is active; those that are not may go instead. */
function fromHistory(dialect: SqlDialect, table: FoundTable, change: ModeChange): Rebuilding {
  const marker = change.to === 'soft-delete' ? (change.deletedColumn ?? deleted) : undefined;
  const own = table.columns.filter(({ name }) => !isHistoryColumn(name) && name !== marker);
  const key = own.filter((column) => column.key).map(({ name }) => name);
  const start = dialect.quote(started);
  const last = `NOT EXISTS (SELECT 1 FROM ${table.sql} AS l WHERE ${[sameKey(dialect, key, 'l', table.sql), `l.${start} > ${table.sql}.${start}`].filter((part) => part !== '').join(' AND ')})`;
  const isActive = `COALESCE(${dialect.quote(active)}, FALSE)`;
  const keepsAll = marker !== undefined || change.keepDeleted === true;
  const marked =
    marker === undefined ? [] : [{ column: markerColumn(marker), value: `NOT ${isActive}` }];
  return {
    table,
    columns: [...asTheyAre(dialect, own), ...marked],
    where: keepsAll ? last : `${last} AND ${isActive}`,
  };
}

/** A column of the user's own that marks rows stays. */
function withoutMarker(
  columns: readonly SqlColumn[],
  marker: string | undefined,
): readonly SqlColumn[] {
  return columns.filter(({ name }) => name !== marker || name !== deleted);
}

function markerColumn(name: string): SqlColumn {
  return { name, type: { is: 'boolean' }, key: false };
}

function isLive(dialect: SqlDialect, marker: string): string {
  return `NOT COALESCE(${dialect.quote(marker)}, FALSE)`;
}
