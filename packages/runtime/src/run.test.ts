import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CommitPattern,
  connect,
  connectMaterialization,
  createLog,
  Failure,
  type LogFields,
  silentLog,
} from '@fairlead/sdk';
import {
  backfill,
  changes,
  checkpoint,
  crashAt,
  type CrashPoint,
  documents,
  fails,
  memoryDestination,
  memoryDisk,
  memorySource,
  type MemoryDisk,
  type MemoryStream,
  storedRows,
  waits,
} from '@fairlead/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { resetState, rewindState, showState } from './manage-state.ts';
import type { Pipeline, StreamRule } from './pipeline.ts';
import { planRun, previewRun } from './plan.ts';
import { run, type RunOptions } from './run.ts';

let stateFolder = '';
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'fairlead-run-'));
});
afterEach(() => rmSync(stateFolder, { recursive: true }));

interface Setup {
  readonly streams: readonly MemoryStream[];
  readonly commits?: CommitPattern;
  readonly disk?: MemoryDisk;
  readonly at?: (point: CrashPoint) => void;
  readonly rule?: Partial<StreamRule>;
  readonly commit?: Partial<Pipeline['commit']>;
}

function pipelineOf(setup: Setup): Pipeline {
  const { commits = 'in-destination', disk = memoryDisk(), at = () => {} } = setup;
  const destination = memoryDestination({ commits, disk, at });
  return {
    name: 'test',
    identity: 'test',
    source: connect(memorySource({ streams: setup.streams }), {}),
    destination: connectMaterialization(destination, {}),
    streams: [{ match: '*', deletes: 'hard', contract: 'evolve', ...setup.rule }],
    commit: { bytes: 1, everyMs: 60_000, ...setup.commit },
    stateFolder,
  };
}

const still: Pick<RunOptions, 'log' | 'signal' | 'until'> = {
  log: silentLog,
  signal: new AbortController().signal,
  until: 'caught-up',
};

/** Rows of a table, without those of the key's own order. */
function rowsOf(disk: MemoryDisk, table: string) {
  return (storedRows(disk, table) ?? []).map(({ values }) => values);
}

const ab = (...ids: number[]) => documents(ids.map((id) => ({ id, name: `n${id}` })));

test('documents are released once each, when nobody looks at them any more', async () => {
  const disk = memoryDisk();
  const pipeline = pipelineOf({
    disk,
    streams: [{ name: 'a', script: backfill(ab(1, 2), checkpoint, ab(3)) }],
  });
  const released: number[] = [];
  const { source } = pipeline;
  const pull: typeof source.pull = async function* (request) {
    let number = 0;
    for await (const event of source.pull(request)) {
      const index = number++;
      if (event.is !== 'documents') yield event;
      else {
        const bytes = event.documents.bytes.slice();
        const release = () => {
          released.push(index);
          bytes.fill(0);
        };
        yield { ...event, documents: { ...event.documents, bytes }, release };
      }
    }
  };
  await run({ ...pipeline, source: { ...source, pull } }, still);
  expect(rowsOf(disk, 'a')).toEqual([1, 2, 3].map((id) => ({ id, name: `n${id}` })));
  expect(new Set(released).size).toBe(released.length);
  expect(released).toHaveLength(2);
});

test('the time between commits is counted from the start of one to the start of the next', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  try {
    const commits: (readonly [startedMs: number, stores: number])[] = [];
    let stores = 0;
    const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
    const pipeline = pipelineOf({
      streams: [{ name: 'a', script: [1, 2, 3, 4, 5].flatMap((id) => [ab(id), checkpoint]) }],
      commit: { bytes: 1e9, everyMs: 1000 },
      at(point) {
        if (point === 'store') {
          stores++;
          pass(400);
        } else if (point === 'commit') {
          commits.push([Date.now(), stores]);
          pass(700);
        }
      },
    });
    await run(pipeline, still);
    expect(commits).toEqual([
      [1200, 3],
      [2300, 4],
      [3400, 5],
    ]);
  } finally {
    vi.useRealTimers();
  }
});

