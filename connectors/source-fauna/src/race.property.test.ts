import { frozenClock, startFakeFauna } from '@fairlead/fake-fauna';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Task } from './testing/task.ts';

/** What happens while a collection is read. */
type Step =
  | { readonly do: 'set' | 'delete'; readonly id: number }
  | { readonly do: 'expire'; readonly id: number }
  /** Reads until so many events have come, and is killed then. */
  | { readonly do: 'read'; readonly events: number }
  | { readonly do: 'read to the end' }
  /** So long that a reader tells of deletions between its pages. */
  | { readonly do: 'wait' };

const id = fc.integer({ min: 1, max: 8 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), id }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), id }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      events: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'read to the end' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'wait' as const }) },
);

test.each(['4', '10'] as const)(
  'in FQL %s, whatever is written, deleted and killed, the table is like the collection in the end',
  async (apiVersion) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { maxLength: 30 }),
        fc.array(anyStep, { maxLength: 24 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, meanwhile, pageSize) => {
          await using fake = await startFakeFauna({ clock: frozenClock() });
          const { store } = fake;
          store.createCollection('foo', { historyDays: 30 });
          store.createIndex('foo_ts', { source: 'foo', values: ['ts', 'ref'] });
          const task = new Task(
            fake,
            { collection: 'foo', index: 'foo_ts' },
            { page_size: pageSize, deletions: { deletion_mode: 'deleted_field' } },
            apiVersion,
          );
          let count = 0;
          const isThere = (number: number) =>
            store.documents('foo').some((document) => document.id === String(number));
          const write = (step: Step) => {
            if (step.do === 'set') store.set('foo', step.id, { count: ++count });
            else if (step.do === 'expire' && isThere(step.id)) {
              store.set('foo', step.id, { count: ++count }, { ttl: fake.clock.now() + 1e12 });
            } else if (step.do === 'delete' && isThere(step.id)) store.delete('foo', step.id);
            else if (step.do === 'wait') fake.clock.advance(6 * 60_000_000);
          };
          for (const step of steps) {
            if (step.do === 'read') {
              let events = 0;
              let at = 0;
              await task.run(() => {
                // Between two pages others write.
                const other = meanwhile[at++];
                if (other !== undefined) write(other);
                return ++events > step.events;
              });
            } else if (step.do === 'read to the end') await task.run();
            else write(step);
          }
          await task.run();
          await task.run();
          expect(task.problems).toEqual([]);
          const found = Object.fromEntries([...task.rows].map(([ref, { ts }]) => [ref, ts]));
          const expected = store.documents('foo').map((document) => [document.id, document.ts]);
          expect(found).toEqual(Object.fromEntries(expected));
        },
      ),
      { numRuns: 60 },
    );
  },
  120_000,
);
