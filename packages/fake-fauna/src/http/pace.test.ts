import { expect, test } from 'vitest';
import { startFakeFauna } from '../fake-fauna.ts';
import { defaultSettings } from '../settings.ts';
import { ask, q } from '../testing/post.ts';
import { Pace } from './pace.ts';

test('elements go out at the speed of the settings, first come, first served', async () => {
  const pace = new Pace({ ...defaultSettings(), documentsPerSecond: 1000 });
  const began = performance.now();
  const order: string[] = [];
  const waits = { first: pace.wait(30), none: pace.wait(0), second: pace.wait(20) };
  await Promise.all(Object.entries(waits).map(([name, wait]) => wait.then(() => order.push(name))));
  expect(order).toEqual(['none', 'first', 'second']);
  // Timers may be early by a part of a millisecond.
  expect(performance.now() - began).toBeGreaterThan(45);
});

test('without a limit nothing waits, whatever went before', async () => {
  const settings = { ...defaultSettings(), documentsPerSecond: 1 };
  const pace = new Pace(settings);
  const long = pace.wait(1_000_000);
  settings.documentsPerSecond = Infinity;
  await expect(Promise.race([long.then(() => 'long'), pace.wait(9).then(() => 'short')]))
    .resolves //
    .toBe('short');
});

test('answers are as slow as the elements of their pages', async () => {
  await using fake = await startFakeFauna();
  fake.store.synthesise({ collection: 'users', count: 1000 });
  fake.store.createIndex('users_ts', { source: 'users', values: ['ts', 'ref'] });
  fake.settings.documentsPerSecond = 10_000;
  const began = performance.now();
  for (const size of [400, 100]) {
    await ask(fake, {
      map: { lambda: 'x', expr: { get: { select: 1, from: { var: 'x' } } } },
      collection: q.paginate(q.match('users_ts'), { size }),
    });
  }
  expect(performance.now() - began).toBeGreaterThan(45);
  expect(fake.counters).toMatchObject({ elements: 500, reads: 1000 });
});
