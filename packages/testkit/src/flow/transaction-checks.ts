import {
  checkpointAfter,
  type DriveOptions,
  jsonText,
  type MaterializeRequestDraft,
  RuntimeLog,
} from '@fairlead/host-flow';
import { decodeValue } from '@fairlead/json';
import { expectSame, expectThat, spread } from '../check.ts';
import { canonicalValue } from '../same-value.ts';
import type { MaterializationCheck } from './materialization-checks.ts';
import type { FlowMaterializationRun } from './materialization-run.ts';
import { loadAll, openRequest, openSession, transactionOf } from './materialization-session.ts';
import {
  accountKeys,
  accounts,
  changeLog,
  changesOf,
  expectedAccounts,
  expectedLog,
  logLine,
  reduceFor,
} from './workload.ts';

/** Transactions of a destination that keeps what it is given. */
export function transactionChecks(): MaterializationCheck[] {
  return [
    ...[true, false].map((hardDelete): MaterializationCheck => ({
      name: `transactions, of which some are empty, leave every document once, ${hardDelete ? 'and deleted rows go' : 'and deleted rows stay where deletes are soft'}`,
      async run(run) {
        if (!hardDelete && !(await run.forms()).hasHardDelete) return;
        for (const packed of packings(run)) {
          await expectStory(run, { packed, name: `_${String(packed)}` }, hardDelete);
        }
      },
    })),
    {
      name: 'sessions of one transaction each, whose last acknowledgement was lost, leave the same',
      run: async (run) => await expectStory(run, { perSession: 1, leavesLast: true }),
    },
    {
      name: 'cut off at any step and told the same again, it leaves every document once',
      async run(run) {
        let steps = 0;
        await expectStory(run, { name: '_whole', at: () => steps++ });
        for (const stop of spread(steps - 1, run.suite.maxStops ?? 60)) {
          let count = 0;
          await expectStory(run, {
            name: `_${stop}`,
            restarts: 1,
            at: () => {
              if (count++ === stop) throw new Error('cut off here');
            },
          });
        }
      },
    },
    {
      name: 'documents are loaded as they were stored, with every digit, for keys of any type',
      async run(run) {
        const collections = [await run.collection(hard)];
        for (const packed of packings(run)) {
          const log = new RuntimeLog();
          const { spec } = await run.build(collections, log);
          const documents = hardDocuments();
          await using session = await openSession(run, { spec, log });
          await session.acknowledge();
          await session.send({ is: 'flush' });
          await run.inTime(session.talk.expect('flushed'), 'flushing');
          const stores = transactionOf(spec, documents, packed).stores();
          expectThat(stores !== undefined, 'nothing is to be stored');
          const isAgain = packed !== packings(run)[0];
          const flags = stores.flags.map((flag) => (isAgain ? flag | 1 : flag));
          await session.send({ ...stores, flags });
          await session.send({ is: 'startCommit', runtimeCheckpoint: checkpointAfter(1) });
          log.update((await run.inTime(session.talk.expect('startedCommit'), 'committing')).state);
          await session.acknowledge();
          session.talk.end();
          await run.inTime(session.talk.exited, 'the end');
          const missing = documents.map((document) => ({ ...document, text: 'not there' }));
          const found = await loadAll(run, { spec, log }, [...documents, ...missing], packed);
          const expected = documents.map((document) => canonicalValue(document)).sort();
          expectSame(found, expected, 'what is loaded');
        }
      },
    },
    {
      name: 'a store that exists replaces, one that is deleted goes, one that was never there stays away',
      async run(run) {
        if (!(await run.forms()).hasHardDelete) return;
        const log = new RuntimeLog();
        const { spec } = await run.build([await run.collection(accounts)], log);
        await using session = await openSession(run, { spec, log });
        await session.acknowledge();
        const ids = ['kept', 'changed', 'deleted', 'unseen'];
        const documentsAt = (balance: number) =>
          ids.map((id) => ({ id, balance, _meta: { op: 'u' } }));
        await session.commit(documentsAt(1).slice(0, 3), 1);
        await session.acknowledge();
        await session.send({ is: 'flush' });
        await run.inTime(session.talk.expect('flushed'), 'flushing');
        // In the order of the keys: changed, deleted, unseen.
        const stores = transactionOf(spec, documentsAt(2).slice(1), run.codec === 'proto').stores();
        expectThat(stores !== undefined, 'nothing is to be stored');
        await session.send({ ...stores, flags: Uint8Array.of(1, 3, 2) });
        await session.send({ is: 'startCommit', runtimeCheckpoint: checkpointAfter(2) });
        log.update((await run.inTime(session.talk.expect('startedCommit'), 'committing')).state);
        await session.acknowledge();
        session.talk.end();
        await run.inTime(session.talk.exited, 'the end');
        const found = await loadAll(run, { spec, log }, documentsAt(0));
        const expected = [...documentsAt(1).slice(0, 1), ...documentsAt(2).slice(1, 2)].map(
          (document) => canonicalValue(document),
        );
        expectSame(found, expected.sort(), 'what is there');
      },
    },
    {
      name: 'keys that come before the last acknowledgement are answered after it',
      async run(run) {
        const log = new RuntimeLog();
        const { spec } = await run.build([await run.collection(accounts)], log);
        const document = { id: 'a', balance: 1 };
        await using session = await openSession(run, { spec, log });
        await session.acknowledge();
        await session.commit([document], 1);
        const loads = transactionOf(spec, [document], run.codec === 'proto').loads('\u00ff');
        expectThat(loads !== undefined, 'nothing is to be loaded');
        await session.send({ is: 'acknowledge' });
        await session.send(loads);
        const told: string[] = [];
        for (let rest = 1; rest >= 0;) {
          const response = await run.inTime(session.talk.next(), 'an answer');
          told.push(response?.is ?? 'the end');
          if (response?.is === 'acknowledged') {
            rest = 0;
            await session.send({ is: 'flush' });
          }
          if (response?.is === 'flushed' || response === undefined) break;
        }
        expectSame(told, ['acknowledged', 'loaded', 'flushed'], 'the answers');
      },
    },
    {
      name: 'a new backfill empties the table, and one that is not bound any more keeps its rows',
      async run(run) {
        const log = new RuntimeLog();
        const transactions = changesOf(1, 4);
        const collections = [await run.collection(accounts)];
        const options = { collections, transactions, log, reduce: reduceFor(run.commits) };
        const { spec } = await run.drive(options);
        const keys = accountKeys(transactions);
        const before = await loadAll(run, { spec, log }, keys);
        expectThat(before.length > 0, 'nothing was stored');
        await run.build([await run.collection({ ...accounts, name: 'others' })], log);
        log.applied = spec;
        expectSame(
          await loadAll(run, { spec, log }, keys),
          before,
          'what is left without a binding',
        );
        const anew = await run.build([await run.collection({ ...accounts, backfill: 1 })], log);
        expectSame(
          await loadAll(run, { spec: anew.spec, log }, keys),
          [],
          'what a backfill leaves',
        );
      },
    },
    {
      name: 'what lies between the states of the runtime is taken: patches, white space, linked collections',
      async run(run) {
        const log = new RuntimeLog();
        const { spec } = await run.build([await run.collection(accounts)], log);
        const linkedCollections = (spec.bindings ?? []).map(({ collection }) => collection ?? {});
        const bindings = (spec.bindings ?? []).map(
          ({ collection: _inList, ...binding }, collectionIndex) => ({
            ...binding,
            collectionIndex,
          }),
        );
        const indirect = { ...spec, bindings, linkedCollections };
        const statePatches = Buffer.from('[{"other":1}\t,{"other":null}\t]');
        const talk = run.converse();
        await using _talk = talk;
        await talk.send({ is: 'spec', config: jsonText({}) });
        await run.inTime(talk.expect('spec'), 'the spec');
        await talk.send(openRequest(indirect));
        await run.inTime(talk.expect('opened'), 'opening');
        await talk.send({ is: 'acknowledge', statePatches });
        await run.inTime(talk.expect('acknowledged'), 'acknowledging');
        await talk.send({ is: 'flush', statePatches });
        await run.inTime(talk.expect('flushed'), 'flushing');
        const stores = transactionOf(
          spec,
          [{ id: 'a', balance: 1 }],
          run.codec === 'proto',
        ).stores();
        if (stores !== undefined) await talk.send(stores);
        const commit: MaterializeRequestDraft = {
          is: 'startCommit',
          runtimeCheckpoint: checkpointAfter(1),
          statePatches,
        };
        await talk.send(commit);
        log.update((await run.inTime(talk.expect('startedCommit'), 'committing')).state);
        await talk.send({ is: 'acknowledge', statePatches });
        log.update((await run.inTime(talk.expect('acknowledged'), 'acknowledging')).state);
        await run.inTime(talk.finish(), 'the end');
        expectSame(
          await loadAll(run, { spec, log }, [{ id: 'a' }]),
          [canonicalValue({ id: 'a', balance: 1 })],
          'what is there',
        );
      },
    },
  ];
}

