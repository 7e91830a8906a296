import type { CommitPattern } from '@fairlead/sdk';
import { memoryDestination, memoryDisk, storedRows, type MemoryDisk } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { connectInProcess } from './connection.ts';
import { drive, type DriveOptions } from './drive.ts';
import {
  accountsIn,
  collections,
  expectedAccounts,
  expectedLog,
  logIn,
  makeTransactions,
  total,
} from './test-workload.ts';

const forms = [
  { codec: 'json', packed: false },
  { codec: 'json', packed: true },
  { codec: 'proto', packed: true },
] as const;
const patterns: readonly CommitPattern[] = ['in-destination', 'staged', 'at-least-once'];
const cases = patterns.flatMap((commits) => forms.map((form) => ({ commits, ...form })));
const crashCases = patterns.map((commits, index) => ({ commits, ...(forms[index] ?? forms[0]) }));
const transactions = makeTransactions(4, 8);

function optionsFor(
  commits: CommitPattern,
  codec: 'json' | 'proto',
  disk: MemoryDisk,
): DriveOptions {
  const materialization = memoryDestination({ commits, disk });
  return {
    connect: () => connectInProcess(materialization, codec),
    task: 'acmeCo/test',
    config: { hardDelete: true },
    collections,
    transactions,
    // What comes twice is summed twice where nothing keeps it from that.
    ...(commits === 'at-least-once' ? {} : { reduce: total }),
  };
}

function last<T>(_: unknown, after: T): T {
  return after;
}

describe.each(cases)('$commits, $codec, packed: $packed', ({ commits, codec, packed }) => {
  const reduce = commits === 'at-least-once' ? last : total;

  test.each([true, false])('has every document once, with hard deletes: %s', async (hardDelete) => {
    const disk = memoryDisk();
    const options = optionsFor(commits, codec, disk);
    await drive({ ...options, packed, config: { hardDelete } });
    const accounts = accountsIn(storedRows(disk, 'accounts'));
    expect(accounts).toEqual(expectedAccounts(transactions, reduce, hardDelete));
    expect(logIn(storedRows(disk, 'log'))).toEqual(expectedLog(transactions));
  });

  test('sessions of one transaction each, the last unacknowledged, come to the same', async () => {
    const disk = memoryDisk();
    const options = optionsFor(commits, codec, disk);
    const { sessions } = await drive({ ...options, packed, perSession: 1, leavesLast: true });
    expect(sessions).toBe(transactions.length);
    const accounts = accountsIn(storedRows(disk, 'accounts'));
    expect(accounts).toEqual(expectedAccounts(transactions, reduce, true));
    expect(disk.staged.size).toBe(0);
  });
});

describe.each(crashCases)('$commits, $codec, packed: $packed', ({ commits, codec, packed }) => {
  const reduce = commits === 'at-least-once' ? last : total;
  // A deletion that comes twice is another one than one that comes once.
  const hardDelete = commits !== 'at-least-once';
  const config = { hardDelete };
  const accounts = expectedAccounts(transactions, reduce, hardDelete);

  test('cut off at any step, it comes to the same', async () => {
    for (let crash = 0; ; crash++) {
      const disk = memoryDisk();
      let steps = 0;
      await drive({
        ...optionsFor(commits, codec, disk),
        packed,
        config,
        restarts: 1,
        at: () => {
          if (steps++ === crash) throw new Error('cut off here');
        },
      });
      const found = accountsIn(storedRows(disk, 'accounts'));
      expect(found, `cut off at step ${crash}`).toEqual(accounts);
      const log = logIn(storedRows(disk, 'log'));
      const kept = commits === 'at-least-once' ? [...new Set(log)] : log;
      expect(kept, `cut off at step ${crash}`).toEqual(expectedLog(transactions));
      if (steps <= crash) break;
    }
  });

  test('a destination that breaks at any point comes to the same', async () => {
    for (let crash = 0; ; crash++) {
      const disk = memoryDisk();
      let points = 0;
      const materialization = memoryDestination({
        commits,
        disk,
        at: () => {
          if (points++ === crash) throw new Error('broken here');
        },
      });
      const options = {
        ...optionsFor(commits, codec, disk),
        packed,
        config,
        restarts: 1,
        connect: () => connectInProcess(materialization, codec),
      };
      // Validating and applying are not repeated by themselves.
      await drive(options).catch(async () => await drive(options));
      const found = accountsIn(storedRows(disk, 'accounts'));
      expect(found, `broken at point ${crash}`).toEqual(accounts);
      const log = logIn(storedRows(disk, 'log'));
      const kept = commits === 'at-least-once' ? [...new Set(log)] : log;
      expect(kept, `broken at point ${crash}`).toEqual(expectedLog(transactions));
      if (points <= crash) break;
    }
  });
});
