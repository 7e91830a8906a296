import { type Json, type KeyRange, type Source, type SourceState } from '@fairlead/sdk';
import { type Check, errorOf, expectNone, expectThat, spread } from './check.ts';
import { resumeProblems, setProblems } from './compare-documents.ts';
import { batchProblems, streamProblems } from './document-problems.ts';
import { eventProblems, patchProblems } from './event-problems.ts';
import { liveKeys } from './live-keys.ts';
import { expectAllClosed } from './open-handles.ts';
import { discoveryChecks, settingsChecks } from './source-form-checks.ts';
import { type Reading, type SourceRun, startSource } from './source-run.ts';
import type { SourceSuite } from './source-suite-options.ts';

/** All that any source has to do, as checks that can be run one by one. */
export function sourceChecks(suite: SourceSuite): Check[] {
  return [
    ...settingsChecks(suite),
    ...discoveryChecks(suite),
    ...readingChecks(suite),
    ...(suite.source.keys === undefined ? [] : [keysCheck(suite)]),
    ...stoppingChecks(suite),
    ...stateChecks(suite),
    ...(suite.source.sharded === true ? [rangesCheck(suite)] : []),
    ...(suite.forever === false ? [] : foreverChecks(suite)),
  ];
}

function readingChecks(suite: SourceSuite): Check[] {
  return [
    check(suite, 'there is something to read', async (run) => {
      const { events } = await run.read();
      expectThat(
        events.some(({ is }) => is === 'documents'),
        'there are no documents',
      );
    }),
    check(suite, 'documents are as their stream was described', async (run) => {
      const { events } = await run.read();
      const problems = new Set<string>();
      const schemas = run.bindings.map(({ stream }) => infoOf(run, stream).schema);
      for (const event of events) {
        if (event.is === 'schema') schemas[event.binding] = event.schema;
        if (event.is !== 'documents') continue;
        const stream = run.bindings[event.binding]?.stream ?? '';
        const found = batchProblems(event.documents);
        if (found.length === 0) {
          const schema = schemas[event.binding] ?? {};
          found.push(...streamProblems(event.documents, infoOf(run, stream), schema));
        }
        for (const problem of found) problems.add(`${stream}: ${problem}`);
      }
      expectNone([...problems]);
    }),
    check(suite, 'events come in the order of the contract', async (run) => {
      expectInOrder(run, await run.read());
    }),
    check(suite, 'checkpoints hold what has changed, and nothing else', async (run) => {
      const { events, state } = await run.read();
      const facts = { bindings: run.bindings, state: { bindings: {} } };
      expectNone(patchProblems(events, facts, suite.source.shared !== undefined));
      expectNone(stateProblems(suite.source, state));
    }),
    check(suite, 'reading twice gives the same', async (run) => {
      const first = await run.read();
      expectNone(resumeProblems(first.lines, [(await run.read()).lines], suite));
    }),
    check(suite, 'a stream is the same alone, with others, and in another place', async (run) => {
      const whole = await run.read();
      const backwards = await run.read({ bindings: run.bindings.toReversed() });
      expectNone(resumeProblems(whole.lines, [backwards.lines], suite));
      for (const binding of run.bindings) {
        const alone = await run.read({ bindings: [binding] });
        const expected = { [binding.stream]: whole.lines[binding.stream] ?? [] };
        expectNone(resumeProblems(expected, [alone.lines], suite));
      }
    }),
  ];
}

function keysCheck(suite: SourceSuite): Check {
  return check(suite, 'it tells the keys of the documents that are there', async (run) => {
    const { events } = await run.read();
    for (const [index, binding] of run.bindings.entries()) {
      const batches = events.flatMap((event) =>
        event.is === 'documents' && event.binding === index ? [event.documents] : [],
      );
      const expected = liveKeys(batches, infoOf(run, binding.stream).key);
      expectNone(setProblems([...expected], await run.keys(binding)), `keys of ${binding.stream}`);
    }
  });
}

function stoppingChecks(suite: SourceSuite): Check[] {
  return [
    {
      name: 'after a stop at any event, nothing is missing and nothing comes twice',
      async run() {
        const whole = await withRun(suite, (run) => run.read());
        for (const count of stopsOf(suite, whole)) {
          await withRun(suite, async (run) => {
            const first = await run.read({ leave: (_, seen) => seen === count });
            const second = await run.read({ state: first.state });
            const parts = [first.keptLines, second.lines];
            expectNone(resumeProblems(whole.lines, parts, suite), `left after ${count} events`);
            expectInOrder(run, second, first.state);
          });
        }
      },
    },
    check(suite, 'whoever leaves at any event finds all closed', async (run) => {
      const whole = await run.read();
      for (const count of stopsOf(suite, whole)) {
        await expectAllClosed(() => run.read({ leave: (_, seen) => seen === count }));
      }
    }),
    check(suite, 'an abort at any event ends the reading, and all is closed', async (run) => {
      const whole = await run.read();
      for (const count of stopsOf(suite, whole)) {
        const leave = (_: unknown, seen: number) => seen === count;
        const aborted = await expectAllClosed(() => run.read({ leave, byAbort: true }));
        const rest = await run.read({ state: aborted.state });
        const parts = [aborted.keptLines, rest.lines];
        expectNone(resumeProblems(whole.lines, parts, suite), `aborted after ${count} events`);
      }
    }),
    check(suite, 'a signal that is aborted already ends the reading', async (run) => {
      await expectAllClosed(() => run.read({ abortedBefore: true }));
    }),
  ];
}

