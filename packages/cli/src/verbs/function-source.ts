import { serveFunction, type Platform, type ServedFunction } from '@fairlead/host-fivetran';
import { Failure, type LogLevel } from '@fairlead/sdk';
import { chooseConnector } from '../connectors/choose-connector.ts';
import { findConnectors } from '../connectors/find-connectors.ts';
import { loadSource } from '../connectors/load-connector.ts';
import type { Invocation } from '../invocation.ts';
import { givenSettings } from '../platform/given-settings.ts';

/** As a user calls the platforms on which functions run. */
export type PlatformName = 'gcf-gen1' | 'gcf-gen2' | 'lambda' | 'azure';

/** The platform of that name; the first generation of Google's unless one is named. */
export function platformOf(name: PlatformName = 'gcf-gen1'): Platform {
  return name === 'gcf-gen2' ? 'gcf' : name;
}

/** How a source is served as a function on this machine. */
export interface SourceFunctionOptions {
  readonly config?: string | undefined;
  readonly platform?: PlatformName | undefined;
  /** Any that is free for 0. */
  readonly port: number;
  readonly level: LogLevel;
  /** Takes the lines of the function's log. */
  readonly write: (line: string) => void;
}

/**
 * An installed source, served as a function on the loopback interface.
 * @throws {Failure} config, when there is no such source, or when the port is taken.
 */
export async function serveSource(
  { environment }: Invocation,
  name: string,
  { config, platform, port, level, write }: SourceFunctionOptions,
): Promise<ServedFunction> {
  const installed = chooseConnector(findConnectors(environment.folder), 'source', name);
  const source = await loadSource(installed);
  const settings = config === undefined ? {} : givenSettings(environment, '--config', config);
  try {
    return await serveFunction(source, {
      platform: platformOf(platform),
      settings,
      environment: environment.variables,
      port,
      level,
      write,
    });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
    throw new Failure('config', `port ${port} is in use`, {
      where: '--port',
      hint: 'Choose another one, or 0 for any that is free.',
    });
  }
}
