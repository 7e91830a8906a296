import { decodeValue } from '@fairlead/json';
import {
  type CommitPattern,
  type Destination,
  Failure,
  type Materialization,
  Op,
  selectDocuments,
  type Table,
  type Writer,
} from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { failuresOf, type Check } from './check.ts';
import { keyChecks } from './key-checks.ts';
import { materializationChecks } from './materialization-checks.ts';
import type { MaterializationSuite } from './materialization-suite-options.ts';
import { memoryDestination } from './memory-destination.ts';
import { memoryDisk, type MemoryDisk, type StoredRow, storedRows } from './memory-disk.ts';
import { over } from './over.ts';
import { testMaterialization } from './suites.ts';

testMaterialization(suiteOf('in-destination'));
testMaterialization(suiteOf('staged'));
testMaterialization(suiteOf('at-least-once'));

test('a destination that keeps nothing is asked less', () => {
  const all = materializationChecks(suiteOf('at-least-once')).length;
  const some = materializationChecks({ ...suiteOf('at-least-once'), keeps: false }).length;
  expect(some).toBeGreaterThan(5);
  expect(some).toBeLessThan(all / 2);
});

test('a destination that compares no keys is found out, unless that is said', async () => {
  const { materialization, ...rest } = suiteOf('in-destination');
  const suite = {
    ...rest,
    materialization: {
      ...materialization,
      async connect(scope: Parameters<typeof materialization.connect>[0]) {
        const destination = await materialization.connect(scope);
        Reflect.deleteProperty(destination, 'compare');
        return destination;
      },
    },
  };
  const names = keyChecks().map(({ name }) => name);
  const ofKeys = (checks: readonly Check[]) => checks.filter(({ name }) => names.includes(name));
  const failures = await failuresOf(ofKeys(materializationChecks(suite)));
  expect([...failures.keys()]).toEqual(names);
  for (const message of failures.values()) expect(message).toContain('it compares no keys');
  expect(ofKeys(materializationChecks({ ...suite, compares: false }))).toEqual([]);
});

