import { Failure } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { Limits, type Load } from './limits.ts';

const MiB = 1 << 20;
const vacuum = 'SET max_vacuum_tasks = 100';
const small = { table: 0, longest: 1000, columnCount: 20 };

/** Limits of 96 MiB and 4 threads, and what they tell DuckDB. */
function limits(refuses?: string) {
  const told: string[] = [];
  const session = {
    async run(statement: unknown): Promise<number> {
      if (statement === refuses) throw new Failure('transient', 'others are at work');
      told.push(String(statement));
      return 0;
    },
  };
  const made = new Limits(session, 96 * MiB, 4);
  const settled = async () => void told.push('settled');
  const load = async (what: Load) => void told.push(await made.beforeLoad(what, settled));
  return { limits: made, load, told };
}

test('usual loads change no limit, but set it, and change the threads only when they have to, once all have settled', async () => {
  const { limits: some, load, told } = limits();
  await load(small);
  await load({ ...small, table: 1 });
  await some.beforeFold();
  await some.giveBack();
  const same = `SET memory_limit = '${96 * 1024}KiB'`;
  expect(told).toEqual(['settled', 'SET threads = 1', same, same, 'SET threads = 4']);
});

test('row groups may be joined from the first deletion on', async () => {
  const { limits: some, told } = limits();
  await some.beforeDelete();
  await some.beforeDelete();
  expect(told).toEqual([vacuum]);
});

test('a long row has memory for several copies, until the transaction has ended', async () => {
  const { limits: some, load, told } = limits();
  await load({ ...small, longest: 20 * MiB });
  await load(small);
  await some.beforeFold();
  await some.giveBack();
  await some.giveBack();
  const more = `SET memory_limit = '${(96 + 120) * 1024}KiB'`;
  const usual = `SET memory_limit = '${96 * 1024}KiB'`;
  expect(told).toEqual(['settled', more, 'SET threads = 1', more, more, usual]);
});

test('many tables have memory for all their columns, which a checkpoint frees', async () => {
  const { limits: some, load, told } = limits();
  for (let table = 0; table < 20; table++) await load({ ...small, table });
  await load(small);
  expect(told.at(-1)).toBe(`SET memory_limit = '${96 * 1024 + 200 * 160}KiB'`);
  await some.giveBack();
  expect(told.slice(-2)).toEqual(['CHECKPOINT', `SET memory_limit = '${96 * 1024}KiB'`]);
});

test('what cannot be given back now is given back after the next transaction', async () => {
  const { limits: some, load, told } = limits(`SET memory_limit = '${96 * 1024}KiB'`);
  await load({ ...small, longest: 20 * MiB });
  await some.giveBack();
  await load({ ...small, longest: 10 * MiB });
  const more = `SET memory_limit = '${216 * 1024}KiB'`;
  expect(told).toEqual(['settled', more, 'SET threads = 1', more, more]);
});
