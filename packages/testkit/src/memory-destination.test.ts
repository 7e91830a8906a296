import { Failure, type Json, silentLog, type Table, wholeRange, type Writer } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { Crash, crashAt, type CrashPoint } from './crash-point.ts';
import { memoryDestination, type MemoryDestinationOptions } from './memory-destination.ts';
import { memoryDisk, type MemoryDisk, storedRows } from './memory-disk.ts';
import { changes, documents } from './script.ts';

type Tables = readonly Table<{ readonly table: string }>[];

const tables: Tables = [
  {
    resource: { table: 'orders' },
    columns: [
      { name: 'id', pointer: '/id', schema: { type: 'integer' }, key: true },
      { name: 'name', pointer: '/name', schema: { type: 'string' }, key: false },
    ],
    write: 'merge',
    deletes: 'hard',
  },
  {
    resource: { table: 'events' },
    columns: [{ name: 'id', pointer: '/id', schema: { type: 'integer' }, key: false }],
    write: 'append',
    deletes: 'ignore',
  },
];

describe('a crash', () => {
  test.each<{ point: CrashPoint; orders: number; saved: string | null }>([
    { point: 'store', orders: 0, saved: null },
    { point: 'commit', orders: 0, saved: null },
    { point: 'committed', orders: 1, saved: 'one' },
  ])('at $point leaves all of an in-destination transaction, or nothing', async (expected) => {
    const disk = memoryDisk();
    const crashed = open(
      { commits: 'in-destination', disk, at: crashAt(expected.point) },
      async (writer) => {
        await writer.store(0, first.documents);
        await writer.commit('one');
      },
    );
    await expect(crashed).rejects.toThrow(Crash);
    expect(storedRows(disk, 'orders')?.length ?? 0).toBe(expected.orders);
    await open({ commits: 'in-destination', disk }, async ({ checkpoint }) => {
      expect(checkpoint).toBe(expected.saved);
    });
  });

  test('between two tables of an acknowledgement is made good by the next one', async () => {
    const disk = memoryDisk();
    let state: Json = null;
    const crashed = open(
      { commits: 'staged', disk, at: crashAt('acknowledging') },
      async (writer) => {
        await writer.store(0, first.documents);
        await writer.store(1, first.documents);
        await writer.store(0, second.documents);
        state = await writer.commit('one');
        expect(rowCounts(disk)).toEqual([0, 0]);
        await writer.acknowledge?.(state);
      },
    );
    await expect(crashed).rejects.toThrow(Crash);
    expect(rowCounts(disk)).toEqual([2, 0]);
    await open({ commits: 'staged', disk }, async (writer) => {
      await writer.acknowledge?.(state);
      expect(rowCounts(disk)).toEqual([2, 1]);
      await writer.acknowledge?.(state);
      expect(rowCounts(disk)).toEqual([2, 1]);
    });
  });

  test('in the middle of an at-least-once commit leaves a part of it', async () => {
    const disk = memoryDisk();
    const crashed = open(
      { commits: 'at-least-once', disk, at: crashAt('committing') },
      async (writer) => {
        await writer.store(0, first.documents);
        await writer.store(1, first.documents);
        await writer.commit('one');
      },
    );
    await expect(crashed).rejects.toThrow(Crash);
    expect(rowCounts(disk)).toEqual([1, 0]);
  });

  test('ends the connection', async () => {
    const destination = await connect({ commits: 'staged', at: crashAt('plan') });
    await expect(destination.plan(tables)).rejects.toThrow(Crash);
    await expect(destination.open({ task: 't', range: wholeRange, tables })).rejects.toThrow(
      'dead',
    );
  });
});

describe('calls that the contract forbids', () => {
  test('two at a time', async () => {
    await open({ commits: 'in-destination' }, async (writer) => {
      const storing = writer.store(0, first.documents);
      await expect(writer.commit('one')).rejects.toThrow('commit was called while');
      await storing;
    });
  });

  test('anything but disposing after a failure', async () => {
    await open({ commits: 'in-destination' }, async (writer) => {
      const wrong = changes(['upsert', { name: 'without a key' }]);
      await expect(writer.store(0, wrong.documents)).rejects.toMatchObject({ kind: 'data' });
      await expect(writer.commit('one')).rejects.toThrow('the writer is failed');
    });
  });

  test('loading after storing', async () => {
    await open({ commits: 'in-destination' }, async (writer) => {
      await writer.store(0, first.documents);
      const loading = writer.load?.(0, first.documents)[Symbol.asyncIterator]().next();
      await expect(loading).rejects.toThrow('load comes before');
    });
  });

  test('a second writer on a connection', async () => {
    const destination = await connect({ commits: 'in-destination' });
    const request = { task: 't', range: wholeRange, tables };
    const writer = await destination.open(request);
    await expect(destination.open(request)).rejects.toThrow('open on this connection already');
    await writer[Symbol.asyncDispose]();
    await destination.open(request);
  });

  test('acknowledging where nothing is staged', async () => {
    await open({ commits: 'in-destination' }, async (writer) => {
      await expect(writer.acknowledge?.(null)).rejects.toThrow('only a staged destination');
    });
  });
});

test('a patch merges into the column that holds the whole document', async () => {
  const disk = memoryDisk();
  const whole: Tables = [
    {
      resource: { table: 'docs' },
      columns: [
        { name: 'id', pointer: '/id', schema: { type: 'integer' }, key: true },
        { name: 'document', pointer: '', schema: { type: 'object' }, key: false },
      ],
      write: 'merge',
      deletes: 'hard',
    },
  ];
  const step = changes(['insert', { id: 1, a: 1, b: 2 }], ['patch', { id: 1, b: 3, c: 4 }]);
  await open(
    { commits: 'in-destination', disk },
    async (writer) => {
      await writer.store(0, step.documents);
      await writer.commit('one');
    },
    whole,
  );
  expect(storedRows(disk, 'docs')).toEqual([
    { values: { id: 1, document: { id: 1, a: 1, b: 3, c: 4 } }, deleted: false },
  ]);
});

test('a value of another type is refused by name of the column, without the value', async () => {
  await open({ commits: 'in-destination' }, async (writer) => {
    const wrong = changes(['upsert', { id: 1, name: 4711 }]);
    const refused = writer.store(0, wrong.documents);
    await expect(refused).rejects.toThrow('the column takes string, and a value is integer');
    await expect(refused).rejects.toMatchObject({ where: 'table orders, column name' });
  });
});

test('check throws what it is told to', async () => {
  const destination = memoryDestination({
    commits: 'staged',
    refuses: new Failure('access', 'no'),
  });
  await expect(destination.check(scope)).rejects.toThrow('no');
});

const first = documents([{ id: 1, name: 'a' }]);
const second = documents([{ id: 2, name: 'b' }]);

const scope = {
  config: { account: 'test' },
  signal: new AbortController().signal,
  log: silentLog,
};

function connect(options: MemoryDestinationOptions) {
  return memoryDestination(options).connect(scope);
}

async function open(
  options: MemoryDestinationOptions,
  body: (writer: Writer) => Promise<void>,
  wanted: Tables = tables,
): Promise<void> {
  await using destination = await connect(options);
  await using writer = await destination.open({ task: 't', range: wholeRange, tables: wanted });
  await writer.alter(wanted);
  await body(writer);
}

function rowCounts(disk: MemoryDisk): number[] {
  return ['orders', 'events'].map((name) => storedRows(disk, name)?.length ?? -1);
}