describe('a destination with a defect is found out, when it', () => {
  test.each<Defect>([
    {
      defect: 'looks at documents after they were taken',
      writer: (inner) => {
        const held: Parameters<Writer['store']>[] = [];
        return {
          async store(...taken) {
            held.push(taken);
          },
          async commit(checkpoint) {
            for (const taken of held.splice(0)) await inner.store(...taken);
            return await inner.commit(checkpoint);
          },
        };
      },
      by: 'append keeps every document',
      says: 'the table does not hold what it should',
    },
    {
      defect: 'drops deletes',
      writer: (inner) => ({
        store: (table, batch) =>
          inner.store(
            table,
            selectDocuments(batch, (at) => batch.ops?.[at] !== Op.delete),
          ),
      }),
      by: 'deletes in the mode hard, in a transaction of their own',
      says: 'there, and should not be: id 1',
    },
    {
      defect: 'takes a patch for the whole document',
      writer: (inner) => ({
        store: (table, { bytes, ends, ops }) =>
          inner.store(table, {
            bytes,
            ends,
            ...(ops === undefined
              ? {}
              : { ops: ops.map((op) => (op === Op.patch ? Op.upsert : op)) }),
          }),
      }),
      by: 'patches change the members that they have',
      says: 'missing: ',
    },
    {
      defect: 'stores a batch twice',
      writer: (inner) => ({
        async store(table, batch) {
          await inner.store(table, batch);
          await inner.store(table, batch);
        },
      }),
      by: 'append keeps every document',
      says: 'there, and should not be',
    },
    {
      defect: 'forgets to truncate',
      writer: () => ({ truncate: async () => {} }),
      by: 'truncating forgets what was there, and only that',
      says: 'there, and should not be',
    },
    {
      defect: 'commits what it should take back',
      writer: (inner) => ({
        async [Symbol.asyncDispose]() {
          await inner.commit('by accident').catch(() => {});
          await inner[Symbol.asyncDispose]();
        },
      }),
      by: 'disposing takes back what is not committed',
      says: 'there, and should not be',
    },
    {
      defect: 'commits in the middle of a transaction',
      writer: (inner) => ({
        async store(table, batch) {
          await inner.store(table, batch);
          await inner.commit(inner.checkpoint ?? 'nothing yet');
        },
      }),
      by: '15 random stories of transactions leave what they should',
      says: 'there, and should not be',
    },
    {
      defect: 'saves the checkpoint before the data',
      writer: (inner, disk) => ({
        async store(table, batch) {
          for (const fence of disk.fences) fence.checkpoint = 'too early';
          await inner.store(table, batch);
        },
      }),
      by: 'the checkpoint is that of the last commit',
      says: 'the saved checkpoint',
    },
    {
      defect: 'saves the data without the checkpoint',
      writer: (inner) => ({ commit: () => inner.commit(inner.checkpoint ?? 'none') }),
      by: 'the checkpoint is that of the last commit',
      says: 'the saved checkpoint',
    },
    {
      defect: 'lets a writer go on that was overtaken',
      writer: (inner, disk) => {
        const mine = new Map(disk.fences.map((row) => [row, row.fence]));
        return {
          commit(checkpoint) {
            for (const [row, fence] of mine) row.fence = fence;
            return inner.commit(checkpoint);
          },
        };
      },
      by: 'a writer that was overtaken commits nothing',
      says: 'it was accepted',
    },
    {
      defect: 'calls a fence by another name',
      writer: (inner) => ({
        commit: (checkpoint) =>
          inner.commit(checkpoint).catch(() => {
            throw new Failure('transient', 'conflict');
          }),
      }),
      by: 'a writer that was overtaken commits nothing',
      says: 'no Failure of kind state',
    },
    {
      defect: 'lets a part of a range begin anew',
      writer: () => ({ checkpoint: null }),
      by: 'fences: a part of a range takes over from the whole',
      says: 'the checkpoint of the new writer',
    },
    {
      defect: 'applies a staged transaction each time it is acknowledged',
      commits: 'staged',
      writer: (inner, disk) => ({
        async acknowledge(state) {
          const staged = [...disk.staged];
          await inner.acknowledge?.(state);
          for (const [id, work] of staged) disk.staged.set(id, work);
        },
      }),
      by: 'what was committed and saved is applied after a crash, once',
      says: 'there, and should not be',
    },
    {
      defect: 'does not apply what was staged before',
      commits: 'staged',
      writer: () => ({ acknowledge: async () => {} }),
      by: 'what was committed and saved is applied after a crash, once',
      says: 'missing: ',
    },
    {
      defect: 'applies a staged transaction when it is committed',
      commits: 'staged',
      writer: (inner) => ({
        async commit(checkpoint) {
          const state = await inner.commit(checkpoint);
          await inner.acknowledge?.(state);
          return state;
        },
      }),
      by: 'nothing is seen before it is acknowledged',
      says: 'there, and should not be',
    },
    {
      defect: 'takes documents without a key',
      writer: (inner) => ({
        store: (table, batch) =>
          inner.store(table, batch).catch(async () => {
            // As if nothing had happened.
          }),
        commit: async () => null,
      }),
      by: 'a document without a key fails as data, and its transaction leaves nothing',
      says: 'it was accepted',
    },
    {
      defect: 'makes tables while it plans',
      destination: (inner) => ({
        async plan(tables) {
          const plan = await inner.plan(tables);
          await inner.apply(plan);
          return plan;
        },
      }),
      by: 'a plan only reads',
      says: 'the second plan is different',
    },
    {
      defect: 'never has done all that it plans',
      destination: (inner, disk) => ({
        async plan(tables) {
          const { changes } = await inner.plan(tables);
          const again = { description: 'again', statement: 'again' };
          return { changes: disk.tables.size > 0 ? [...changes, again] : changes };
        },
      }),
      by: 'what a plan says is done once, and then nothing is left to do',
      says: 'there is something left to do',
    },
    {
      defect: 'says that it has done nothing',
      writer: (inner) => ({
        async alter(tables) {
          await inner.alter(tables);
          return { changes: [] };
        },
      }),
      by: 'a writer makes its tables, says so, and then nothing is left to do',
      says: 'it says that nothing was done',
    },
    {
      defect: 'loads rows that were not asked for',
      writer: (inner) => ({
        async *load(table) {
          const lines = Buffer.from('[1]\n[2]\n[3]\n');
          const keys = { bytes: lines, ends: Uint32Array.of(4, 8, 12) };
          if (inner.load !== undefined) yield* inner.load(table, keys);
        },
      }),
      by: 'stored documents can be loaded by key, where that can be asked',
      says: 'it loaded',
    },
    {
      defect: 'rounds large integers',
      read: rounded,
      by: 'integers come back as they were',
      says: 'missing: id 3, value 9007199254740993',
    },
    {
      defect: 'folds names of columns',
      read: (rows) =>
        rows.map(({ values, deleted }) => {
          const folded = Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]);
          return { deleted, values: { ...values, ID: Object.fromEntries(folded).id } };
        }),
      by: 'columns of any name are columns of their own',
      says: 'missing: ',
    },
    {
      defect: 'cuts long texts',
      read: (rows) =>
        rows.map(({ values, deleted }) => {
          const { text = '' } = values;
          return { deleted, values: { ...values, text: String(text).slice(0, 65_536) } };
        }),
      by: 'a big document',
      says: 'the text has changed',
    },
  ])('$defect', async ({ by, says, ...defect }) => {
    const checks = materializationChecks(suiteOf(defect.commits ?? 'in-destination', defect));
    const failures = await failuresOf(checks.filter(({ name }) => name === by));
    expect([...failures.keys()]).toEqual([by]);
    expect([...failures.values()][0]).toContain(says);
  });
});

