import { deepStrictEqual } from 'node:assert/strict';

/** One thing that a connector must do. A suite is a list of them, which a test runner runs one by one. */
export interface Check {
  /** A sentence that is true when the check passes. */
  readonly name: string;
  /** Rejects with an `Error` that says what is wrong. */
  readonly run: () => Promise<void>;
}

/** Fails with all of `problems`, a line each, when there are any. */
export function expectNone(problems: readonly string[], what = 'there are problems'): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, 20).map((problem) => `- ${problem}`);
  const more =
    problems.length > shown.length ? [`- and ${problems.length - shown.length} more`] : [];
  throw new Error([`${what}:`, ...shown, ...more].join('\n'));
}

/** Fails with the difference when the two values are not the same in depth. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    const difference = error instanceof Error ? error.message : '';
    throw new Error(`${what}: ${difference}`, { cause: error });
  }
}

/** Fails when the condition does not hold. */
export function expectThat(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

/** What a call throws or rejects with; fails when it does neither. */
export async function errorOf(call: () => unknown, what: string): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error(`${what}: it was accepted`);
}

/** Settles as `promise` does, or fails when it takes longer. */
export async function inTime<T>(promise: Promise<T>, what: string, ms = 20_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** At most `count` of the numbers from 0 to `end`, which is included, spread over all of them. */
export function spread(end: number, count: number): number[] {
  if (end + 1 <= count) return Array.from({ length: end + 1 }, (_, index) => index);
  const step = end / Math.max(1, count - 1);
  return [...new Set(Array.from({ length: count }, (_, index) => Math.round(index * step)))];
}

/** Runs checks one after the other; names of those that fail, each with what it says. */
export async function failuresOf(checks: readonly Check[]): Promise<Map<string, string>> {
  const failures = new Map<string, string>();
  for (const { name, run } of checks) {
    try {
      await run();
    } catch (error) {
      failures.set(name, error instanceof Error ? error.message : String(error));
    }
  }
  return failures;
}
