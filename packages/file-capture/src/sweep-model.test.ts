import { emptyState } from '@fairlead/sdk';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from './memory-store.ts';
import { applyDocuments, documentsOf, run } from './test-support.ts';

const name = fc.constantFrom('a.jsonl', 'b.jsonl', 'c.jsonl');

/** What happens before and during a run, and how many checkpoints the run gets to. */
const step = fc.record({
  write: fc.dictionary(name, fc.nat(7), { maxKeys: 2 }),
  remove: fc.array(name, { maxLength: 1 }),
  checkpoints: fc.nat(5),
  /** A file that changes when so many chunks of whatever file have been read. */
  during: fc.option(fc.record({ chunks: fc.nat(12), path: name, records: fc.nat(7) })),
});

/** Four of these are more than a batch. */
const pad = 'x'.repeat(300_000);

/** A file with so many records, all with one number that no other version has. */
function content(records: number, number: number): string {
  return `{"n":${number},"pad":"${pad}"}\n`.repeat(records);
}

test('whatever happens to files, and wherever runs are cut, the rows are those of the files', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      const model = new Map<string, { readonly number: number; readonly records: number }>();
      let number = 0;
      let chunks = 0;
      let during: (typeof steps)[number]['during'] = null;
      const write = (path: string, records: number) => {
        store.write(path, content(records, ++number));
        model.set(path, { number, records });
      };
      const beforeChunk = () => {
        if (during !== null && chunks++ === during.chunks) write(during.path, during.records);
      };
      const store = memoryStore({}, { chunkBytes: 200_000, beforeChunk });
      const rows = new Map<string, unknown>();
      let state = emptyState;
      const calm = { write: {}, remove: [], checkpoints: 100, during: null };
      for (const now of [...steps, calm]) {
        for (const [path, records] of Object.entries(now.write)) write(path, records);
        for (const path of now.remove) {
          store.remove(path);
          model.delete(path);
        }
        if (now.checkpoints === 0) continue;
        during = now.during;
        chunks = 0;
        const { checkpoints } = now;
        const result = await run(store, { state, settings: { onRemoved: 'delete' }, checkpoints });
        applyDocuments(rows, documentsOf(result.events));
        state = result.state;
        expect(store.openCount()).toBe(0);
      }
      const numbers = [...rows].map(([key, row]) => [key, (row as { n: number }).n] as const);
      const expected = [...model].flatMap(([path, version]) =>
        Array.from({ length: version.records }, (_, n) => [`${path}#${n}`, version.number]),
      );
      expect(Object.fromEntries(numbers)).toEqual(Object.fromEntries(expected));
    }),
    { numRuns: 60 },
  );
});
