import type { FakeFauna } from '@fairlead/fake-fauna';
import { describe, expect, test } from 'vitest';
import { Task } from '../testing/task.ts';
import {
  before,
  beforeEach,
  databaseOfFoo,
  day,
  deletions,
  expectSame,
  fill,
  foo,
  minute,
  type Asked,
} from './testing/database.ts';

interface Case {
  /** Before it is read for the second time. */
  readonly earlier?: (store: FakeFauna['store']) => void;
  /** While it is, before the first request of a kind. */
  readonly at: Asked;
  readonly meanwhile: (store: FakeFauna['store']) => void;
  /** What the second and the third reading tell. */
  readonly told: readonly [second: readonly string[], third: readonly string[]];
}

/** A story without times. */
function words(story: readonly string[]): string[] {
  return story.map((line) => line.replace(/@.*/, ''));
}

test('a document of a page that was asked for before its deletion is told of does not stay', async () => {
  await using fake = await databaseOfFoo();
  fill(fake, 6);
  const task = new Task(fake, foo, { page_size: 1, deletions });
  // After each page it is time to tell of deletions; the next page is on its way by then.
  beforeEach(fake, {
    updates: () => fake.clock.advance(6 * minute),
    now: (count) => count > 1 && count < 5 && fake.store.delete('foo', count),
  });
  await task.run();
  await task.run();
  expectSame(task, fake);
});

describe('between and within the two phases (defects 12, 14)', () => {
  test.each<[string, Case]>([
    [
      'a document that is deleted and created again between them stays',
      {
        at: 'updates',
        meanwhile: (store) => {
          store.delete('foo', 2);
          store.set('foo', 2, { n: 'again' });
        },
        told: [['row 2'], []],
      },
    ],
    [
      'a document that is deleted between them is told of the next time',
      {
        at: 'updates',
        meanwhile: (store) => void store.delete('foo', 2),
        told: [[], ['delete 2']],
      },
    ],
    [
      'a document that was deleted, and is created again between them, comes after its deletion',
      {
        earlier: (store) => void store.delete('foo', 2),
        at: 'updates',
        meanwhile: (store) => void store.set('foo', 2, { n: 'again' }),
        told: [['delete 2', 'row 2'], []],
      },
    ],
    [
      'a document that was deleted and created again before them is no deletion',
      {
        earlier: (store) => {
          store.delete('foo', 2);
          store.set('foo', 2, { n: 'again' });
        },
        at: 'updates',
        meanwhile: () => {},
        told: [['row 2'], []],
      },
    ],
    [
      'a document that was created again, and is deleted between them, is told of the next time',
      {
        earlier: (store) => {
          store.delete('foo', 2);
          store.set('foo', 2, { n: 'again' });
        },
        at: 'updates',
        meanwhile: (store) => void store.delete('foo', 2),
        told: [[], ['delete 2']],
      },
    ],
    [
      'a document that is deleted after the present was asked for is told of the next time',
      {
        earlier: (store) => void store.delete('foo', 1),
        at: 'removals',
        meanwhile: (store) => void store.delete('foo', 2),
        told: [['delete 1'], ['delete 2']],
      },
    ],
    [
      'a document that is created again after the present was asked for comes after its deletion',
      {
        earlier: (store) => void store.delete('foo', 2),
        at: 'removals',
        meanwhile: (store) => void store.set('foo', 2, { n: 'again' }),
        told: [['delete 2', 'row 2'], []],
      },
    ],
    [
      'a document that lives for another time is not deleted',
      {
        earlier: (store) => void store.set('foo', 2, { n: 'ttl' }, { ttl: 4e15 }),
        at: 'updates',
        meanwhile: (store) => void store.set('foo', 3, { n: 'ttl' }, { ttl: 4e15 }),
        told: [['row 2', 'row 3'], []],
      },
    ],
    [
      'a document whose time to live was taken from it is not deleted',
      {
        earlier: (store) => {
          store.set('foo', 2, { n: 'ttl' }, { ttl: 4e15 });
          store.set('foo', 2, { n: 'for ever' });
        },
        at: 'updates',
        meanwhile: () => {},
        told: [['row 2'], []],
      },
    ],
  ])('%s', async (_, { earlier, at, meanwhile, told }) => {
    await using fake = await databaseOfFoo();
    fill(fake, 4);
    const task = new Task(fake, foo, { page_size: 2, deletions });
    await task.run();
    earlier?.(fake.store);
    before(fake, at, (count) => count === 1 && meanwhile(fake.store));
    const second = task.story.length;
    await task.run();
    const third = task.story.length;
    await task.run();
    expect(words(task.story.slice(second, third))).toEqual(told[0]);
    expect(words(task.story.slice(third))).toEqual(told[1]);
    expectSame(task, fake);
  });
});

describe('while it is loaded for the first time', () => {
  test.each<[string, (store: FakeFauna['store']) => void, readonly string[]]>([
    ['a document is written', (store) => void store.set('foo', 1, { n: 'new' }), []],
    ['a document is created', (store) => void store.set('foo', 5, {}), []],
    ['a document is deleted that has come', (store) => void store.delete('foo', 1), ['delete 1']],
    ['a document is deleted that has not', (store) => void store.delete('foo', 4), ['delete 4']],
    [
      'a document is deleted and created again',
      (store) => {
        store.delete('foo', 1);
        store.set('foo', 1, { n: 'again' });
      },
      [],
    ],
  ])('%s', async (_, meanwhile, then) => {
    await using fake = await databaseOfFoo();
    fill(fake, 4);
    const task = new Task(fake, foo, { page_size: 1, deletions });
    before(fake, 'updates', (count) => count === 3 && meanwhile(fake.store));
    await task.run();
    const first = task.story.length;
    await task.run();
    expect(words(task.story.slice(first))).toEqual(then);
    expectSame(task, fake);
  });
});

test('a document whose time to live ends says so beforehand, and is not told of (defects 8, 13)', async () => {
  await using fake = await databaseOfFoo();
  const ttl = fake.clock.now() + day;
  fake.store.set('foo', 1, {}, { ttl });
  const task = new Task(fake, foo, { deletions });
  await task.run();
  expect(task.rows.get('1')).toMatchObject({ ttl: '2026-01-02T00:00:00Z' });
  fake.clock.advance(2 * day);
  await task.run();
  expect(task.story).toHaveLength(2);
  const whole = new Task(fake, { collection: 'foo' });
  await whole.run();
  expectSame(whole, fake);
});

test('a database that lags behind loses nothing', async () => {
  await using fake = await databaseOfFoo(30, { settings: { replicaLagMicros: 60_000_000 } });
  fill(fake, 4);
  const task = new Task(fake, foo, { page_size: 1, deletions });
  await task.run();
  fake.store.delete('foo', 2);
  fake.store.set('foo', 3, { n: 'new' });
  await task.run();
  fake.settings.replicaLagMicros = 0;
  await task.run();
  expectSame(task, fake);
});
