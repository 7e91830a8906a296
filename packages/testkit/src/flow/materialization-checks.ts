import { materializeRequests, materializeResponses } from '@fairlead/host-flow';
import type { Check } from '../check.ts';
import { commitChecks } from './commit-checks.ts';
import { starterOf } from './flow-start.ts';
import { materializationFormChecks } from './materialization-form-checks.ts';
import type { FlowMaterializationSuite } from './materialization-options.ts';
import {
  commitsOf,
  type FlowMaterializationRun,
  startMaterialization,
} from './materialization-run.ts';
import { orderChecks } from './order-checks.ts';
import { transactionChecks } from './transaction-checks.ts';
import { transportChecks } from './transport-checks.ts';

/** A check of a materialization whose destination is in place. */
export interface MaterializationCheck {
  readonly name: string;
  readonly run: (run: FlowMaterializationRun) => Promise<void>;
}

/** All that any Flow materialization has to do, in each codec, as checks that can be run one by one. */
export function flowMaterializationChecks(suite: FlowMaterializationSuite): Check[] {
  const { codecs = ['json', 'proto'], wrong = [], keeps = true, twoSessions = true } = suite;
  const transport = transportChecks().map(({ name, run }): MaterializationCheck => ({
    name,
    run: async ({ codec, fixture: { settings } }) =>
      await run({
        start: starterOf(suite).start,
        codec,
        settings,
        requests: materializeRequests,
        responses: materializeResponses,
        wrong,
      }),
  }));
  const checks = [
    ...transport,
    ...materializationFormChecks(),
    ...orderChecks(),
    ...(keeps ? transactionChecks() : []),
    ...(keeps ? commitChecks({ commits: commitsOf(suite), twoSessions }) : []),
  ];
  return codecs.flatMap((codec) =>
    checks.map(({ name, run }) => ({
      name: `${codec}: ${name}`,
      async run() {
        await using materialization = await startMaterialization(suite, codec);
        await run(materialization);
      },
    })),
  );
}
