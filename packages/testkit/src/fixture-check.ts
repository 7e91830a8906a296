import type { Check } from './check.ts';

/** A check with something in place that is gone afterwards. */
export function fixtureCheck<Fixture extends Partial<AsyncDisposable>>(
  name: string,
  prepare: () => Promise<Fixture>,
  body: (fixture: Fixture) => Promise<void>,
): Check {
  return {
    name,
    async run() {
      const fixture = await prepare();
      try {
        await body(fixture);
      } finally {
        await fixture[Symbol.asyncDispose]?.();
      }
    },
  };
}
