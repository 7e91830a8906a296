import { Failure, sleepFor } from '@fairlead/sdk';

/**
 * What `work` comes to, which is left alone when it takes longer.
 * @param what it is that was done, for the message: `the settings could not be checked`.
 * @throws {Failure} transient, then.
 */
export async function inTime<T>(
  what: string,
  { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const working = new AbortController();
  const both = AbortSignal.any([signal, working.signal]);
  const late = sleepFor(Math.max(0, ms), both).then(() => {
    throw new Failure('transient', `${what} within ${Math.round(ms)} ms`);
  });
  // Nobody may be waiting for it any more when it ends.
  late.catch(() => {});
  const done = work(both);
  done.catch(() => {});
  try {
    return await Promise.race([done, late]);
  } finally {
    working.abort(new Error('the work is over'));
  }
}
