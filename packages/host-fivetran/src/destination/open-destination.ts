import type { Mask } from '@fairlead/host-io';
import {
  Failure,
  type Log,
  type Materialization,
  parseSettings,
  type SqlDatabase,
} from '@fairlead/sdk';
import { readConfiguration } from '../grpc/configuration.ts';
import { grpcLog } from '../grpc/grpc-log.ts';

/** What of a materialization takes part in serving it. */
export interface DestinationServing {
  /** Takes one line of the log with its end; nothing is logged unless given. */
  readonly write?: (line: string) => void;
  /** Aborts when calls are asked to end. */
  readonly signal?: AbortSignal;
}

/** A materialization with the settings of a request. */
export interface OpenedDestination {
  /** Hides the secrets among the settings. */
  readonly mask: Mask;
  readonly log: Log;
  check(signal: AbortSignal): Promise<void>;
  connect(signal: AbortSignal): Promise<SqlDatabase>;
}

/**
 * Reads the settings of a request. They are parsed with the first call.
 * @throws {Failure} config
 */
export function openDestination(
  materialization: Materialization,
  configuration: Readonly<Record<string, string>>,
  { write = () => {} }: DestinationServing,
): OpenedDestination {
  const { name, config } = materialization;
  const { settings, mask, unknown } = readConfiguration(config, configuration);
  const log = grpcLog({ origin: 'sdk_destination', write, mask });
  const scope = (signal: AbortSignal) => {
    for (const sentence of unknown) log.warn(sentence);
    return { config: parseSettings(config, settings, `settings of ${name}`), signal, log };
  };
  return {
    mask,
    log,
    check: async (signal) => await materialization.check(scope(signal)),
    connect: async (signal) => await requireSql(materialization)(scope(signal)),
  };
}

/** @throws {Failure} config when a materialization cannot be told what becomes of tables. */
export function requireSql(materialization: Materialization): NonNullable<Materialization['sql']> {
  if (materialization.sql !== undefined) return materialization.sql.bind(materialization);
  throw new Failure('config', 'it cannot be a destination of Fivetran', {
    where: materialization.name,
    hint: 'Only databases that take SQL can.',
  });
}
