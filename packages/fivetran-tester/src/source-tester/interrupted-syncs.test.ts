import { GrpcError, Status } from '@fairlead/grpc';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptedSource, type Update } from '../testing/scripted-source.ts';
import {
  checkpoint,
  long,
  ordersSchema,
  remove,
  text,
  truncate,
  update,
  upsert,
} from '../testing/source-updates.ts';
import { testRuns } from '../testing/test-run.ts';

const anyOperation = fc.record({
  kind: fc.constantFrom('upsert', 'upsert', 'update', 'delete', 'truncate', 'checkpoint'),
  ids: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
});
type Operation = typeof anyOperation extends fc.Arbitrary<infer Value> ? Value : never;

test('syncs that fail anywhere come to what one sync without failures would', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyOperation, { maxLength: 14 }),
      fc.array(fc.nat(14), { maxLength: 3 }),
      async (operations, failures) => {
        const left = [...failures];
        await using runs = await testRuns();
        await using source = await scriptedSource({
          schema: ordersSchema,
          *update({ stateJson = '{}' }) {
            const { at = 0 } = JSON.parse(stateJson);
            const failAt = left.shift();
            for (let i = at; i < operations.length; i++) {
              if (i === failAt) throw new GrpcError(Status.UNAVAILABLE, 'away');
              yield updateOf(operations[i], i);
            }
            yield checkpoint({ at: operations.length });
          },
        });
        for (let ended = false; !ended;) {
          const { failure } = await runs.run(source.target);
          ended = failure === undefined;
        }
        const rows = await runs.query(
          'SELECT id, name, _fivetran_deleted AS gone FROM tester.orders ORDER BY id',
        );
        expect(rows).toEqual(rowsAfter(operations));
      },
    ),
    { numRuns: 12 },
  );
});

function updateOf(operation: Operation | undefined, at: number): Update {
  const { kind, ids } = operation ?? { kind: 'checkpoint', ids: [] };
  const rows = ids.map((id, place) => ({ id: long(id), name: text(`${at} ${place}`) }));
  switch (kind) {
    case 'upsert':
      return upsert('orders', ...rows);
    case 'update':
      return update('orders', ...rows);
    case 'delete':
      return remove('orders', ...rows);
    case 'truncate':
      return truncate('orders');
    default:
      return checkpoint({ at: at + 1 });
  }
}

function rowsAfter(operations: readonly Operation[]) {
  const rows = new Map<number, { name: string; gone: boolean }>();
  for (const [at, { kind, ids }] of operations.entries()) {
    if (kind === 'truncate') for (const row of rows.values()) row.gone = true;
    if (kind === 'truncate' || kind === 'checkpoint') continue;
    for (const [place, id] of ids.entries()) {
      const before = rows.get(id);
      if (kind === 'upsert') rows.set(id, { name: `${at} ${place}`, gone: false });
      else if (before === undefined) continue;
      else if (kind === 'update') before.name = `${at} ${place}`;
      else before.gone = true;
    }
  }
  return [...rows].toSorted(([a], [b]) => a - b).map(([id, row]) => ({ id: `${id}`, ...row }));
}
