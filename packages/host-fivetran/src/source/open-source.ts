import type { Mask } from '@fairlead/host-io';
import { connect, type ConnectedSource, type Log, type LogLevel, type Source } from '@fairlead/sdk';
import { readConfiguration } from '../grpc/configuration.ts';
import { grpcLog } from '../grpc/grpc-log.ts';

export interface LogOptions {
  /** Takes the lines of the log; they go to the standard output unless given. */
  readonly write?: (line: string) => void;
  /** The lowest level that is logged; `info` unless given. */
  readonly level?: LogLevel;
}

/** A source with the configuration of one request. */
export interface OpenedSource {
  /** @throws {Failure} config, for settings that the source does not take. */
  connect(): ConnectedSource;
  readonly mask: Mask;
  readonly log: Log;
}

/** @throws {Failure} config, for texts that are no settings. */
export function openSource(
  source: Source,
  configuration: Readonly<Record<string, string>>,
  { write = (line) => void process.stdout.write(line), level = 'info' }: LogOptions,
): OpenedSource {
  const { settings, mask, unknown } = readConfiguration(source.config, configuration);
  const log = grpcLog({ origin: 'sdk_connector', write, level, mask });
  for (const sentence of unknown) log.warn(sentence);
  return { connect: () => connect(source, settings), mask, log };
}
