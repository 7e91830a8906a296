import { describe, expect, test } from 'vitest';
import { failuresOf } from '../check.ts';
import { testFlowMaterialization } from '../suites.ts';
import { flowMaterializationChecks } from './materialization-checks.ts';
import { materializationDefects } from './testing/materialization-defects.ts';
import { referenceMaterialization } from './testing/reference-materialization.ts';

describe.each(['in-destination', 'staged', 'at-least-once'] as const)('commits: %s', (commits) => {
  testFlowMaterialization(referenceMaterialization(commits));
});

describe('a materialization with a defect is found out, when it', () => {
  test.each(materializationDefects())('$defect', async (given) => {
    const { defect, codec = 'json', commits = 'in-destination', start, by, says } = given;
    const good = referenceMaterialization(commits);
    const checks = flowMaterializationChecks({
      name: defect,
      start: start(good),
      commits,
      prepare: () => good.prepare(),
      codecs: [codec],
      patienceMs: 10_000,
    });
    const chosen = checks.filter(({ name }) => name === `${codec}: ${by}`);
    expect(chosen).toHaveLength(1);
    const failures = await failuresOf(chosen);
    expect([...failures.values()][0] ?? 'nothing was found').toMatch(says);
  });
});
