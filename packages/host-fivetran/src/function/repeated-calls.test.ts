import { Failure, Op } from '@fairlead/sdk';
import {
  backfill,
  checkpoint,
  documents,
  fails,
  type LogStep,
  type MemorySourceOptions,
  memorySource,
  on,
  type OneChange,
  changes,
  randomFrom,
  type Random,
  type Step,
} from '@fairlead/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FunctionEndpoint } from './caller.ts';
import { ModelTables, type ModelOptions } from './caller-tables.ts';
import { sync } from './testing/sync.ts';

/** What can go wrong with a call: it is lost, or its answer is, or it is made twice and the first answer counts. */
type Trouble = 'none' | 'lost request' | 'lost answer' | 'repeated';

/** Fivetran's own retries: a call whose answer is lost is made again with the same state. */
function troubled(endpoint: FunctionEndpoint, next: () => Trouble): FunctionEndpoint {
  return async (request, signal) => {
    for (;;) {
      const trouble = next();
      if (trouble === 'lost request') continue;
      const answer = await endpoint(request, signal);
      if (trouble === 'lost answer') continue;
      if (trouble === 'repeated') await endpoint(request, signal);
      return answer;
    }
  };
}

const troubles = (random: Random) => (): Trouble =>
  random.pick(['none', 'none', 'lost request', 'lost answer', 'repeated']);

const busy = new Failure('transient', 'the system is busy');

/** A model of one stream, by the words of the source's contract. */
interface Expected {
  readonly rows: Map<number, object>;
}

