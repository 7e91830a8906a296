import {
  backfill,
  changes,
  checkpoint,
  CommittedTables,
  memorySource,
  type OneChange,
  type Step,
} from '@fairlead/testkit';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { played } from './testing/play-fivetran.ts';

const id = fc.nat(12);
const change = fc
  .tuple(fc.constantFrom('upsert', 'insert', 'patch', 'delete'), id, fc.nat(99), fc.boolean())
  .map(([op, key, value, isWhole]): OneChange => [
    op,
    { id: key, value, ...(isWhole ? { text: 'x' } : {}) },
  ]);
const batch = fc
  .array(change, { minLength: 1, maxLength: 6 })
  .map((list): Step[] => [changes(...list)]);
const steps = fc
  .array(
    fc.oneof(
      { arbitrary: batch, weight: 4 },
      fc.constant<Step[]>([checkpoint]),
      batch.map((list) => backfill(...list)),
    ),
    {
      maxLength: 12,
    },
  )
  .map((list): Step[] => [...list.flat(), checkpoint]);
const schema = {
  type: 'object',
  properties: { id: { type: 'integer' }, value: { type: 'integer' }, text: { type: 'string' } },
};

test('updates that break off and are repeated come to what one update comes to', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.nat(12), { maxLength: 6 }), async (script, breaks) => {
      const source = memorySource({ streams: [{ name: 'a', schema, script }] });
      await using fivetran = await played(source, { pace: { everyMs: 0 } });
      const whole = new CommittedTables({ a: ['id'] });
      for await (const message of fivetran.update()) whole.take(message);
      const broken = new CommittedTables({ a: ['id'] });
      for (const after of [...breaks, Infinity]) {
        const leaving = new AbortController();
        const { state } = broken;
        const request = state === undefined ? {} : { stateJson: state };
        let taken = 0;
        try {
          for await (const message of fivetran.update(request, leaving.signal)) {
            if (taken++ === after) leaving.abort(new Error('broken off'));
            leaving.signal.throwIfAborted();
            broken.take(message);
          }
        } catch (error) {
          if (!leaving.signal.aborted) throw error;
        }
        broken.rollBack();
      }
      expect(broken.lines).toEqual(whole.lines);
      expect(broken.state).toEqual(whole.state);
    }),
    { numRuns: 60 },
  );
});
