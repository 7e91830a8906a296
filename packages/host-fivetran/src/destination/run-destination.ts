import type { Materialization } from '@fairlead/sdk';
import {
  runProgram,
  type ServeAt,
  type ServedConnector,
  serveMethods,
} from '../grpc/run-program.ts';
import { destinationConnector } from './destination-connector.ts';
import type { DestinationServing } from './open-destination.ts';

/** Where Fivetran expects a destination. */
const usualPort = 50_052;

/**
 * Runs a materialization as a destination of Fivetran: `--port N`, 50052 unless given, and `--host H` for
 * one address instead of all. Answers the exit code.
 */
export function runFivetranDestination(
  materialization: Materialization,
  args: readonly string[],
): Promise<number> {
  return runProgram(args, {
    origin: 'sdk_destination',
    port: usualPort,
    methods: (write, signal) => destinationConnector(materialization, { write, signal }),
  });
}

/**
 * Serves a materialization as a destination of Fivetran within this process.
 * @throws {Failure} config
 */
export function serveFivetranDestination(
  materialization: Materialization,
  { write, signal, ...at }: ServeAt & DestinationServing = {},
): Promise<ServedConnector> {
  return serveMethods(
    destinationConnector(materialization, {
      ...(write === undefined ? {} : { write }),
      ...(signal === undefined ? {} : { signal }),
    }),
    at,
  );
}
