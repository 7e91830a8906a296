export { checkpointTable, checkpointTableName } from './checkpoint-table.ts';
export type { CheckpointTable, Statement, Writership } from './checkpoint-table.ts';
export { columnNames } from './column-names.ts';
export type { NameRules } from './column-names.ts';
export { doubleQuoted, singleQuoted, standardDdl } from './dialect.ts';
export type { Ddl, Dialect, StoredType } from './dialect.ts';
export { savedFor, takeOver } from './fence.ts';
export type { FenceRow, Takeover } from './fence.ts';
export { flatTypeOf, flatTypeOfSchema, maxDigits } from './flat-type.ts';
export type { FlatType } from './flat-type.ts';
export { deletedAtName, planTable } from './plan-table.ts';
export type { PlanRequest } from './plan-table.ts';
export { describeName, quoteName } from './table-plan.ts';
export type {
  EffectiveColumn,
  ExistingColumn,
  ExistingTable,
  TableChange,
  TableFacts,
  TableName,
  TablePlan,
} from './table-plan.ts';
export { sameType, widenings } from './widen.ts';
export type { Condition, Widening } from './widen.ts';
export { alterTable, createTable, describeTable } from './tables/define-table.ts';
export type { AlterOptions } from './tables/define-table.ts';
export { addFilledColumn, copyColumn, fillColumn, renameColumn } from './tables/migrate-column.ts';
export { addColumnInHistory, dropColumnInHistory } from './tables/migrate-history.ts';
export { changeMode, copyToHistory } from './tables/migrate-mode.ts';
export type { ModeChange, TableMode } from './tables/migrate-mode.ts';
export { copyTable, dropTable, renameTable } from './tables/migrate-table.ts';
export type { OpenRowFile, RowFile } from './tables/staged-rows.ts';
export { truncateTable } from './tables/truncate-table.ts';
export type { Truncation } from './tables/truncate-table.ts';
export { writeBatch } from './tables/write-batch.ts';
export type { RowBatch } from './tables/write-batch.ts';
export { writeHistory } from './tables/write-history.ts';
export type { HistoryBatch } from './tables/write-history.ts';
