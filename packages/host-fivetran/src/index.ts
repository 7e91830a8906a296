export { destinationConnector } from './destination/destination-connector.ts';
export type { DestinationServing } from './destination/open-destination.ts';
export { runFivetranDestination, serveFivetranDestination } from './destination/run-destination.ts';
export { azureFunction } from './function/azure-function.ts';
export type { AzureRequest, AzureResponse } from './function/azure-function.ts';
export type { FunctionAnswer } from './function/answer.ts';
export type { SoftDelete } from './function/answer-sync.ts';
export { callFunction, testFunction } from './function/caller.ts';
export type {
  CallerBucket,
  CallerTables,
  ConnectionOptions,
  FunctionEndpoint,
  SyncOptions,
  SyncReport,
} from './function/caller.ts';
export type { AnsweredRow, CheckedAnswer, EndpointAnswer } from './function/caller-answer.ts';
export { ModelTables } from './function/caller-tables.ts';
export type { ModelOptions } from './function/caller-tables.ts';
export { httpEndpoint, sourceEndpoint } from './function/endpoints.ts';
export { handleFunctionCall } from './function/handle-function-call.ts';
export type { FunctionOptions } from './function/handle-function-call.ts';
export { httpFunction } from './function/http-function.ts';
export type { HttpFunction, HttpRequest } from './function/http-function.ts';
export { lambdaFunction } from './function/lambda-function.ts';
export type { LambdaContext } from './function/lambda-function.ts';
export { platformLimits } from './function/limits.ts';
export type { BudgetOptions, CallLimits, Platform } from './function/limits.ts';
export { serveFunction } from './function/serve-function.ts';
export type { ServedFunction, ServeOptions } from './function/serve-function.ts';
export type { ServeAt, ServedConnector } from './grpc/run-program.ts';
export { connectorSdkFiles } from './source/connector-sdk-files.ts';
export type { ConnectorSdkOptions } from './source/connector-sdk-files.ts';
export { runFivetranSource, serveFivetranSource } from './source/serve-source.ts';
export type { ServeFivetranSource } from './source/serve-source.ts';
export { sourceConnector } from './source/source-connector.ts';
export type { SourceConnectorOptions } from './source/source-connector.ts';
