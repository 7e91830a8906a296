import type { Target } from '@fairlead/grpc';
import {
  DestinationConnector,
  SourceConnector,
  type ConfigurationFormResponse,
} from '@fairlead/host-fivetran/protocol';
import { completeConfiguration, secretsOf, type Configuration } from './configuration.ts';
import { maskSecrets } from './mask-secrets.ts';
import { openConnector } from './open-connector.ts';
import { runTests, type TestOutcome } from './run-tests.ts';

/** Which of Fivetran's services a connector has. */
export type ConnectorKind = 'source' | 'destination';

export interface ConnectorPlace {
  readonly kind: ConnectorKind;
  readonly target: Target;
  readonly signal: AbortSignal;
}

/** The form by which a connector is set up. @throws {Failure} */
export async function askForm({
  kind,
  target,
  signal,
}: ConnectorPlace): Promise<ConfigurationFormResponse> {
  await using channel = openConnector(target, signal);
  return await channel.ask(services[kind].method.configurationForm, {});
}

/**
 * Makes the tests of a connector's form.
 * @throws {Failure} config, when the configuration is not whole.
 */
export async function testConfiguration(
  { kind, target, signal }: ConnectorPlace,
  given: Configuration,
): Promise<readonly TestOutcome[]> {
  await using channel = openConnector(target, signal);
  const service = services[kind];
  const form = await channel.ask(service.method.configurationForm, {});
  const configuration = completeConfiguration(form, given, 'configuration');
  const mask = maskSecrets(secretsOf(form, configuration));
  return await runTests(channel, service, form.tests, configuration, mask);
}

const services = { source: SourceConnector, destination: DestinationConnector } as const;