function stateChecks(suite: SourceSuite): Check[] {
  const foreign: Json = suite.foreignCursor ?? { 'cursor-of-another-connector': [true] };
  return [
    check(suite, 'a state of another connector fails as state', async (run) => {
      const bindings = Object.fromEntries(run.bindings.map(({ stateKey }) => [stateKey, foreign]));
      await expectStateFailure(run, { bindings });
      if (suite.source.shared === undefined) return;
      await expectStateFailure(run, { shared: foreign, bindings: {} });
    }),
    check(suite, 'parts of a state that belong to no binding are left alone', async (run) => {
      const { state, lines } = await run.read();
      const before = { bindings: { 'a binding that is gone': foreign } };
      const again = await run.read({ state: before });
      expectNone(resumeProblems(lines, [again.lines], suite));
      const rest = await run.read({
        state: { ...state, bindings: { ...before.bindings, ...state.bindings } },
      });
      expectNone(resumeProblems(lines, [lines, rest.lines], suite));
    }),
  ];
}

function rangesCheck(suite: SourceSuite): Check {
  return check(suite, 'key ranges divide the documents among them', async (run) => {
    const whole = await run.read();
    const third = Math.floor(2 ** 32 / 3);
    const ranges: KeyRange[] = [
      { begin: 0, end: third },
      { begin: third + 1, end: 2 * third },
      { begin: 2 * third + 1, end: 0xffff_ffff },
    ];
    const parts: Reading[] = [];
    for (const range of ranges) parts.push(await run.read({ range }));
    for (const { stream } of run.bindings) {
      const together = parts.flatMap(({ lines }) => lines[stream] ?? []);
      expectNone(setProblems(whole.lines[stream] ?? [], together), `the ranges of ${stream}`);
    }
  });
}

function foreverChecks(suite: SourceSuite): Check[] {
  return [
    check(suite, 'read forever, it gives the same and waits until it is stopped', async (run) => {
      const whole = await run.read();
      for (const byAbort of [true, false]) {
        const waiting = new Set(run.bindings.keys());
        const forever = await expectAllClosed(() =>
          run.read({
            until: 'forever',
            byAbort,
            leave: (event) => {
              if (event.is === 'caught-up') waiting.delete(event.binding);
              return waiting.size === 0;
            },
          }),
        );
        expectThat(!forever.ended, 'it ended by itself');
        expectNone(resumeProblems(whole.lines, [forever.lines], { repeats: true }));
      }
    }),
  ];
}

/** Runs `body` with a fixture that is gone afterwards. */
async function withRun<T>(suite: SourceSuite, body: (run: SourceRun) => Promise<T>): Promise<T> {
  await using run = await startSource(suite);
  return await body(run);
}

function check(suite: SourceSuite, name: string, body: (run: SourceRun) => Promise<void>): Check {
  return { name, run: () => withRun(suite, body) };
}

/** After how many events to stop: at every one, or at some of them with the first and the last. */
function stopsOf({ maxStops = 40 }: SourceSuite, { events }: Reading): number[] {
  return spread(events.length - 1, maxStops).map((index) => index + 1);
}

function infoOf(run: SourceRun, stream: string) {
  const found = run.streams.find(({ name }) => name === stream);
  expectThat(found !== undefined, `there is no stream ${stream}`);
  return found;
}

function expectInOrder(
  { bindings }: SourceRun,
  { events, ended }: Reading,
  state: SourceState = { bindings: {} },
): void {
  expectNone(eventProblems(events, { bindings, state, until: 'caught-up', ended }));
}

function stateProblems(source: Source, state: SourceState): string[] {
  const parts = Object.entries(state.bindings).map(([key, part]) => ({
    key,
    fits: source.cursor.safeParse(part).success,
  }));
  const problems = parts
    .filter(({ fits }) => !fits)
    .map(({ key }) => `the cursor of ${key} does not parse`);
  const { shared } = state;
  if (shared === undefined || source.shared?.safeParse(shared).success !== false) return problems;
  return [...problems, 'the shared state does not parse'];
}

async function expectStateFailure(run: SourceRun, state: SourceState): Promise<void> {
  const error = await errorOf(() => run.read({ state }), 'a state of another connector');
  expectThat(
    error instanceof Error && 'kind' in error && error.kind === 'state',
    `it threw no Failure of kind state, but ${String(error)}`,
  );
}
