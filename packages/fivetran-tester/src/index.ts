export { functionTables } from './function/function-tables.ts';
export type { FunctionTablesOptions } from './function/function-tables.ts';
export type { Cell, ColumnType, DataTypeName, WarehouseColumn } from './warehouse/column-type.ts';
export type { Naming } from './warehouse/naming.ts';
export type { Rows, TableName, TableShape } from './warehouse/table-shape.ts';
export type { DeleteOptions, Tables, TruncateOptions } from './warehouse/tables.ts';
export { Warehouse } from './warehouse/warehouse.ts';
export type { TableCount, WarehouseOptions } from './warehouse/warehouse.ts';
export { widestType } from './warehouse/widest-type.ts';
export { askForm, testConfiguration } from './connector/ask-form.ts';
export type { ConnectorKind, ConnectorPlace } from './connector/ask-form.ts';
export { askConfiguration } from './connector/configuration.ts';
export type { Ask, Configuration } from './connector/configuration.ts';
export type { CheckName, Finding } from './connector/findings.ts';
export type { TestOutcome } from './connector/run-tests.ts';
export { tryDestination } from './destination-tester/try-destination.ts';
export type {
  DestinationReport,
  DestinationTestOptions,
} from './destination-tester/try-destination.ts';
export type { StepOutcome } from './destination-tester/run-steps.ts';
export type { OperationCounts } from './source-tester/record-writer.ts';
export type { SourceLimits } from './source-tester/stream-checks.ts';
export { trySource } from './source-tester/try-source.ts';
export type { SourceReport, SourceTestOptions } from './source-tester/try-source.ts';
