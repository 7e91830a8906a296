import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { StructuredQuerySchema } from '../protocol/query.gen.ts';
import { TransactionOptionsSchema, WriteSchema } from '../protocol/write.gen.ts';
import { planQuery } from '../query/plan.ts';
import { frozenClock } from '../time/clock.ts';
import { timestampOf } from '../time/micros.ts';
import { Store } from './store.ts';
import { Transactions } from './transactions.ts';

const name = 'projects/demo/databases/(default)';
const readOnly = create(TransactionOptionsSchema, { mode: { case: 'readOnly', value: {} } });

function setUp() {
  const clock = frozenClock();
  const store = new Store(clock, { retentionMs: 3_600_000, pointInTimeRecovery: false });
  const write = (path: string) =>
    create(WriteSchema, {
      operation: { case: 'update', value: { name: `${name}/documents/${path}` } },
    });
  return { clock, store, transactions: new Transactions(store), write };
}

test('a transaction fails when a document that it read has changed, there or not', () => {
  const { store, transactions, write } = setUp();
  const { id, paths } = transactions.begin(name, undefined);
  paths.add('c/a');
  store.commit(name, [write('c/b')]);
  store.commit(name, [write('c/a')]);
  expect(() => transactions.commit(name, [write('c/x')], id)).toThrow('ABORTED');
  expect(store.read(`${name}/documents/c/x`)).toBeUndefined();
});

test.each([
  { changed: 'c/a', fails: true },
  { changed: 'd/a', fails: false },
])('a transaction that queried c fails when $changed is new: $fails', ({ changed, fails }) => {
  const { store, transactions, write } = setUp();
  const { id, plans } = transactions.begin(name, undefined);
  const query = create(StructuredQuerySchema, { from: [{ collectionId: 'c' }] });
  plans.push(planQuery(`${name}/documents`, query));
  store.commit(name, [write(changed)]);
  const commit = () => transactions.commit(name, [write('e/x')], id);
  if (fails) expect(commit).toThrow('ABORTED');
  else expect(commit().writes).toHaveLength(1);
});

test('two transactions that write without reading do not conflict', () => {
  const { transactions, write } = setUp();
  const [one, two] = [transactions.begin(name, undefined), transactions.begin(name, undefined)];
  transactions.commit(name, [write('c/a')], one.id);
  expect(transactions.commit(name, [write('c/a')], two.id).writes).toHaveLength(1);
});

test('a transaction is over once it is committed, rolled back or 270 seconds old', () => {
  const { clock, transactions } = setUp();
  const over = 'expired or is no longer valid';
  const [first, second, third] = [1, 2, 3].map(() => transactions.begin(name, undefined).id);
  transactions.commit(name, [], first!);
  expect(() => transactions.commit(name, [], first!)).toThrow(over);
  transactions.rollback(name, second!);
  expect(() => transactions.rollback(name, second!)).toThrow(over);
  clock.advance(270_000);
  expect(transactions.find(name, third!).id).toBe(third);
  clock.advance(1);
  expect(() => transactions.find(name, third!)).toThrow(over);
  expect(() => transactions.find('projects/demo/databases/other', third!)).toThrow(over);
});

test('one that only reads cannot write, and reads the instant it names', () => {
  const { store, transactions, write } = setUp();
  const { id } = transactions.begin(name, readOnly);
  expect(() => transactions.commit(name, [write('c/a')], id)).toThrow('cannot write');
  const readTime = timestampOf(store.commit(name, [write('c/a')]).at);
  const options = create(TransactionOptionsSchema, {
    mode: { case: 'readOnly', value: { readTime } },
  });
  store.commit(name, [write('c/b')]);
  expect(timestampOf(transactions.begin(name, options).readAt)).toEqual(readTime);
});
