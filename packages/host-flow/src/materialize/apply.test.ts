import type { CommitPattern } from '@fairlead/sdk';
import { memoryDestination, memoryDisk, storedRows } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { jsonBytes } from './answers.ts';
import { connectInProcess } from './connection.ts';
import { applySpec, buildSpec, drive } from './drive.ts';
import type { MaterializationSpec } from './flow-spec.ts';
import { RuntimeLog } from './runtime-log.ts';
import { peopleBinding } from './test-specs.ts';
import { serveAll } from './test-serve.ts';
import { collections, makeTransactions } from './test-workload.ts';

const patterns: readonly CommitPattern[] = ['in-destination', 'staged', 'at-least-once'];
const people: MaterializationSpec = {
  name: 'acmeCo/test',
  config: jsonBytes({}),
  bindings: [peopleBinding()],
};

test.each(patterns)('tables are made once, and a new field is added: %s', async (commits) => {
  const memory = memoryDestination({ commits });
  const connect = () => connectInProcess(memory, 'json');
  const log = new RuntimeLog();
  expect(await applySpec(connect, people, log)).toContain('"table":"people"');
  expect(await applySpec(connect, people, log)).toBe('');
  const fieldSelection = {
    keys: ['id'],
    values: ['amount', 'flow_published_at', 'name'],
    document: 'flow_document',
  };
  const more = { ...people, bindings: [peopleBinding({ fieldSelection })] };
  expect(await applySpec(connect, more, log)).toContain('flow_published_at');
  expect(await applySpec(connect, more, log)).toBe('');
  expect(await applySpec(connect, people, log)).toBe('');
  expect(memory.disk.tables.get('people')?.columns).toHaveLength(5);
});

test.each(patterns)('a backfill empties its table and no other: %s', async (commits) => {
  const disk = memoryDisk();
  const memory = memoryDestination({ commits, disk });
  const connect = () => connectInProcess(memory, 'json');
  const transactions = makeTransactions(3, 5);
  const options = { connect, task: 'acmeCo/test', config: {}, collections, transactions };
  const { log } = await drive(options);
  const count = storedRows(disk, 'log')?.length;
  expect(storedRows(disk, 'accounts')).not.toEqual([]);
  const again = collections.map((wanted, index) =>
    index === 0 ? { ...wanted, backfill: 1 } : wanted,
  );
  const spec = await buildSpec({ ...options, collections: again }, log);
  expect(await applySpec(connect, spec, log)).toBe('truncate accounts, for its backfill');
  expect(storedRows(disk, 'accounts')).toEqual([]);
  expect(storedRows(disk, 'log')).toHaveLength(count ?? 0);
  expect(await applySpec(connect, spec, log)).toBe('');
  // What was committed stays committed.
  const { sessions } = await drive({ ...options, collections: again, log });
  expect(sessions).toBe(1);
  expect(storedRows(disk, 'accounts')).toEqual([]);
});

test('what is staged is applied before its table changes, by an apply of its own', async () => {
  const disk = memoryDisk();
  const memory = memoryDestination({ commits: 'staged', disk });
  const connect = () => connectInProcess(memory, 'json');
  const log = new RuntimeLog();
  const transactions = makeTransactions(1, 5);
  const options = { connect, task: 'acmeCo/test', config: {}, collections, transactions, log };
  const stopped = drive({
    ...options,
    at: (step) => {
      // The third acknowledgement would be that of the transaction.
      if (log.committed === 1 && step === 'acknowledge') throw new Error('stopped');
    },
  });
  await expect(stopped).rejects.toThrow('stopped');
  expect(storedRows(disk, 'accounts')).toEqual([]);
  const [accounts, ...others] = collections;
  const more = { ...accounts!, fields: ['balance', 'at', '_meta/op', 'flow_published_at'] };
  const spec = await buildSpec({ ...options, collections: [more, ...others] }, log);
  const request = {
    is: 'apply',
    materialization: spec,
    ...(log.applied === undefined ? {} : { lastMaterialization: log.applied }),
    state: jsonBytes(log.state),
  } as const;
  const { responses } = await serveAll(memory, [request]);
  expect(responses).toMatchObject([
    { is: 'applied', actionDescription: '', state: { mergePatch: true } },
  ]);
  expect(storedRows(disk, 'accounts')).not.toEqual([]);
  expect(disk.tables.get('accounts')?.columns.map(({ name }) => name)).not.toContain(
    'flow_published_at',
  );
  expect(await applySpec(connect, spec, log)).toContain('flow_published_at');
  expect(log.state).toEqual({});
});

test('two bindings of one table are refused', async () => {
  const memory = memoryDestination({ commits: 'in-destination' });
  const resourceConfig = jsonBytes({ table: 'people' });
  const collection = peopleBinding().collection ?? {};
  const binding = { resourceConfig, collection, groupBy: ['id'] };
  const { exitCode, logged } = await serveAll(memory, [
    { is: 'validate', config: jsonBytes({}), bindings: [binding, binding] },
  ]);
  expect(exitCode).toBe(2);
  expect(logged.at(-1)).toContain('two bindings go to one table');
});

test('what check refuses is refused', async () => {
  const memory = memoryDestination({ commits: 'staged', refuses: new Error('the door is closed') });
  const { exitCode, logged } = await serveAll(memory, [
    { is: 'validate', config: jsonBytes({}), bindings: [] },
  ]);
  expect(exitCode).toBe(1);
  expect(logged.at(-1)).toContain('the door is closed');
});

test('collections may be in a list beside the bindings', async () => {
  const memory = memoryDestination({ commits: 'in-destination' });
  const { collection = {}, ...binding } = peopleBinding({ collectionIndex: 1 });
  const spec = { ...people, bindings: [binding], linkedCollections: [{}, collection] };
  const { responses } = await serveAll(memory, [{ is: 'apply', materialization: spec }]);
  expect(responses).toMatchObject([
    { actionDescription: expect.stringContaining('"amount"') as string },
  ]);
});