const operation = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('put' as const), id: fc.nat(12), n: fc.nat(99) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), id: fc.nat(12) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('checkpoint' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('renew' as const) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Steps of a stream, and what it has in the end. Several operations may be one batch. */
function scriptOf(operations: readonly Operation[], batch: number) {
  const rows: Expected['rows'] = new Map();
  const steps: Step[] = [];
  let pending: OneChange[] = [];
  const flush = () => {
    if (pending.length > 0) steps.push(changes(...pending));
    pending = [];
  };
  for (const one of operations) {
    switch (one.do) {
      case 'put': {
        const row = { id: one.id, n: one.n, text: 'x'.repeat(one.n) };
        rows.set(one.id, row);
        pending.push(['upsert', row]);
        break;
      }
      case 'delete':
        rows.delete(one.id);
        pending.push(['delete', { id: one.id, other: true }]);
        break;
      case 'checkpoint':
        flush();
        steps.push(checkpoint);
        break;
      case 'fail':
        flush();
        steps.push(fails(busy, 1));
        break;
      case 'renew':
        flush();
        rows.clear();
        steps.push({ is: 'backfill-begins' });
        break;
    }
    if (pending.length >= batch) flush();
  }
  flush();
  steps.push(checkpoint);
  return { steps, rows };
}

const model = fc.record<ModelOptions>({
  first: fc.constantFrom('insert', 'delete'),
  counts: fc.constantFrom('first', 'last'),
  marks: fc.constant('at-once'),
});

/** Syncs until all is there, however often the source fails, and once more. */
async function syncAll(
  options: MemorySourceOptions,
  settings: { stopBytes: number; seed: number; model: ModelOptions },
) {
  const random = randomFrom(settings.seed);
  const tables = new ModelTables(settings.model);
  const source = memorySource(options);
  let state: unknown = {};
  const budget = { stopBytes: settings.stopBytes };
  let complete = 0;
  for (let round = 0; complete < 2; round++) {
    expect(round).toBeLessThan(300);
    const report = await sync(source, {
      tables,
      state,
      syncId: `sync ${round}`,
      function: { budget },
      between: (endpoint) => troubled(endpoint, troubles(random)),
    });
    if (report.ended === 'caught-up') complete++;
    else expect(report.failure?.message).toContain(busy.message);
    // What comes from where it was kept.
    state = JSON.parse(JSON.stringify(report.state));
  }
  expect(source.open).toBe(0);
  return tables;
}

const contentOf = (tables: ModelTables, name: string) =>
  tables.rowsOf(name).toSorted((a, b) => Number(a['id']) - Number(b['id']));

const sorted = (rows: Expected['rows']) =>
  [...rows.entries()].toSorted(([a], [b]) => a - b).map(([, row]) => row);

describe('tables have what the source has', () => {
  test('whatever it says, however calls are cut, repeated and lost (streams apart)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(operation, { maxLength: 40, size: 'max' }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 4_000 }),
        fc.integer(),
        model,
        async (streams, batch, stopBytes, seed, settings) => {
          const scripts = streams.map((operations) => scriptOf(operations, batch));
          const tables = await syncAll(
            { streams: scripts.map(({ steps }, index) => ({ name: `s${index}`, script: steps })) },
            { stopBytes, seed, model: settings },
          );
          for (const [index, { rows }] of scripts.entries()) {
            expect(contentOf(tables, `s${index}`)).toEqual(sorted(rows));
          }
        },
      ),
      { numRuns: 120 },
    );
  });

  test('whatever it says, however calls are cut, repeated and lost (one position)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), operation), { maxLength: 60, size: 'max' }),
        fc.integer({ min: 1, max: 4_000 }),
        fc.integer(),
        model,
        async (operations, stopBytes, seed, settings) => {
          const log: LogStep[] = [];
          const rows = { a: new Map<number, object>(), b: new Map<number, object>() };
          for (const [stream, one] of operations) {
            if (one.do === 'checkpoint') log.push(checkpoint);
            if (one.do === 'fail') log.push(fails(busy, 1));
            if (one.do === 'put') {
              const row = { id: one.id, n: one.n };
              rows[stream].set(one.id, row);
              log.push(on(stream, documents([row])));
            }
            if (one.do === 'delete') {
              rows[stream].delete(one.id);
              log.push(on(stream, documents([{ id: one.id }], Op.delete)));
            }
          }
          log.push(checkpoint);
          const streams = [{ name: 'a' }, { name: 'b' }];
          const tables = await syncAll({ streams, log }, { stopBytes, seed, model: settings });
          expect(contentOf(tables, 'a')).toEqual(sorted(rows.a));
          expect(contentOf(tables, 'b')).toEqual(sorted(rows.b));
        },
      ),
      { numRuns: 80 },
    );
  });

  test('also when an answer is only just large enough for a checkpoint', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { minLength: 5, maxLength: 40, size: 'max' }),
        fc.integer({ min: 2_200, max: 6_000 }),
        async (operations, responseBytes) => {
          const { steps, rows } = scriptOf(operations, 3);
          const tables = new ModelTables();
          const limits = { timeoutMs: 60_000, requestBytes: 100_000, responseBytes };
          const report = await sync(memorySource({ streams: [{ name: 's', script: steps }] }), {
            tables,
            limits,
            function: { limits, budget: { stopBytes: responseBytes } },
          });
          if (report.ended === 'caught-up') expect(contentOf(tables, 's')).toEqual(sorted(rows));
          else expect(report.failure?.message).toMatch(/there is more before its next|is busy/);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('a backfill that takes several syncs ends with what is there (marked at the end)', async () => {
    const numbered = (from: number, to: number) =>
      documents(Array.from({ length: to - from }, (_, index) => ({ id: from + index })));
    const old = [numbered(0, 20), checkpoint];
    const script = [
      ...old,
      ...backfill(numbered(5, 8), checkpoint, numbered(8, 11), checkpoint, numbered(11, 14)),
    ];
    const tables = new ModelTables({ marks: 'at-end' });
    let { state } = await sync(memorySource({ streams: [{ name: 'a', script: old }] }), { tables });
    for (const syncId of ['one', 'two', 'three', 'four']) {
      // Each sync is over after its first call.
      const report = await sync(memorySource({ streams: [{ name: 'a', script }] }), {
        tables,
        state,
        syncId,
        syncMs: 0,
        function: { budget: { stopBytes: 1 } },
      });
      ({ state } = report);
    }
    expect(contentOf(tables, 'a').map(({ id }) => id)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });
});
