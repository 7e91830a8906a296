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
