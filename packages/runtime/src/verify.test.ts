import {
  connect,
  connectMaterialization,
  silentLog,
  type Materialization,
  type Source,
} from '@fairlead/sdk';
import {
  backfill,
  changes,
  documents,
  memoryDestination,
  memoryDisk,
  memorySource,
  tempFolder,
  type MemoryStream,
} from '@fairlead/testkit';
import { expect, test } from 'vitest';
import type { Pipeline, StreamRule } from './pipeline.ts';
import { run } from './run.ts';
import { isSame, verifyRun, type StreamVerification } from './verify.ts';

const scope = { log: silentLog, signal: new AbortController().signal };

interface Ends {
  readonly source: Source;
  readonly destination: Materialization;
}

function pipelineOf({ source, destination }: Ends, rule: Partial<StreamRule> = {}): Pipeline {
  return {
    name: 'test',
    identity: 'test',
    source: connect(source, {}),
    destination: connectMaterialization(destination, {}),
    streams: [{ match: '*', deletes: 'hard', contract: 'evolve', ...rule }],
    commit: { bytes: 1, everyMs: 60_000 },
    stateFolder: '/nowhere',
  };
}

async function verified(ends: Ends, rule: Partial<StreamRule> = {}) {
  const found: StreamVerification[] = [];
  for await (const stream of verifyRun(pipelineOf(ends, rule), scope)) found.push(stream);
  return found;
}

/** The destination of a run of these streams, which are then read no more. */
async function afterRun(streams: readonly MemoryStream[], rule: Partial<StreamRule> = {}) {
  await using folder = await tempFolder();
  const destination = memoryDestination({ commits: 'in-destination', disk: memoryDisk() });
  const pipeline = pipelineOf({ source: memorySource({ streams }), destination }, rule);
  await run({ ...pipeline, stateFolder: folder.path }, { ...scope, until: 'caught-up' });
  return destination;
}

const three = documents([{ id: 1 }, { id: 2 }, { id: 3 }]);
const nothing = { count: 0, examples: [] };

test('after a run each table has what its stream has', async () => {
  const deleted = changes(['delete', { id: 2 }]);
  const streams = [
    { name: 'a', script: [...backfill(three), deleted, { is: 'checkpoint' } as const] },
    { name: 'b', script: backfill() },
  ];
  const found = await verified({
    source: memorySource({ streams }),
    destination: await afterRun(streams),
  });
  const same = { missing: nothing, surplus: nothing };
  expect(found).toEqual([
    {
      stream: 'a',
      table: 'a',
      write: 'merge',
      comparison: { source: 2, rows: 2, keys: 2, ...same },
    },
    {
      stream: 'b',
      table: 'b',
      write: 'merge',
      comparison: { source: 0, rows: 0, keys: 0, ...same },
    },
  ]);
  expect(found.map(isSame)).toEqual([true, true]);
});

test('what came, and what went, since the last run is told by its key', async () => {
  const destination = await afterRun([{ name: 'a', script: backfill(three) }]);
  const later = [changes(['delete', { id: 1 }], ['insert', { id: 4 }])];
  const source = memorySource({ streams: [{ name: 'a', script: backfill(three, ...later) }] });
  const [found] = await verified({ source, destination });
  expect(found?.comparison).toEqual({
    source: 3,
    rows: 3,
    keys: 3,
    missing: { count: 1, examples: ['[4]'] },
    surplus: { count: 1, examples: ['[1]'] },
  });
  expect(found === undefined || isSame(found)).toBe(false);
});

test('keys of several parts are compared in the order of the source', async () => {
  const rows = documents([
    { b: 'x', a: 1 },
    { b: 'y', a: 2 },
  ]);
  const streams = [{ name: 'a', key: ['/a', '/b'], script: backfill(rows) }];
  const ends = { source: memorySource({ streams }), destination: await afterRun(streams) };
  expect((await verified(ends)).map(isSame)).toEqual([true]);
});

test('rows that were appended twice are no difference, and merged ones are', () => {
  const comparison = { source: 2, rows: 3, keys: 2, missing: nothing, surplus: nothing };
  const stream = { stream: 'a', table: 'a', comparison };
  expect(isSame({ ...stream, write: 'append' })).toBe(true);
  expect(isSame({ ...stream, write: 'merge' })).toBe(false);
});

test.each<[string, (ends: Ends) => Ends, MemoryStream, Partial<StreamRule>, string]>([
  [
    'a source that does not tell its keys',
    ({ source, destination }) => ({
      source: { ...source, keys: undefined as never },
      destination,
    }),
    { name: 'a', script: backfill() },
    {},
    'source-memory does not tell which documents there are',
  ],
  [
    'a destination that compares none',
    ({ source, destination }) => ({
      source,
      destination: {
        ...destination,
        async connect(request) {
          return { ...(await destination.connect(request)), compare: undefined as never };
        },
      },
    }),
    { name: 'a', script: backfill() },
    {},
    'materialize-memory does not tell which documents it has',
  ],
  [
    'a stream without a key',
    (ends) => ends,
    { name: 'a', key: [], script: backfill() },
    {},
    'nothing identifies its documents',
  ],
  [
    'a key of the user',
    (ends) => ends,
    { name: 'a', script: backfill() },
    { key: ['name'] },
    'a key of your own cannot be compared',
  ],
])('%s is refused in plain words', async (_, change, stream, rule, message) => {
  const ends = {
    source: memorySource({ streams: [stream] }),
    destination: memoryDestination({ commits: 'in-destination', disk: memoryDisk() }),
  };
  await expect(verified(change(ends), rule)).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringContaining(message),
  });
});
