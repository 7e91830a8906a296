import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BugTable, settingsOf } from './testing/reading.ts';
import { Tracker } from './testing/tracker.ts';

/** What others do while bugs are read. */
type Step =
  | { readonly do: 'change'; readonly id: number; readonly lateSeconds: number }
  | { readonly do: 'pass'; readonly seconds: number };

const seconds = fc.oneof(fc.nat(3), fc.nat(400));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      id: fc.integer({ min: 1, max: 9 }),
      // A transaction takes less than what a run stays behind the present.
      lateSeconds: fc.oneof(fc.constant(0), fc.nat(290)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds }) },
);

test('whatever changes between pages and within them, and wherever it is killed, no bug is missed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 6 }),
      fc.integer({ min: 2, max: 5 }),
      fc.boolean(),
      async (before, meanwhile, kills, pageSize, ofOneSecond) => {
        await using tracker = await Tracker.start({ bugs: 6 });
        if (ofOneSecond) for (const { id } of tracker.bugs) tracker.change(id);
        tracker.pass(3_600);
        const play = (steps: readonly Step[] = []) => {
          for (const one of steps) {
            if (one.do === 'pass') tracker.pass(one.seconds);
            else tracker.change(one.id, one);
          }
        };
        let at = 0;
        tracker.beforeAnswer = () => play(meanwhile[at++]);
        tracker.whileLoading = () => play(meanwhile[at++]);
        play(before);
        const table = new BugTable();
        for (const events of kills) await table.run(settingsOf(tracker, { pageSize }), events);
        // Others come to an end, and then a run does, too.
        while (at < meanwhile.length) await table.run(settingsOf(tracker, { pageSize }));
        await table.run(settingsOf(tracker, { pageSize }));
        expect(table.rows).toEqual(tracker.bugs);
      },
    ),
    { numRuns: 300 },
  );
});
