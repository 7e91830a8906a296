import type { Check } from './check.ts';
import { acknowledgeChecks, checkpointChecks, commitChecks } from './commit-checks.ts';
import { fenceChecks } from './fence-checks.ts';
import { keyChecks } from './key-checks.ts';
import { materializationFormChecks } from './materialization-form-checks.ts';
import { startDestination } from './materialization-run.ts';
import type { MaterializationSuite } from './materialization-suite-options.ts';
import { storyChecks } from './story-checks.ts';
import { type DestinationCheck, tableChecks } from './table-checks.ts';
import { callChecks } from './call-checks.ts';
import { valueChecks } from './value-checks.ts';
import { writeChecks } from './write-checks.ts';

/** All that any materialization has to do, as checks that can be run one by one. */
export function materializationChecks(suite: MaterializationSuite): Check[] {
  const { commits } = suite.materialization;
  const keeps = suite.keeps !== false;
  const exactly = keeps && commits !== 'at-least-once';
  const inDestination = keeps && commits === 'in-destination';
  const checks: DestinationCheck[] = [
    ...callChecks(),
    ...(keeps ? [...tableChecks(), ...writeChecks(), ...valueChecks()] : []),
    ...(keeps && suite.compares !== false ? keyChecks() : []),
    ...(exactly ? commitChecks() : []),
    ...(inDestination ? checkpointChecks() : []),
    ...(inDestination && suite.twoConnections !== false ? fenceChecks() : []),
    ...(keeps && commits === 'staged' ? acknowledgeChecks() : []),
    ...(keeps ? storyChecks(suite) : []),
  ];
  return [
    ...materializationFormChecks(suite),
    ...checks.map(({ name, run }) => ({
      name,
      async run() {
        await using destination = await startDestination(suite);
        await run(destination);
      },
    })),
  ];
}