interface Story extends Partial<DriveOptions> {
  /** Set apart from other stories of the same check. */
  readonly name?: string;
}

/** Fails unless the workload, driven so, leaves what it should. */
async function expectStory(
  run: FlowMaterializationRun,
  { name = '', ...options }: Story,
  hardDelete = run.commits !== 'at-least-once',
): Promise<void> {
  const { delta, hasHardDelete } = await run.forms();
  const { fixture } = run;
  const withLog = delta !== undefined && fixture.readTable !== undefined;
  const tables = [
    { ...accounts, name: `accounts${name}` },
    ...(withLog ? [{ ...changeLog, name: `change_log${name}` }] : []),
  ];
  const collections = [];
  for (const table of tables) {
    const wanted = await run.collection(table);
    // Both stories read the same collections.
    collections.push({ ...wanted, name: wanted.name.slice(0, -name.length || undefined) });
  }
  const transactions = changesOf(4, 5);
  const reduce = reduceFor(run.commits);
  const config = await run.config(hardDelete);
  const log = new RuntimeLog();
  const task = `acmeCo/test${name}`;
  const { spec } = await run.drive({
    packed: run.codec === 'proto',
    ...options,
    task,
    collections,
    transactions,
    reduce,
    config,
    log,
  });
  const found = await loadAll(run, { spec, log }, accountKeys(transactions));
  const isHard = hardDelete && hasHardDelete;
  expectSame(found, expectedAccounts(transactions, reduce, isHard), `the accounts of ${task}`);
  if (!withLog) return;
  const rows = await fixture.readTable?.(`change_log${name}`);
  const lines = (rows ?? []).map(logLine).sort();
  const kept = run.commits === 'at-least-once' ? [...new Set(lines)] : lines;
  expectSame(kept, expectedLog(transactions), `the log of ${task}`);
}

