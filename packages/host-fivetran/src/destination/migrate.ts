import { Failure, type SqlDatabase, type SqlTableName, type SqlType } from '@fairlead/sdk';
import {
  addColumnInHistory,
  addFilledColumn,
  changeMode,
  copyColumn,
  copyTable,
  copyToHistory,
  dropColumnInHistory,
  dropTable,
  fillColumn,
  renameColumn,
  renameTable,
  type ModeChange,
} from '@fairlead/sql-materialize';
import {
  type AddOperation,
  type CopyOperation,
  type DropOperation,
  type MigrationDetails,
  type RenameOperation,
  TableSyncModeMigrationType,
} from '../protocol/destination_sdk.gen.ts';
import { typeWithout } from './column-types.ts';

/**
 * Does a migration. Doing it again changes nothing.
 * @returns false when it is one that is not known.
 * @throws {Failure} data
 */
export async function migrate(
  database: SqlDatabase,
  { schema, table, operation }: MigrationDetails,
): Promise<boolean> {
  const name = { schema, table };
  switch (operation.case) {
    case 'drop':
      return await drop(database, name, operation.value);
    case 'copy':
      return await copy(database, name, operation.value);
    case 'rename':
      return await rename(database, name, operation.value);
    case 'add':
      return await add(database, name, operation.value);
    case 'updateColumnValue': {
      const { column, value } = operation.value;
      await fillColumn(database, name, column, (type) => valueOrNull(value, type));
      return true;
    }
    case 'tableSyncModeMigration': {
      const { type, softDeletedColumn, keepDeletedRows } = operation.value;
      const change = modeChanges.get(type);
      if (change === undefined) return false;
      await changeMode(database, name, {
        ...change,
        ...(softDeletedColumn === undefined || softDeletedColumn === ''
          ? {}
          : { deletedColumn: softDeletedColumn }),
        keepDeleted: keepDeletedRows === true,
      });
      return true;
    }
    default:
      return false;
  }
}

const modeChanges: ReadonlyMap<number, Pick<ModeChange, 'from' | 'to'>> = new Map([
  [TableSyncModeMigrationType.SOFT_DELETE_TO_LIVE, { from: 'soft-delete', to: 'live' }],
  [TableSyncModeMigrationType.SOFT_DELETE_TO_HISTORY, { from: 'soft-delete', to: 'history' }],
  [TableSyncModeMigrationType.HISTORY_TO_SOFT_DELETE, { from: 'history', to: 'soft-delete' }],
  [TableSyncModeMigrationType.HISTORY_TO_LIVE, { from: 'history', to: 'live' }],
  [TableSyncModeMigrationType.LIVE_TO_SOFT_DELETE, { from: 'live', to: 'soft-delete' }],
  [TableSyncModeMigrationType.LIVE_TO_HISTORY, { from: 'live', to: 'history' }],
] as const);

async function drop(
  database: SqlDatabase,
  name: SqlTableName,
  { entity }: DropOperation,
): Promise<boolean> {
  switch (entity.case) {
    case 'dropTable':
      await dropTable(database, name);
      return true;
    case 'dropColumnInHistoryMode':
      await dropColumnInHistory(database, name, entity.value.column, timeOf(entity.value));
      return true;
    default:
      return false;
  }
}

async function copy(
  database: SqlDatabase,
  { schema, table }: SqlTableName,
  { entity }: CopyOperation,
): Promise<boolean> {
  switch (entity.case) {
    case 'copyTable': {
      const { fromTable, toTable } = entity.value;
      await copyTable(database, { schema, table: fromTable }, toTable);
      return true;
    }
    case 'copyColumn': {
      const { fromColumn: from, toColumn: to } = entity.value;
      await copyColumn(database, { schema, table }, { from, to });
      return true;
    }
    case 'copyTableToHistoryMode': {
      const { fromTable, toTable: to, softDeletedColumn } = entity.value;
      const deletedColumn = softDeletedColumn === '' ? {} : { deletedColumn: softDeletedColumn };
      await copyToHistory(database, { schema, table: fromTable }, { to, ...deletedColumn });
      return true;
    }
    default:
      return false;
  }
}

async function rename(
  database: SqlDatabase,
  { schema, table }: SqlTableName,
  { entity }: RenameOperation,
): Promise<boolean> {
  switch (entity.case) {
    case 'renameTable': {
      const { fromTable, toTable } = entity.value;
      await renameTable(database, { schema, table: fromTable }, toTable);
      return true;
    }
    case 'renameColumn': {
      const { fromColumn: from, toColumn: to } = entity.value;
      await renameColumn(database, { schema, table }, { from, to });
      return true;
    }
    default:
      return false;
  }
}

async function add(
  database: SqlDatabase,
  name: SqlTableName,
  { entity }: AddOperation,
): Promise<boolean> {
  if (entity.case === undefined) return false;
  const { column, columnType, defaultValue } = entity.value;
  const type = typeWithout(columnType, `table ${name.table}: column ${column}`, defaultValue);
  const value = valueOrNull(defaultValue, type);
  const added = { name: column, type, key: false };
  if (entity.case === 'addColumnWithDefaultValue') {
    await addFilledColumn(database, name, added, value);
  } else {
    await addColumnInHistory(database, name, added, { at: timeOf(entity.value), value });
  }
  return true;
}

/** The messages have no null: the word stands for it, and so does an empty text where that is no value. */
function valueOrNull(value: string, { is }: SqlType): string | null {
  const isText = is === 'text' || is === 'xml';
  return value === 'NULL' || (value === '' && !isText) ? null : value;
}

function timeOf({ operationTimestamp }: { readonly operationTimestamp: string }): string {
  if (!Number.isNaN(Date.parse(operationTimestamp))) return operationTimestamp;
  throw new Failure('data', 'the time of the operation is no time');
}
