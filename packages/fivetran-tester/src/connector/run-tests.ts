import type {
  ConfigurationTest,
  DestinationConnector,
  SourceConnector,
} from '@fairlead/host-fivetran/protocol';
import { Failure } from '@fairlead/sdk';
import type { Configuration } from './configuration.ts';
import type { SecretMask } from './mask-secrets.ts';
import type { ConnectorChannel } from './open-connector.ts';

/** How a test of the form went. */
export interface TestOutcome {
  readonly name: string;
  readonly label: string;
  /** What a user would be shown; absent when the test passed. */
  readonly failure?: string;
}

/** Makes the tests of a form with a configuration, in order. All are made, whether or not one fails. */
export async function runTests(
  channel: ConnectorChannel,
  service: typeof SourceConnector | typeof DestinationConnector,
  tests: readonly ConfigurationTest[],
  configuration: Configuration,
  mask: SecretMask,
): Promise<readonly TestOutcome[]> {
  const outcomes: TestOutcome[] = [];
  for (const { name, label } of tests) {
    const request = { name, configuration: { ...configuration } };
    const { response } = await channel.ask(service.method.test, request);
    const outcome = { name, label };
    if (response.case === 'success' && response.value) outcomes.push(outcome);
    else {
      const failure = response.case === 'failure' ? response.value : 'the test has no answer';
      outcomes.push({ ...outcome, failure: mask.text(failure) });
    }
  }
  return outcomes;
}

/** @throws {Failure} config, with what the first test that failed says. */
export function expectPassed(outcomes: readonly TestOutcome[]): void {
  const failed = outcomes.find(({ failure }) => failure !== undefined);
  if (failed === undefined) return;
  throw new Failure('config', failed.failure ?? '', { where: `test ${failed.name}` });
}
