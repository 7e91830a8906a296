import {
  checkpointAfter,
  jsonText,
  type MaterializationSpec,
  type MaterializeRequestDraft,
  RuntimeLog,
} from '@fairlead/host-flow';
import { expectSame, expectThat } from '../check.ts';
import type { MaterializationCheck } from './materialization-checks.ts';
import type { FlowMaterializationRun, TableWish } from './materialization-run.ts';
import { loadAll, openRequest, openSession, transactionOf } from './materialization-session.ts';
import { accounts } from './workload.ts';

/** In which order a session takes requests, and where it may end. */
export function orderChecks(): MaterializationCheck[] {
  return [
    {
      name: 'requests out of order, and bindings that there are not, are failures',
      async run(run) {
        const spec = await buildSimple(run);
        for (const { what, requests } of disorders(run, spec)) {
          const { code, told } = await converse(run, spec, requests);
          expectThat(code !== 0 && code !== null, `${what}: it ended with code ${code} (${told})`);
        }
      },
    },
    {
      name: 'an end within a transaction is a failure, and commits nothing',
      async run(run) {
        const spec = await buildSimple(run);
        const [ack, flush, store] = steps(run, spec);
        const begun = [
          [ack, flush],
          [ack, flush, store],
        ];
        const { isLoaded } = await kindOf(run);
        const load = transactionOf(spec, [simple], run.codec === 'proto').loads('\u00ff');
        const all = isLoaded && load !== undefined ? [...begun, [ack, load]] : begun;
        for (const requests of all) {
          const { code, told } = await converse(run, spec, requests);
          expectThat(code !== 0 && code !== null, `it ended with code ${code} (${told})`);
        }
        if (!isLoaded) return;
        expectSame(await loadAll(run, { spec }, [simple]), [], 'what is there');
      },
    },
    {
      name: 'a session ends well between transactions, when its input does or it is asked to stop',
      async run(run) {
        const spec = await buildSimple(run);
        const [ack, flush, store, commit] = steps(run, spec);
        for (const requests of [
          [],
          [ack],
          [ack, flush, store, commit],
          [ack, flush, commit, ack],
        ]) {
          const { code, told } = await converse(run, spec, requests);
          expectSame(code, 0, `the exit code after ${told}`);
        }
        await using session = await openSession(run, { spec });
        await session.acknowledge();
        session.talk.stop();
        const { code, lastMessage } = await run.inTime(session.talk.exited, 'the end');
        expectSame(code, 0, `the exit code of a stop (${lastMessage})`);
      },
    },
    {
      name: 'each request is answered once, in its order',
      async run(run) {
        const spec = await buildSimple(run);
        const [ack, flush, store, commit] = steps(run, spec);
        const requests = [ack, flush, store, commit, ack, flush, commit, ack];
        const { code, told } = await converse(run, spec, requests);
        expectSame(code, 0, 'the exit code');
        const round = 'acknowledged flushed startedCommit';
        expectSame(told, `spec opened ${round} ${round} acknowledged`, 'the answers');
      },
    },
    {
      name: 'only the shard where the keys begin says where it was, in the newer runtime',
      async run(run) {
        const spec = await buildSimple(run);
        const label = { name: 'estuary.dev/flag/enable-runtime-v2', value: 'true' };
        const shardTemplate = { labels: { labels: [label] } };
        const opened = await openSession(run, {
          spec: { ...spec, shardTemplate },
          range: { begin: 2 ** 31, end: 2 ** 32 - 1 },
        }).catch((error: unknown) => String(error));
        if (typeof opened === 'string') {
          expectThat(
            /exited with code [1-9]/.test(opened),
            `it did not fail in its form: ${opened}`,
          );
          return;
        }
        await using session = opened;
        expectSame(session.checkpoint, undefined, 'the checkpoint of another shard');
      },
    },
  ];
}

const simple = { id: 'a', balance: 1 };

/** Of which kind the tables of these checks are: with delta updates where nothing can be loaded. */
async function kindOf(
  run: FlowMaterializationRun,
): Promise<{ isLoaded: boolean; wish: TableWish }> {
  const isLoaded = run.suite.keeps !== false;
  return { isLoaded, wish: isLoaded ? accounts : { ...accounts, deltaUpdates: true } };
}

async function buildSimple(run: FlowMaterializationRun): Promise<MaterializationSpec> {
  const { wish } = await kindOf(run);
  return (await run.build([await run.collection(wish)], new RuntimeLog())).spec;
}

/** The requests of one transaction, in order. */
function steps(run: FlowMaterializationRun, spec: MaterializationSpec) {
  const store = transactionOf(spec, [simple], run.codec === 'proto').stores();
  expectThat(store !== undefined, 'nothing is to be stored');
  return [
    { is: 'acknowledge' },
    { is: 'flush' },
    store,
    { is: 'startCommit', runtimeCheckpoint: checkpointAfter(1) },
  ] as const satisfies readonly MaterializeRequestDraft[];
}

function disorders(run: FlowMaterializationRun, spec: MaterializationSpec) {
  const [ack, flush, store, commit] = steps(run, spec);
  const open = openRequest(spec);
  const apply: MaterializeRequestDraft = { is: 'apply', materialization: spec, version: '1' };
  return [
    { what: 'a flush before the acknowledgement', requests: [flush] },
    { what: 'a store before the flush', requests: [ack, store] },
    { what: 'a commit before the flush', requests: [ack, commit] },
    { what: 'two acknowledgements', requests: [ack, ack] },
    { what: 'two flushes', requests: [ack, flush, flush, commit] },
    { what: 'an acknowledgement before the commit', requests: [ack, flush, store, ack, commit] },
    { what: 'a second open', requests: [open] },
    { what: 'an apply within a session', requests: [ack, apply] },
    {
      what: 'a binding that there is not',
      requests: [ack, flush, { ...store, binding: 7 }, commit],
    },
  ] satisfies { what: string; requests: readonly MaterializeRequestDraft[] }[];
}

/** A session of these requests, to its end; what was answered, in one line. */
async function converse(
  run: FlowMaterializationRun,
  spec: MaterializationSpec,
  requests: readonly MaterializeRequestDraft[],
): Promise<{ readonly code: number | null; readonly told: string }> {
  const talk = run.converse();
  await using _talk = talk;
  const told: string[] = [];
  const reading = (async () => {
    for (;;) {
      const response = await talk.next();
      if (response === undefined) return;
      told.push(response.is);
    }
  })();
  // How it ended is told by the exit code.
  reading.catch(() => {});
  const all = [{ is: 'spec', config: jsonText({}) } as const, openRequest(spec), ...requests];
  for (const request of all) await run.inTime(talk.send(request), `taking "${request.is}"`);
  talk.end();
  const { code } = await run.inTime(talk.exited, 'the end');
  await run.inTime(
    reading.catch(() => {}),
    'the last answer',
  );
  return { code, told: told.join(' ') };
}
