import {
  checkpointAfter,
  type MaterializationSpec,
  type MaterializeRequestDraft,
  RuntimeLog,
} from '@fairlead/host-flow';
import { type KeyRange, wholeRange } from '@fairlead/sdk';
import { expectSame, expectThat } from '../check.ts';
import { canonicalValue } from '../same-value.ts';
import { expectRefusal } from './exchange.ts';
import type { MaterializationCheck } from './materialization-checks.ts';
import type { FlowMaterializationRun } from './materialization-run.ts';
import {
  loadAll,
  type OpenSession,
  openSession,
  transactionOf,
} from './materialization-session.ts';
import { accounts } from './workload.ts';

/** Who knows what is committed, and who may still commit. */
export function commitChecks(run: {
  readonly twoSessions: boolean;
  readonly commits: string;
}): MaterializationCheck[] {
  const inDestination = run.commits === 'in-destination';
  return [
    { name: commitNames[run.commits] ?? '', run: expectPattern },
    ...(inDestination ? [checkpointCheck] : []),
    ...(inDestination && run.twoSessions ? fenceChecks : []),
    ...(run.commits === 'staged' ? [foreignStateCheck] : []),
  ];
}

const commitNames: Readonly<Record<string, string>> = {
  'in-destination': 'the destination says where it was, and the state of the task is empty',
  staged: 'a commit is staged in the state, and its acknowledgement clears it',
  'at-least-once': 'a commit says nothing, neither a state nor where it was',
};

async function expectPattern(run: FlowMaterializationRun): Promise<void> {
  const log = new RuntimeLog();
  const { spec } = await run.build([await run.collection(accounts)], log);
  await using session = await openSession(run, { spec, log });
  const hasCheckpoint = session.checkpoint !== undefined;
  await session.acknowledge();
  await session.commit([{ id: 'a', balance: 1 }], 1);
  const afterCommit = JSON.stringify(log.state) !== '{}';
  await session.acknowledge();
  expectSame(
    { hasCheckpoint, afterCommit, state: log.state },
    {
      hasCheckpoint: run.commits === 'in-destination',
      afterCommit: run.commits === 'staged',
      state: {},
    },
    'what the runtime is told',
  );
}

const checkpointCheck: MaterializationCheck = {
  name: 'the checkpoint of the runtime is kept to the byte, and is none in the beginning',
  async run(run) {
    const { spec } = await run.build([await run.collection(accounts)], new RuntimeLog());
    const first = await openSession(run, { spec });
    expectThat(first.checkpoint !== undefined, 'a new task has no checkpoint');
    await first.acknowledge();
    await first.send({ is: 'flush' });
    await run.inTime(first.talk.expect('flushed'), 'flushing');
    // Number 77 is no field that anybody knows; JSON has no place for it.
    const unknown = run.codec === 'proto' ? Buffer.from('ea04020102', 'hex') : Buffer.alloc(0);
    const runtimeCheckpoint = Buffer.concat([checkpointAfter(3), unknown]);
    await first.send({ is: 'startCommit', runtimeCheckpoint });
    await run.inTime(first.talk.expect('startedCommit'), 'committing');
    await first.acknowledge();
    first.talk.end();
    await run.inTime(first.talk.exited, 'the end');
    await using second = await openSession(run, { spec });
    const kept = Buffer.from(second.checkpoint ?? []).toString('hex');
    expectSame(kept, runtimeCheckpoint.toString('hex'), 'the checkpoint');
  },
};

const half = 2 ** 31;
const lower: KeyRange = { begin: 0, end: half - 1 };
const upper: KeyRange = { begin: half, end: wholeRange.end };

const fenceChecks: readonly MaterializationCheck[] = [
  ...[
    { what: 'the same keys', old: wholeRange, young: wholeRange },
    { what: 'some of its keys', old: wholeRange, young: lower },
    { what: 'more than its keys', old: lower, young: wholeRange },
  ].map(({ what, old, young }): MaterializationCheck => ({
    name: `a session is fenced off by a younger one of ${what}, and commits nothing`,
    async run(run) {
      const { spec } = await run.build([await run.collection(accounts)], new RuntimeLog());
      await using zombie = await openSession(run, { spec, range: old });
      await zombie.acknowledge();
      await zombie.send({ is: 'flush' });
      await run.inTime(zombie.talk.expect('flushed'), 'flushing');
      await using session = await openSession(run, { spec, range: young });
      await session.acknowledge();
      await expectFenced(run, spec, zombie);
      await session.commit([{ id: 'young', balance: 1 }], 1);
      await session.acknowledge();
      session.talk.end();
      await run.inTime(session.talk.exited, 'the end');
      const keys = [{ id: 'young' }, { id: 'zombie' }];
      const expected = [canonicalValue({ id: 'young', balance: 1 })];
      expectSame(await loadAll(run, { spec }, keys), expected, 'what is there');
    },
  })),
  {
    name: 'sessions of other keys are left alone',
    async run(run) {
      const { spec } = await run.build([await run.collection(accounts)], new RuntimeLog());
      await using first = await openSession(run, { spec, range: lower });
      await using second = await openSession(run, { spec, range: upper });
      for (const [index, session] of [first, second].entries()) {
        await session.acknowledge();
        await session.commit([{ id: `of ${index}`, balance: 1 }], 1);
        await session.acknowledge();
        session.talk.end();
        await run.inTime(session.talk.exited, 'the end');
      }
      const found = await loadAll(run, { spec }, [{ id: 'of 0' }, { id: 'of 1' }]);
      expectSame(found.length, 2, 'how many documents there are');
    },
  },
];

/** Lets a session commit that must not. It may say that it has started, but never that it is done. */
async function expectFenced(
  run: FlowMaterializationRun,
  spec: MaterializationSpec,
  { talk }: OpenSession,
): Promise<void> {
  const documents = [{ id: 'zombie', balance: 7 }];
  const stores = transactionOf(spec, documents, run.codec === 'proto').stores();
  if (stores !== undefined) await talk.send(stores);
  const last: MaterializeRequestDraft[] = [
    { is: 'startCommit', runtimeCheckpoint: checkpointAfter(9) },
    { is: 'acknowledge' },
  ];
  for (const request of last) await talk.send(request);
  const untilDone = async () => {
    for (;;) {
      const response = await run.inTime(talk.next(), 'the end of an old session');
      if (response === undefined || response.is === 'acknowledged') return;
    }
  };
  await expectRefusal(untilDone, 'the commit of a session that was overtaken');
}

const foreignStateCheck: MaterializationCheck = {
  name: 'the state of another connector is a failure',
  async run(run) {
    const { spec } = await run.build([await run.collection(accounts)], new RuntimeLog());
    for (const state of ['a text', { bindingStateV1: { a: 1 } }]) {
      const open = () => openSession(run, { spec, state });
      await expectRefusal(open, `the state ${JSON.stringify(state)}`);
    }
  },
};
