import { expect, test, vi } from 'vitest';
import { asFailure } from './errors.ts';
import { Loader } from './loader.ts';

/** Loads that end when they are told to, and what has happened. */
function loads() {
  const story: string[] = [];
  const ends = new Map<string, () => void>();
  const wait = (what: string) => async () => {
    story.push(`${what} begins`);
    await new Promise<void>((resolve) => ends.set(what, resolve));
  };
  const load = (name: string) => [wait(name), wait(`cleaning of ${name}`)] as const;
  const end = async (what: string) => {
    await vi.waitFor(() => expect(ends.has(what)).toBe(true));
    ends.get(what)?.();
  };
  return { story, load, end };
}

const noCleaning = async () => {};

test('two loads run at a time, two wait, and a further one is not taken before one is cleaned up', async () => {
  const { story, load, end } = loads();
  const loader = new Loader();
  expect(loader.isIdle).toBe(true);
  for (const name of ['a', 'b', 'c', 'd']) await loader.start(...load(name));
  const fifth = loader.start(...load('e')).then(() => story.push('e is taken'));
  await Promise.resolve();
  expect(story).toEqual(['a begins', 'b begins']);
  await end('a');
  await vi.waitFor(() => expect(story).toContain('c begins'));
  expect(story.toSorted()).toEqual(['a begins', 'b begins', 'c begins', 'cleaning of a begins']);
  await end('cleaning of a');
  await fifth;
  // The second one may be the first to end.
  await end('c');
  await end('cleaning of c');
  await vi.waitFor(() => expect(story).toContain('e begins'));
  expect(story).not.toContain('d begins');
  const settled = loader.settle();
  for (const name of ['b', 'd', 'e']) {
    expect(loader.isIdle).toBe(false);
    await end(name);
    await end(`cleaning of ${name}`);
  }
  await settled;
  expect(loader.isIdle).toBe(true);
  expect(story.filter((line) => line.startsWith('cleaning'))).toHaveLength(5);
});

test('a failure is thrown by the next call, and by every one after it; what had run is cleaned up', async () => {
  const loader = new Loader();
  const failure = new Error('full');
  let cleaned = 0;
  const clean = async () => void cleaned++;
  await loader.start(() => Promise.reject(failure), clean);
  await expect(loader.settle()).rejects.toBe(failure);
  expect(cleaned).toBe(1);
  const never = () => Promise.reject(new Error('it was started'));
  await expect(loader.start(never, clean)).rejects.toBe(failure);
  await expect(loader.settle()).rejects.toBe(failure);
  expect(cleaned).toBe(1);
});

test('the failure of a load is thrown rather than what others fail with because of it', async () => {
  const loader = new Loader();
  const place = { path: 'a.duckdb' };
  const aborted = 'TransactionContext Error: Current transaction is aborted (please ROLLBACK)';
  const failure = new Error('full');
  let fail = () => {};
  const first = new Promise<void>((_, reject) => (fail = () => reject(failure)));
  await loader.start(() => first, noCleaning);
  await loader.start(() => Promise.reject(asFailure(new Error(aborted), place)), noCleaning);
  await new Promise((resolve) => setImmediate(resolve));
  const third = loader.start(noCleaning, noCleaning);
  fail();
  await expect(third).rejects.toBe(failure);
  await expect(loader.settle()).rejects.toBe(failure);
});

test('a failure to clean up is one of the loader', async () => {
  const loader = new Loader();
  const failure = new Error('no such folder');
  await loader.start(noCleaning, () => Promise.reject(failure));
  await expect(loader.settle()).rejects.toBe(failure);
});
