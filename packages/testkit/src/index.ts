export { airbyteDestinationChecks } from './airbyte/destination-checks.ts';
export type {
  AirbyteDestinationFixture,
  AirbyteDestinationSuite,
} from './airbyte/destination-suite.ts';
export type { AirbyteProgram } from './airbyte/program.ts';
export { airbyteSourceChecks } from './airbyte/source-checks.ts';
export type { AirbyteSourceFixture, AirbyteSourceSuite } from './airbyte/source-suite.ts';
export { buildProgram } from './build-program.ts';
export type { BuiltProgram } from './build-program.ts';
export { failuresOf } from './check.ts';
export type { Check } from './check.ts';
export { CommittedTables } from './fivetran/committed-tables.ts';
export type { KeysByTable } from './fivetran/committed-tables.ts';
export { fivetranClient } from './fivetran/fivetran-client.ts';
export type { FivetranClient } from './fivetran/fivetran-client.ts';
export type { FivetranFunctionSuite, FivetranSourceSuite } from './fivetran/fivetran-suite.ts';
export { fivetranFunctionChecks } from './fivetran/function-checks.ts';
export { rowsOf, statesOf, storyOf } from './fivetran/row-messages.ts';
export type { Row } from './fivetran/row-messages.ts';
export { fivetranSourceChecks } from './fivetran/source-checks.ts';
export { freePort } from './free-port.ts';
export { fivetranPackages, pythonWith } from './python.ts';
export type { PythonPackages } from './python.ts';
export { runOnce } from './crash-attempt.ts';
export type { Attempt, Program, Sentence } from './crash-attempt.ts';
export { Crash, crashAt } from './crash-point.ts';
export type { CrashPoint } from './crash-point.ts';
export { crashLoop } from './crash.ts';
export type { CrashLoopOptions, CrashReport } from './crash.ts';
export { generateDocuments, generatedSchema, generatedStream } from './generated-stream.ts';
export type { GeneratedOptions } from './generated-stream.ts';
export { expectGolden } from './golden.ts';
export type { GoldenOptions } from './golden.ts';
export { jsonServer } from './json-server.ts';
export type { Answer, JsonServer, Reply, SeenRequest } from './json-server.ts';
export {
  lineitemColumns,
  lineitemCsv,
  lineitemDocuments,
  lineitemKey,
  writeLineitem,
} from './lineitem.ts';
export type { LineitemColumn, LineitemFile, LineitemOptions } from './lineitem.ts';
export { materializationChecks } from './materialization-checks.ts';
export type { DestinationFixture, MaterializationSuite } from './materialization-suite-options.ts';
export { memoryDestination } from './memory-destination.ts';
export type { MemoryDestination, MemoryDestinationOptions } from './memory-destination.ts';
export { memoryDisk, storedRows } from './memory-disk.ts';
export type {
  MemoryColumn,
  MemoryDisk,
  MemoryFence,
  MemoryRow,
  MemoryTable,
  RowWork,
  StoredRow,
  TableWork,
} from './memory-disk.ts';
export { memorySource } from './memory-source.ts';
export type { MemorySource } from './memory-source.ts';
export type { LogStep, MemorySourceOptions, MemoryStream } from './memory-stream.ts';
export { expectAllClosed } from './open-handles.ts';
export {
  bindingsFor,
  documentLines,
  linesOf,
  pull,
  pullAll,
  stateAfter,
  tellEvents,
} from './pull.ts';
export type { PullOptions } from './pull.ts';
export { mix32, randomFrom } from './random.ts';
export type { Random } from './random.ts';
export { canonicalValue } from './same-value.ts';
export { backfill, changes, checkpoint, documents, fails, on, waits } from './script.ts';
export type { DocumentsStep, OneChange, Script, Step } from './script.ts';
export { startServer } from './server-process.ts';
export type { ServerOptions, ServerProcess } from './server-process.ts';
export { sourceChecks } from './source-checks.ts';
export type { SourceFixture, SourceSuite, WrongSettings } from './source-suite-options.ts';
export { TableModel } from './table-model.ts';
export { tempFolder } from './temp-folder.ts';
export type { TempFolder } from './temp-folder.ts';
export { processTree, residentBytes } from './process-memory.ts';
