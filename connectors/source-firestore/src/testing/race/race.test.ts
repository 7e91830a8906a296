import * as fc from 'fast-check';
import { startFakeFirestore } from '@fairlead/fake-firestore';
import { describe, expect, test } from 'vitest';
import { differences } from '../harness/compare.ts';
import { Task } from '../harness/task.ts';
import { referenceSource, type ReferenceDefect } from './reference-source.ts';
import { circumstances, step } from './steps.ts';
import { World } from './world.ts';

/** Races a reference against what may happen; rejects when something is lost or comes twice. */
async function race(defect: ReferenceDefect | undefined, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      circumstances,
      fc.array(step, { minLength: 20, maxLength: 60 }),
      async (all, steps) => {
        await using world = await World.begin(all, (fake) => referenceSource(fake, defect));
        await world.step({ is: 'live', lag: 0 });
        for (const one of steps) await world.step({ ...one, turns: Math.min(5, one.turns ?? 0) });
        const found = await world.finish(true);
        if (found.length > 0) throw new Error(found.join('\n'));
      },
    ),
    { numRuns, endOnFailure: true, includeErrorInReport: true },
  );
}

describe('the race', () => {
  test('has nothing to say about a source that does nothing wrong', async () => {
    await race(undefined, 30);
  });

  test.each<[ReferenceDefect, RegExp]>([
    ['keeps-deleted', /left over/],
    ['saves-too-early', /lost|stale|left over/],
    ['repeats', /came twice/],
    ['goes-back', /went back in time|came twice/],
    ['skips', /lost/],
  ])('finds a source that %s', async (defect, words) => {
    await expect(race(defect, 40)).rejects.toThrow(words);
  });
});

describe('a task', () => {
  test('says what a source did that does not end', async () => {
    await using fake = await startFakeFirestore();
    const task = new Task(fake, ['users'], { source: referenceSource(fake, 'hangs') });
    const life = task.live();
    await expect(life.until(() => false, 'never', 50)).rejects.toThrow(
      /waited 50 ms in vain until never[^]*caught up: users/,
    );
    await expect(life.stop(50)).rejects.toThrow('in vain until it ended after an abort');
  });

  test('loses with a kill what is not durable, and with a stop nothing', async () => {
    await using fake = await startFakeFirestore();
    fake.store.set('users/1', { n: 1 });
    await using task = new Task(fake, ['users'], { source: referenceSource(fake) });
    const first = task.live({ lag: 1_000 });
    await task.settled(first);
    await first.kill();
    expect(differences(task)).toEqual([expect.stringMatching(/^users: lost, .*: users\/1;/)]);
    const second = task.live({ lag: 1_000 });
    await task.settled(second);
    await second.stop();
    expect(differences(task)).toEqual([]);
    expect(second.told('users')).toEqual(['snapshot users/1 {"n":1}']);
    expect(Object.keys(task.state.bindings)).toEqual(['users']);
  });

  test('tells which values differ', async () => {
    await using fake = await startFakeFirestore();
    fake.store.set('users/1', { n: 1 });
    await using task = new Task(fake, ['users'], { source: referenceSource(fake) });
    await task.catchUp();
    const row = task.destination.table('users').rows.get('users/1');
    Object.assign(row?.fields ?? {}, { n: 2 });
    expect(differences(task)).toEqual([
      expect.stringContaining('users: other values, [["n",2]] and not [["n",1]]: users/1'),
    ]);
  });
});
