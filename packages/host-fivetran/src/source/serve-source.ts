import type { Source } from '@fairlead/sdk';
import {
  runProgram,
  type ServeAt,
  type ServedConnector,
  serveMethods,
} from '../grpc/run-program.ts';
import { sourceConnector, type SourceConnectorOptions } from './source-connector.ts';

export interface ServeFivetranSource extends ServeAt, SourceConnectorOptions {}

/**
 * Serves a source as Fivetran calls it, in this process, on the loopback interface unless a host is
 * given.
 * @throws {Failure} config, when the port cannot be had.
 */
export async function serveFivetranSource(
  source: Source,
  { host, port, ...options }: ServeFivetranSource = {},
): Promise<ServedConnector> {
  const at = { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
  return await serveMethods(sourceConnector(source, options), at);
}

/** The port that Fivetran gives to sources. */
const usualPort = 50_051;

/**
 * Runs a source as the program that Fivetran starts: `--port N`, on all addresses unless `--host H` is
 * given. Logs on the standard output. Answers the exit code once a signal has ended it.
 */
export async function runFivetranSource(
  source: Source,
  args: readonly string[],
  options: Pick<SourceConnectorOptions, 'level' | 'pace'> = {},
): Promise<number> {
  return await runProgram(args, {
    origin: 'sdk_connector',
    port: usualPort,
    methods: (write, signal) => sourceConnector(source, { ...options, write, signal }),
  });
}
