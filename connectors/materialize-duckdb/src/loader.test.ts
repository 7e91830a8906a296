import { expect, test, vi } from 'vitest';
import { Loader } from './loader.ts';

test('one load runs at a time, three wait, and a further one is not taken yet', async () => {
  const story: string[] = [];
  const ends: (() => void)[] = [];
  const load = (name: string) => async () => {
    story.push(`${name} begins`);
    await new Promise<void>((resolve) => ends.push(resolve));
    story.push(`${name} ends`);
  };
  const loader = new Loader();
  expect(loader.isIdle).toBe(true);
  for (const name of ['a', 'b', 'c', 'd']) await loader.start(load(name));
  const fifth = loader.start(load('e')).then(() => story.push('e is taken'));
  await Promise.resolve();
  expect(story).toEqual(['a begins']);
  ends[0]?.();
  await fifth;
  expect(story.filter((line) => line !== 'b begins')).toEqual(['a begins', 'a ends', 'e is taken']);
  const settled = loader.settle();
  for (let index = 1; index < 5; index++) {
    await vi.waitFor(() => expect(ends).toHaveLength(index + 1));
    ends[index]?.();
  }
  expect(loader.isIdle).toBe(false);
  await settled;
  expect(loader.isIdle).toBe(true);
  expect(story.filter((line) => line !== 'e is taken')).toEqual(
    ['a', 'b', 'c', 'd', 'e'].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
});

test('a failure is thrown by the next call, and by every one after it', async () => {
  const loader = new Loader();
  const failure = new Error('full');
  await loader.start(() => Promise.reject(failure));
  await expect(loader.settle()).rejects.toBe(failure);
  const never = () => Promise.reject(new Error('it was started'));
  await expect(loader.start(never)).rejects.toBe(failure);
  await expect(loader.settle()).rejects.toBe(failure);
});