describe.each(['in-destination', 'staged', 'at-least-once'] as const)(
  'with commits %s',
  (commits) => {
    test('brings everything, and nothing twice when it runs again', async () => {
      const disk = memoryDisk();
      const streams = [
        { name: 'a', script: backfill(ab(1, 2), checkpoint, ab(3)) },
        { name: 'b', script: backfill(ab(7)) },
      ];
      const first = await run(pipelineOf({ streams, commits, disk }), still);
      expect(first).toMatchObject({ stopped: false });
      expect(rowsOf(disk, 'a')).toEqual([
        { id: 1, name: 'n1' },
        { id: 2, name: 'n2' },
        { id: 3, name: 'n3' },
      ]);
      expect(
        first.status.streams.map(({ stream, phase, committed }) => [
          stream,
          phase,
          committed.documents,
        ]),
      ).toEqual([
        ['a', 'caught up', 3],
        ['b', 'caught up', 1],
      ]);
      const second = await run(pipelineOf({ streams, commits, disk }), still);
      expect(second.status.commits).toBe(0);
      expect(rowsOf(disk, 'b')).toEqual([{ id: 7, name: 'n7' }]);
    });

    const points: readonly CrashPoint[] =
      commits === 'staged'
        ? [
            'open',
            'alter',
            'store',
            'commit',
            'committing',
            'committed',
            'acknowledge',
            'acknowledging',
            'acknowledged',
          ]
        : ['open', 'alter', 'store', 'commit', 'committing', 'committed'];
    test.each(points.flatMap((point) => [1, 2, 3].map((count) => ({ point, count }))))(
      'ends with the right rows after a crash at $point, reached $count times',
      async ({ point, count }) => {
        const disk = memoryDisk();
        const streams = [
          { name: 'a', script: backfill(ab(1, 2), checkpoint, ab(3), checkpoint, ab(4)) },
        ];
        const crash = crashAt(point, count);
        await run(pipelineOf({ streams, commits, disk, at: crash }), still).catch(
          (error: unknown) => {
            expect(error).toMatchObject({ name: 'Crash' });
          },
        );
        await run(pipelineOf({ streams, commits, disk }), still);
        expect(rowsOf(disk, 'a').map(({ id }) => id)).toEqual([1, 2, 3, 4]);
      },
    );

    test('resumes from the last commit after failures that pass', async () => {
      const disk = memoryDisk();
      const busy = new Failure('transient', 'the server is busy', { retryAfterMs: 1 });
      const script = backfill(ab(1), checkpoint, ab(2), fails(busy, 2), checkpoint, ab(3));
      const report = await run(
        pipelineOf({ streams: [{ name: 'a', script }], commits, disk }),
        still,
      );
      expect(report.status.retries).toBe(2);
      expect(rowsOf(disk, 'a').map(({ id }) => id)).toEqual([1, 2, 3]);
    });
  },
);

describe('a stream that fails', () => {
  const broken = new Failure('data', 'row 3 has too many fields');
  const streams = [
    { name: 'a', script: backfill(ab(1), checkpoint, ab(2), fails(broken), checkpoint) },
    { name: 'b', script: backfill(ab(7)) },
  ];

  test('leaves nothing of itself behind, and the others go on', async () => {
    const disk = memoryDisk();
    const report = await run(pipelineOf({ streams, disk, commit: { bytes: 1_000_000 } }), still);
    expect(report.failure).toMatchObject({ kind: 'data', message: 'row 3 has too many fields' });
    expect([...disk.tables.keys()]).toEqual(['b']);
    expect(report.status.streams.map(({ stream, phase }) => [stream, phase])).toEqual([
      ['a', 'failed'],
      ['b', 'caught up'],
    ]);
  });

  test('is left out after as many attempts as were allowed, when its failure may pass', async () => {
    const busy = new Failure('transient', 'busy', { retryAfterMs: 1 });
    const script = backfill(ab(1), fails(busy), checkpoint);
    const disk = memoryDisk();
    const report = await run(
      pipelineOf({ streams: [{ name: 'a', script }, ...streams.slice(1)], disk }),
      { ...still, attempts: 3 },
    );
    expect(report.status.retries).toBe(2);
    expect(report.failure).toMatchObject({ kind: 'transient', message: 'busy' });
    expect(rowsOf(disk, 'b')).toHaveLength(1);
  });
});

