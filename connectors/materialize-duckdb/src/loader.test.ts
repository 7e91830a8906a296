import { expect, test } from 'vitest';
import { Loader } from './loader.ts';

test('one load runs while the next is asked for, and a further one waits', async () => {
  const story: string[] = [];
  const ends: (() => void)[] = [];
  const load = (name: string) => async () => {
    story.push(`${name} begins`);
    await new Promise<void>((resolve) => ends.push(resolve));
    story.push(`${name} ends`);
  };
  const loader = new Loader();
  await loader.start(load('a'));
  const second = loader.start(load('b')).then(() => story.push('b is taken'));
  expect(story).toEqual(['a begins']);
  ends[0]?.();
  await second;
  expect(story).toEqual(['a begins', 'a ends', 'b begins', 'b is taken']);
  ends[1]?.();
  await loader.settle();
  expect(story.at(-1)).toBe('b ends');
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
