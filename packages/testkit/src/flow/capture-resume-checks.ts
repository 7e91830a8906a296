import { splitRange } from '@fairlead/host-flow';
import type { Json } from '@fairlead/sdk';
import { expectNone, expectThat, spread } from '../check.ts';
import { setProblems } from '../compare-documents.ts';
import type { CaptureCheck } from './capture-checks.ts';
import { type FlowReading, together } from './capture-reading.ts';
import type { CaptureSpec, FlowCaptureRun } from './capture-run.ts';
import { expectRefusal } from './exchange.ts';

/** How a capture goes on after it was stopped, killed, split, or given another state. */
export function captureResumeChecks(): CaptureCheck[] {
  return [
    {
      name: 'a restart at every checkpoint gives the rest, nothing lost, nothing twice, in the same order',
      async run(run) {
        const whole = await run.read();
        const { sequences } = whole;
        for (const at of stopsOf(run, sequences.length - 1)) {
          const before = sequences.slice(0, at + 1);
          const rest = await resume(run, before, before.at(-1)?.state ?? {});
          const parts = [...before.map(({ lines }) => lines), rest.lines];
          run.expectRest(whole.lines, parts, `restarted after checkpoint ${at + 1}`);
        }
      },
    },
    ...(['close', 'stop', 'kill'] as const).map((by): CaptureCheck => ({
      name: `a stop anywhere ${by === 'close' ? 'by the end of the input' : `by SIG${by === 'stop' ? 'TERM' : 'KILL'}`} is between sequences, and loses nothing`,
      async run(run) {
        const whole = await run.read();
        for (const after of stopsOf(run, whole.messages - 1).map((index) => index + 1)) {
          const first = await run.read({ leave: { after, by } });
          const rest = await resume(run, first.sequences, first.state);
          const what = `left after ${after} messages`;
          run.expectRest(whole.lines, [first.lines, rest.lines], what);
        }
      },
    })),
    {
      name: 'without an acknowledgement it gives the same, and forgets nothing',
      async run(run) {
        const whole = await run.read();
        const unheard = await run.read({ acknowledge: 0 });
        run.expectRest(whole.lines, [unheard.lines], 'without acknowledgements');
        const heard = await run.read({ acknowledge: 'together' });
        run.expectRest(whole.lines, [heard.lines], 'acknowledged in the end');
        for (const count of stopsOf(run, unheard.sequences.length)) {
          const before = unheard.sequences.slice(0, count);
          const rest = await resume(run, before, before.at(-1)?.state ?? {});
          const parts = [...before.map(({ lines }) => lines), rest.lines];
          run.expectRest(
            whole.lines,
            parts,
            `the acknowledgement after checkpoint ${count} was lost`,
          );
        }
      },
    },
    {
      name: 'no state, an empty one and null are the same',
      async run(run) {
        const whole = await run.read();
        for (const state of [undefined, null]) {
          const read = await run.read({ state });
          run.expectRest(whole.lines, [read.lines], `with the state ${String(state)}`);
        }
      },
    },
    {
      name: 'a new backfill of one binding reads it anew, and leaves the others',
      async run(run) {
        const whole = await run.read();
        const capture = await run.task();
        for (const [index, binding] of (capture.bindings ?? []).entries()) {
          const bindings = (capture.bindings ?? []).with(index, {
            ...binding,
            backfill: 1,
            stateKey: `${binding.stateKey ?? ''}.v1`,
          });
          const collection = binding.collection?.name ?? '';
          const lines = whole.lines[collection] ?? [];
          const read = await run.read({
            capture: { ...capture, bindings },
            state: whole.state,
            documents: lines.length,
          });
          run.expectRest({ [collection]: lines }, [read.lines], `a backfill of ${collection}`);
        }
      },
    },
    {
      name: 'bindings that are not active keep their state, and are not read',
      async run(run) {
        const whole = await run.read();
        const capture = await run.task();
        const [first, ...others] = capture.bindings ?? [];
        if (first === undefined || others.length === 0) return;
        const collection = first.collection?.name ?? '';
        const without: CaptureSpec = { ...capture, bindings: others, inactiveBindings: [first] };
        const expected = { ...whole.lines, [collection]: [] };
        const begun = whole.sequences.findIndex(({ lines }) => collection in lines);
        const before = whole.sequences.slice(0, begun + 1);
        const past = { ...together(before.map(({ lines }) => lines)), [collection]: [] };
        const state = before.at(-1)?.state ?? {};
        const count = countOf(expected) - countOf(past);
        const read = await run.read({ capture: without, state, documents: count });
        run.expectRest(expected, [past, read.lines], 'with a binding that is not active');
        const again = await resume(run, [...before, ...read.sequences], read.state);
        const parts = [...before, ...read.sequences].map(({ lines }) => lines);
        run.expectRest(whole.lines, [...parts, again.lines], 'after the binding came back');
      },
    },
    {
      name: 'the state of another connector is a failure',
      async run(run) {
        const keys = ((await run.task()).bindings ?? []).map(({ stateKey }) => stateKey ?? '');
        const foreign: Json = { 'cursor-of-another-connector': [true] };
        const states: readonly Json[] = [
          'a text',
          { bindingStateV1: [1] },
          { bindingStateV1: Object.fromEntries(keys.map((key) => [key, foreign])) },
        ];
        for (const state of states) {
          await expectRefusal(() => run.read({ state }), JSON.stringify(state));
        }
      },
    },
    {
      name: 'shards divide the documents among them, or are refused',
      async run(run) {
        const whole = await run.read();
        let problems: string[] = [];
        // How many documents a shard has is not known, so one that is slow is given more time.
        for (const quietMs of shardQuietMs) {
          const parts = await readShards(run, quietMs);
          if (parts === undefined) return;
          problems = Object.entries(whole.lines).flatMap(([collection, lines]) =>
            setProblems(
              lines,
              parts.flatMap((part) => part.lines[collection] ?? []),
            ),
          );
          if (!problems.some((problem) => problem.startsWith('missing'))) break;
        }
        expectNone(problems, 'the shards together');
      },
    },
  ];
}

const shardQuietMs = [400, 5_000];

/** What three shards read; undefined when all of them are refused. */
async function readShards(
  run: FlowCaptureRun,
  quietMs: number,
): Promise<readonly FlowReading[] | undefined> {
  const parts: FlowReading[] = [];
  const refusals: string[] = [];
  for (const range of splitRange(3)) {
    await run.read({ range, documents: 0, quietMs }).then(
      (part) => parts.push(part),
      (error: unknown) => refusals.push(String(error)),
    );
  }
  if (refusals.length === 0) return parts;
  expectThat(parts.length === 0, 'some shards are refused and others are not');
  const odd = refusals.filter((said) => !/exited with code [1-9]/.test(said));
  expectNone(odd, 'shards end in another way than by a failure');
  return undefined;
}

/** The rest after some sequences. */
async function resume(
  run: FlowCaptureRun,
  before: readonly { readonly lines: FlowReading['lines'] }[],
  state: Json,
): Promise<FlowReading> {
  const had = before.reduce((sum, { lines }) => sum + countOf(lines), 0);
  return await run.read({ state, documents: Math.max(0, run.fixture.documents - had) });
}

function countOf(lines: FlowReading['lines']): number {
  return Object.values(lines).reduce((sum, of) => sum + of.length, 0);
}

function stopsOf({ suite }: FlowCaptureRun, end: number): number[] {
  return spread(Math.max(0, end), suite.maxStops ?? 40);
}
