export {
  ConfigurationFormResponseSchema,
  DataType,
  RecordType,
  TableSchema,
  TestRequestSchema,
  TestResponseSchema,
  TextField,
} from './common.gen.ts';
export type {
  Column,
  ConfigurationFormResponse,
  ConfigurationTest,
  FormField,
  Table,
  TestResponse,
  ValueType,
} from './common.gen.ts';
export {
  SchemaRequestSchema,
  SchemaResponseSchema,
  SelectionSchema,
  SourceConnector,
  UpdateRequestSchema,
  UpdateResponseSchema,
} from './connector_sdk.gen.ts';
export type {
  Record,
  SchemaChange,
  SchemaResponse,
  Selection,
  UpdateRequest,
  UpdateResponse,
} from './connector_sdk.gen.ts';
export {
  BatchFileFormat,
  Compression,
  DestinationConnector,
  Encryption,
  FileParamsSchema,
  MigrationDetailsSchema,
  TableSyncModeMigrationType,
} from './destination_sdk.gen.ts';
export type { FileParams, MigrateResponse, MigrationDetails } from './destination_sdk.gen.ts';
export { mostMessageBytes } from './message-size.ts';
export { openProtocolChannel, protocolClient } from './protocol-client.ts';
export type { Method, ProtocolClient, Received } from './protocol-client.ts';
