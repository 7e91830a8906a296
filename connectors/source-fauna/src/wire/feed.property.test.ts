import { validateJson } from '@fairlead/json';
import { isFailure } from '@fairlead/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FeedReader } from './feed.ts';
import { Action } from './page.ts';
import { anyElement } from './testing/arbitraries.ts';
import { garble, anyChanges } from './testing/garble.ts';
import { fqlPageOf, linesOf } from './testing/pages.ts';
import { slowPage } from './testing/slow-row.ts';

const types = { add: Action.add, update: Action.update, remove: Action.remove } as const;

const events = fc.array(
  fc.tuple(fc.constantFrom('add', 'update', 'remove'), anyElement('v10'), fc.nat()),
  { maxLength: 4 },
);

function feedOf(all: readonly (readonly [string, string, number])[]): Buffer {
  const written = all.map(
    ([type, data, ts]) => `{"type":"${type}","data":${data},"txn_ts":${ts},"stats":{}}`,
  );
  return Buffer.from(`{"events":[${written.join(',')}],"cursor":"c","has_next":false}`);
}

test('events have the rows that their documents have, or the refs', () => {
  fc.assert(
    fc.property(events, (all) => {
      const elements = all.map(([, data]) => data);
      const body = Buffer.from(fqlPageOf(elements)).toString();
      const rows = slowPage(body, { dialect: 'v10', base64: 'url' }).lines;
      const page = new FeedReader().read(feedOf(all));
      const expected = all.map(([type, , ts], i) => {
        const row = rows[i] ?? '';
        const ref = /^\{"ref":("(?:[^"\\]|\\.)*")/.exec(row)?.[1];
        return type === 'remove' ? `{"ref":${ref},"ts":${ts}}` : row;
      });
      expect(linesOf(page)).toEqual(expected);
      expect([...page.actions]).toEqual(all.map(([type]) => types[type]));
    }),
    { numRuns: 400 },
  );
});

test('a garbled feed has valid rows or is a failure', () => {
  fc.assert(
    fc.property(events, anyChanges, (all, changes) => {
      try {
        const page = new FeedReader().read(changes.reduce(garble, feedOf(all)));
        for (const line of linesOf(page)) expect(validateJson(Buffer.from(line))).toBeUndefined();
      } catch (error) {
        if (!isFailure(error)) throw error;
        expect(error.kind).toBe('data');
      }
    }),
    { numRuns: 1500 },
  );
});
