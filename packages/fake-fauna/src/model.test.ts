import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startFakeFauna } from './fake-fauna.ts';
import { frozenClock } from './store/clock.ts';
import { ask, q } from './testing/post.ts';

const start = 1_700_000_000_000_000;

/** What a transaction does to documents: gives them a value, or deletes them. */
const transactions = fc.array(
  fc.uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 12 }), n: fc.option(fc.nat(9)) }), {
    selector: ({ id }) => id,
    minLength: 1,
    maxLength: 4,
  }),
  { minLength: 1, maxLength: 12 },
);

type Model = ReadonlyMap<number, { readonly ts: number; readonly n: number }>;
type Cursor = { readonly after?: unknown; readonly data: readonly unknown[] };

test('every moment is what was written until then, its events lead there, and pages make it up', async () => {
  await fc.assert(
    fc.asyncProperty(transactions, fc.integer({ min: 1, max: 5 }), async (written, size) => {
      await using fake = await startFakeFauna({
        clock: frozenClock(start),
        settings: { defaultHistoryDays: null },
      });
      fake.store.createCollection('foo');
      fake.store.createIndex('foo_ts', { source: 'foo', values: ['ts', 'ref'] });
      const models: [number, Model][] = [];
      let model: Model = new Map();
      for (const writes of written) {
        const ts = fake.store.transaction((transaction) => {
          for (const { id, n } of writes) {
            if (n === null) transaction.delete('foo', id);
            else transaction.set('foo', id, { n });
          }
        });
        const next = new Map(model);
        for (const { id, n } of writes) {
          if (n === null) next.delete(id);
          else next.set(id, { ts, n });
        }
        model = next;
        models.push([ts, model]);
      }

      /** All pages of a set at a time. */
      const read = async (at: number, set: unknown, options = {}): Promise<unknown[]> => {
        const all: unknown[] = [];
        let after: object = {};
        for (;;) {
          const expr = q.paginate(set, { size, ...options, ...after });
          const page = (await ask(fake, { at, expr })) as Cursor;
          expect(page.data.length).toBeLessThanOrEqual(size);
          all.push(...page.data);
          if (page.after === undefined) return all;
          const isEvent = !Array.isArray(page.after);
          after = { after: isEvent ? { object: page.after } : page.after };
        }
      };
      const ref = (id: number) => q.document('foo', String(id));
      for (const [at, expected] of models) {
        const documents = [...expected].toSorted(([a], [b]) => a - b);
        expect(await read(at, q.documents('foo'))).toEqual(documents.map(([id]) => ref(id)));
        const byTime = documents.toSorted(([a, one], [b, other]) => one.ts - other.ts || a - b);
        expect(await read(at, q.match('foo_ts'))).toEqual(
          byTime.map(([id, { ts }]) => [ts, ref(id)]),
        );
        const replayed = new Set<string>();
        let last = 0;
        for (const event of await read(at, q.documents('foo'), { events: true })) {
          const { ts, action, document } = event as {
            ts: number;
            action: string;
            document: unknown;
          };
          expect(ts).toBeGreaterThanOrEqual(last);
          last = ts;
          const key = JSON.stringify(document);
          expect(replayed.has(key)).toBe(action === 'remove');
          if (action === 'add') replayed.add(key);
          else replayed.delete(key);
        }
        expect(replayed).toEqual(new Set(documents.map(([id]) => JSON.stringify(ref(id)))));
      }
    }),
    { numRuns: 25 },
  );
});