describe('the schema contract', () => {
  const script = backfill(
    documents([{ id: 1, n: 1 }]),
    checkpoint,
    documents([
      { id: 2, n: 2 },
      { id: 3, n: 'three' },
      { id: 4, n: 4, more: true },
    ]),
  );
  const schema = {
    type: 'object',
    properties: { id: { type: 'integer' }, n: { type: 'integer' } },
    required: ['id', 'n'],
  };
  const streams = [{ name: 'a', script, schema }];

  test('evolve lets the table grow', async () => {
    const disk = memoryDisk();
    await run(pipelineOf({ streams, disk }), still);
    expect(rowsOf(disk, 'a')).toEqual([
      { id: 1, n: 1, more: null },
      { id: 2, n: 2, more: null },
      { id: 3, n: 'three', more: null },
      { id: 4, n: 4, more: true },
    ]);
  });

  test('freeze stops at the first document that does not fit', async () => {
    const disk = memoryDisk();
    const pipeline = pipelineOf({ streams, disk, rule: { contract: 'freeze' } });
    await expect(run(pipeline, still)).rejects.toMatchObject({
      kind: 'data',
      message: 'the field "n" holds a string where the table takes an integer',
      where: 'stream a, document 3',
    });
    expect(rowsOf(disk, 'a')).toEqual([{ id: 1, n: 1 }]);
  });

  test('quarantine sets such documents aside, with the reason', async () => {
    const disk = memoryDisk();
    const pipeline = pipelineOf({ streams, disk, rule: { contract: 'quarantine' } });
    const report = await run(pipeline, still);
    expect(rowsOf(disk, 'a').map(({ id }) => id)).toEqual([1, 2]);
    expect(report.status.streams[0]?.committed).toMatchObject({ documents: 2, quarantined: 2 });
    expect(rowsOf(disk, 'fairlead_quarantine')).toMatchObject([
      {
        stream: 'a',
        field: 'n',
        reason: 'holds a string where the table takes an integer',
        document: '{"id":3,"n":"three"}',
      },
      { field: 'more', reason: 'is not in the table', document: '{"id":4,"n":4,"more":true}' },
    ]);
  });

  test('a field that comes twice stops the run, or is set aside', async () => {
    const twice = {
      ...changes(),
      documents: { bytes: Buffer.from('{"id":1,"id":2}\n'), ends: Uint32Array.of(16) },
    };
    const twoFold = [{ name: 'a', script: backfill(ab(5), checkpoint, twice) }];
    await expect(run(pipelineOf({ streams: twoFold }), still)).rejects.toMatchObject({
      kind: 'data',
      message: 'a field comes twice in one document',
    });
    const disk = memoryDisk();
    const pipeline = pipelineOf({ streams: twoFold, disk, rule: { contract: 'quarantine' } });
    await run(pipeline, still);
    expect(rowsOf(disk, 'fairlead_quarantine')).toHaveLength(1);
  });
});

describe('state', () => {
  const streams = [
    { name: 'a', script: backfill(ab(1), checkpoint, changes(['insert', { id: 2, name: 'n2' }])) },
  ];

  test('is shown, reset and rewound', async () => {
    const disk = memoryDisk();
    const pipeline = pipelineOf({ streams, disk });
    expect(await showState(pipeline, still)).toBeNull();
    await run(pipeline, still);
    const shown = await showState(pipeline, still);
    expect(shown).toMatchObject({ source: 'source-memory', commits: shown?.history.length });

    await rewindState(pipeline, { ...still, commit: shown?.commits ?? 0 });
    await run(pipeline, still);
    expect(rowsOf(disk, 'a').map(({ id }) => id)).toEqual([1, 2]);

    await resetState(pipeline, { ...still, streams: ['a'] });
    const again = await run(pipeline, still);
    expect(again.status.streams[0]?.committed.documents).toBe(2);
    expect(rowsOf(disk, 'a').map(({ id }) => id)).toEqual([1, 2]);
  });

  test('of another source is refused', async () => {
    const disk = memoryDisk();
    await run(pipelineOf({ streams, disk }), still);
    const other = pipelineOf({ streams, disk });
    const source = { ...other.source, source: { ...other.source.source, name: 'source-other' } };
    await expect(run({ ...other, source }, still)).rejects.toMatchObject({ kind: 'state' });
  });
});

