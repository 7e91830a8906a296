import { describe, test } from 'vitest';
import type { Check } from './check.ts';
import { materializationChecks } from './materialization-checks.ts';
import type { MaterializationSuite } from './materialization-suite-options.ts';
import { sourceChecks } from './source-checks.ts';
import type { SourceSuite } from './source-suite-options.ts';

/** Registers the tests that every source has to pass. */
export function testSource(suite: SourceSuite): void {
  register(`${suite.source.name} is a source`, sourceChecks(suite));
}

/** Registers the tests that every materialization has to pass. */
export function testMaterialization(suite: MaterializationSuite): void {
  register(`${suite.materialization.name} is a materialization`, materializationChecks(suite));
}

function register(title: string, checks: readonly Check[]): void {
  describe(title, () => {
    for (const { name, run } of checks) test(name, run);
  });
}
