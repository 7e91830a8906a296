import { describe, test } from 'vitest';
import type { Check } from './check.ts';
import { sourceChecks } from './source-checks.ts';
import type { SourceSuite } from './source-suite-options.ts';

/** Registers the tests that every source has to pass. */
export function testSource(suite: SourceSuite): void {
  register(`${suite.source.name} is a source`, sourceChecks(suite));
}

function register(title: string, checks: readonly Check[]): void {
  describe(title, () => {
    for (const { name, run } of checks) test(name, run);
  });
}