describe('stopping', () => {
  test('ends at the next commit, and the next run goes on from there', async () => {
    const disk = memoryDisk();
    const stop = new AbortController();
    const script = backfill(
      ab(1),
      checkpoint,
      ab(2),
      waits(async () => stop.abort()),
      checkpoint,
      ab(3),
    );
    const pipeline = pipelineOf({ streams: [{ name: 'a', script }], disk });
    const report = await run(pipeline, { ...still, stop: stop.signal });
    expect(report.stopped).toBe(true);
    const ids = rowsOf(disk, 'a').map(({ id }) => id);
    expect(ids.length).toBeLessThan(3);
    await run(pipeline, still);
    expect(rowsOf(disk, 'a').map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test('at once rolls back what is not committed', async () => {
    const disk = memoryDisk();
    const abort = new AbortController();
    const script = backfill(
      ab(1),
      waits(async () => abort.abort(new Error('enough'))),
      checkpoint,
    );
    const pipeline = pipelineOf({ streams: [{ name: 'a', script }], disk });
    await expect(run(pipeline, { ...still, signal: abort.signal })).rejects.toThrow('enough');
    expect(disk.tables.size).toBe(0);
    await run(pipeline, still);
    expect(rowsOf(disk, 'a')).toHaveLength(1);
  });

  test('wakes a source that waits for more', async () => {
    const stop = new AbortController();
    const never = new Promise<never>(() => {});
    const script = [
      ...backfill(ab(1)),
      { is: 'caught-up' } as const,
      waits(async () => {
        stop.abort();
        await never;
      }),
    ];
    const disk = memoryDisk();
    const pipeline = pipelineOf({ streams: [{ name: 'a', script }], disk });
    const report = await run(pipeline, { ...still, until: 'forever', stop: stop.signal });
    expect(report.stopped).toBe(true);
    expect(rowsOf(disk, 'a')).toHaveLength(1);
  });
});

test('commits are bounded in bytes, and by time when nothing comes', async () => {
  const script = backfill(ab(1, 2, 3), checkpoint, ab(4), checkpoint, ab(5), checkpoint, ab(6));
  const streams = [{ name: 'a', script }];
  const many = await run(pipelineOf({ streams, commit: { bytes: 1 } }), still);
  const few = await run(pipelineOf({ streams, commit: { bytes: 1_000_000 } }), {
    ...still,
  });
  expect(many.status.commits).toBeGreaterThanOrEqual(4);
  expect(few.status.commits).toBe(1);
});

test('a second run of one pipeline is refused by name while the first goes on', async () => {
  const lines: [string, LogFields][] = [];
  const log = createLog((_, message, fields) => lines.push([message, fields]));
  const disk = memoryDisk();
  let second: Promise<unknown> | undefined;
  const script = backfill(
    ab(1),
    waits(async () => {
      second ??= run(pipelineOf({ streams: [], disk }), { ...still, log }).catch((e: unknown) => e);
      await second;
    }),
    checkpoint,
  );
  await run(pipelineOf({ streams: [{ name: 'a', script }], disk }), still);
  expect(await second).toMatchObject({
    kind: 'transient',
    message: expect.stringContaining('the pipeline "test" is already running') as string,
  });
});

test('plan and preview change nothing', async () => {
  const disk = memoryDisk();
  const streams = [
    {
      name: 'a',
      script: backfill(ab(1, 2, 3)),
      schema: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
    },
  ];
  const pipeline = pipelineOf({ streams, disk });
  const plan = await planRun(pipeline, still);
  expect(plan.streams).toEqual([{ stream: 'a', table: 'a', write: 'merge' }]);
  expect(plan.changes).toHaveLength(1);
  expect(plan.estimate).toBeUndefined();
  const {
    streams: [preview],
    estimate,
  } = await previewRun(pipeline, { ...still, limit: 2 });
  expect(estimate).toBeUndefined();
  expect(preview?.documents.map((bytes) => Buffer.from(bytes).toString())).toEqual([
    '{"id":1,"name":"n1"}',
    '{"id":2,"name":"n2"}',
  ]);
  expect(preview?.columns.map(({ name }) => name)).toEqual(['id', 'name']);
  expect(disk.tables.size).toBe(0);
});

test('plan tells what the rest costs, and preview what all of it does', async () => {
  const disk = memoryDisk();
  const stream = { name: 'a', script: backfill(ab(1, 2, 3)) };
  const { source: unbilled, ...rest } = pipelineOf({ streams: [stream], disk });
  const price = { currency: 'USD', amount: 0.5, basis: 'a guess' } as const;
  const source: typeof unbilled = {
    ...unbilled,
    estimate: async ({ bindings, state }) => ({
      unit: 'step reads',
      bindings: bindings.map(({ stateKey }) => (stateKey in state.bindings ? 0 : 40)),
      overhead: 2,
      price,
    }),
  };
  const pipeline = { ...rest, source };
  const all = {
    unit: 'step reads',
    streams: [{ stream: 'a', count: 40 }],
    overhead: 2,
    total: 42,
    price,
  };
  expect((await planRun(pipeline, still)).estimate).toEqual(all);
  await run(pipeline, still);
  const left = { ...all, streams: [{ stream: 'a', count: 0 }], total: 2 };
  expect((await planRun(pipeline, still)).estimate).toEqual(left);
  expect((await previewRun(pipeline, { ...still, limit: 1 })).estimate).toEqual(all);
});
