import * as fc from 'fast-check';
import { test } from 'vitest';
import { circumstances, step } from './testing/race/steps.ts';
import { World } from './testing/race/world.ts';

test('whatever happens, the destination is like the database in the end, and no version comes twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      circumstances,
      fc.array(step, { minLength: 20, maxLength: 60 }),
      fc.boolean(),
      async (all, steps, byKill) => {
        await using world = await World.begin(all);
        await world.step({ is: 'live', lag: 0, turns: 50 });
        for (const one of steps) await world.step(one);
        const found = await world.finish(byKill);
        if (found.length > 0) throw new Error([...found, world.journal].join('\n'));
      },
    ),
    { numRuns: 60, endOnFailure: true, includeErrorInReport: true },
  );
}, 180_000);