interface Defect extends Part {
  readonly defect: string;
  readonly by: string;
  readonly says: string;
}

/** What is done otherwise than the memory destination does it. */
interface Part {
  readonly commits?: CommitPattern;
  readonly writer?: (inner: Writer, disk: MemoryDisk) => Partial<Writer>;
  readonly destination?: (inner: Destination, disk: MemoryDisk) => Partial<Destination>;
  readonly read?: (rows: readonly StoredRow[]) => readonly StoredRow[];
}

function suiteOf(commits: CommitPattern, part: Part = {}): MaterializationSuite {
  const disks: MemoryDisk[] = [];
  const memory: Materialization = memoryDestination({ commits });
  return {
    materialization: {
      ...memory,
      async connect(scope) {
        const disk = disks.at(-1) ?? memoryDisk();
        const some: Materialization = memoryDestination({ commits, disk });
        const inner = await some.connect(scope);
        return over(inner, {
          async open(request) {
            const writer = await inner.open(request);
            return over(writer, part.writer?.(writer, disk) ?? {});
          },
          ...part.destination?.(inner, disk),
        });
      },
    },
    async prepare() {
      const disk = memoryDisk();
      disks.push(disk);
      return {
        settings: {},
        async readTable({ resource }: Table) {
          const rows = storedRows(disk, tableName(resource));
          return rows === null ? null : (part.read?.(rows) ?? rows);
        },
      };
    },
  };
}

function tableName(resource: unknown): string {
  if (typeof resource === 'object' && resource !== null && 'table' in resource) {
    return String(resource.table);
  }
  throw new Error('the resource names no table');
}

function rounded(rows: readonly StoredRow[]): StoredRow[] {
  return rows.map(({ values, deleted }) => ({
    deleted,
    values: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'bigint' ? decodeValue(Buffer.from(String(Number(value)))) : value,
      ]),
    ),
  }));
}
