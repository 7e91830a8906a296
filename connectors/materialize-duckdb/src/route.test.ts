import { encodeDocuments, Op, type Documents, type Table } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { route } from './route.ts';
import { linesOf } from './test-database.ts';

function documents(ops: string): Documents {
  const batch = encodeDocuments(ops.split('').map((op, i) => ({ [op]: i })));
  const codes = { u: Op.upsert, i: Op.insert, p: Op.patch, d: Op.delete };
  const isOp = (op: string): op is keyof typeof codes => op in codes;
  return { ...batch, ops: Uint8Array.from(ops.split('').filter(isOp), (op) => codes[op]) };
}

/** The ops of documents as {@link documents} takes them, made sure to be those of the documents. */
function tell(batch: Documents | undefined): string {
  if (batch === undefined) return '';
  const names = linesOf(batch)
    .map((line) => line[2] ?? '')
    .join('');
  expect([...(batch.ops ?? new Uint8Array(batch.ends.length))]).toEqual([
    ...(documents(names).ops ?? []),
  ]);
  return names;
}

test.each<[Table['write'], Table['deletes'], string, string, string]>([
  ['merge', 'hard', 'iii', 'iii', ''],
  ['merge', 'hard', 'uuu', '', 'uuu'],
  ['merge', 'hard', 'iupdi', 'ii', 'upd'],
  ['merge', 'soft', 'id', 'i', 'd'],
  ['merge', 'ignore', 'idud', 'i', 'u'],
  ['merge', 'ignore', 'dd', '', ''],
  ['merge', 'ignore', 'pu', '', 'pu'],
  ['append', 'hard', 'iupd', 'iup', ''],
  ['append', 'ignore', 'd', '', ''],
  ['append', 'soft', 'iupd', 'iupd', ''],
])(
  '%s and %s send %s directly as %s and to the commit as %s',
  (write, deletes, ops, direct, staged) => {
    const found = route({ write, deletes }, documents(ops));
    expect([tell(found.direct), tell(found.staged)]).toEqual([direct, staged]);
  },
);

test('documents without ops are upserts, and are not copied', () => {
  const batch = encodeDocuments([{ a: 1 }]);
  expect(route({ write: 'merge', deletes: 'hard' }, batch).staged).toBe(batch);
  expect(route({ write: 'append', deletes: 'hard' }, batch).direct).toBe(batch);
});