/** Whether keys and values are packed: in JSON they may be or not, as runtimes differ. */
function packings({ codec }: FlowMaterializationRun): readonly boolean[] {
  return codec === 'json' ? [false, true] : [true];
}

const hard = {
  name: 'hard',
  key: ['/text', '/big', '/yes'],
  schema: {
    type: 'object',
    required: ['text', 'big', 'yes'],
    properties: {
      text: { type: 'string' },
      big: { type: 'integer' },
      yes: { type: 'boolean' },
      value: { type: 'integer' },
      at: { type: 'string', format: 'date-time' },
      list: { type: 'array' },
    },
  },
} as const;

function hardDocuments() {
  const texts = ['', 'a', 'ü "quoted" \\ \n', '😀\u2028', "it's", '{"a":1}'];
  const bigs = [0n, -1n, 255n, 256n, 2n ** 53n + 1n, -(2n ** 62n), 2n ** 63n - 1n];
  const deep: unknown = decodeValue(
    Buffer.from('{"decimal":0.10000000000000000000001,"integer":123456789012345678901234567890}'),
  );
  return [
    ...texts.map((text) => ({ text, big: 1n })),
    ...bigs.map((big) => ({ text: 'b', big })),
  ].map(({ text, big }, index) => ({
    text,
    big,
    yes: index % 2 === 0,
    value: 2n ** 60n + BigInt(index),
    at: '2024-01-02T03:04:05.678Z',
    list: [1, null, 'x', { deep }],
    'a member/with~signs': null,
  }));
}
