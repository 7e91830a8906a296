import { PassThrough, Readable } from 'node:stream';
import { checkpointAfter, jsonText } from '@fairlead/host-flow';
import { type Documents, selectDocuments, wholeRange, type Writer } from '@fairlead/sdk';
import { asking, bound, connecting, saying, starting, writing } from './changed-materialization.ts';
import type { MaterializationDefect } from './materialization-defects.ts';

/** Materializations that commit the wrong thing, at the wrong time, or though they must not. */
export function commitDefects(): MaterializationDefect[] {
  return [
    {
      defect: 'loses a document after a restart',
      start: writing((writer) => ({
        store: async (table, documents) => {
          const isResumed = writer.checkpoint !== null;
          const kept = isResumed ? selectDocuments(documents, (index) => index > 0) : documents;
          await writer.store(table, kept);
        },
      })),
      by: cutOff,
      says: /the accounts|the log/,
    },
    {
      defect: 'writes a document twice after a restart',
      start: writing((writer) => ({
        store: async (table, documents) => {
          await writer.store(table, documents);
          if (writer.checkpoint !== null) await writer.store(table, documents);
        },
      })),
      by: cutOff,
      says: 'the log',
    },
    {
      defect: 'commits within a transaction',
      start: committing(),
      by: cutOff,
      says: /the accounts|the log/,
    },
    {
      defect: 'says that it was where it was not',
      start: saying((response) => {
        if (response.is !== 'opened') return [response];
        return [{ ...response, runtimeCheckpoint: checkpointAfter(0) }];
      }),
      by: cutOff,
      says: /the accounts|the log/,
    },
    {
      defect: 'forgets fields of the checkpoint that it does not know',
      codec: 'proto',
      start: saying((response) => {
        if (response.is !== 'opened' || (response.runtimeCheckpoint?.length ?? 0) < 12) {
          return [response];
        }
        return [{ ...response, runtimeCheckpoint: checkpointAfter(3) }];
      }),
      by: 'the checkpoint of the runtime is kept to the byte, and is none in the beginning',
      says: 'the checkpoint',
    },
    {
      defect: 'keeps no checkpoint',
      start: saying((response) => {
        if (response.is !== 'opened') return [response];
        const { runtimeCheckpoint: _left, ...opened } = response;
        return [opened];
      }),
      by: 'the destination says where it was, and the state of the task is empty',
      says: 'what the runtime is told',
    },
    ...['the same keys', 'some of its keys', 'more than its keys'].map(
      (what): MaterializationDefect => ({
        defect: `commits though it is a zombie, and another one has ${what}`,
        start: unfenced(),
        by: `a session is fenced off by a younger one of ${what}, and commits nothing`,
        says: /it was accepted|did not fail/,
      }),
    ),
    {
      defect: 'fences all keys off, whatever it has',
      start: connecting((good) => ({
        open: (request) => good.open({ ...request, range: wholeRange }),
      })),
      by: 'sessions of other keys are left alone',
      says: 'exited with code 6',
    },
    {
      defect: 'loses what was staged when its acknowledgement is lost',
      commits: 'staged',
      start: asking((request) => {
        return [request.is === 'open' ? { ...request, state: jsonText({}) } : request];
      }),
      by: 'sessions of one transaction each, whose last acknowledgement was lost, leave the same',
      says: /the accounts|the log/,
    },
    {
      defect: 'does not apply what it has staged',
      commits: 'staged',
      start: writing(() => ({ acknowledge: async () => {} })),
      by: 'transactions, of which some are empty, leave every document once, and deleted rows go',
      says: 'the accounts',
    },
    {
      defect: 'keeps in its state what it has applied',
      commits: 'staged',
      start: saying((response) => [
        response.is === 'acknowledged' ? { is: 'acknowledged' } : response,
      ]),
      by: 'a commit is staged in the state, and its acknowledgement clears it',
      says: 'what the runtime is told',
    },
    {
      defect: 'replaces the state of all shards',
      commits: 'staged',
      start: saying((response) => {
        if (response.is !== 'startedCommit' || response.state === undefined) return [response];
        return [{ ...response, state: { ...response.state, mergePatch: false } }];
      }),
      by: 'a commit is staged in the state, and its acknowledgement clears it',
      says: 'replaced rather than patched',
    },
    {
      defect: 'takes the state of another connector',
      commits: 'staged',
      start: asking((request) => {
        return [request.is === 'open' ? { ...request, state: jsonText({}) } : request];
      }),
      by: 'the state of another connector is a failure',
      says: 'it was accepted',
    },
    {
      defect: 'has a state though nothing needs one',
      commits: 'at-least-once',
      start: saying((response) => {
        if (response.is !== 'startedCommit') return [response];
        return [{ ...response, state: { updated: jsonText({ n: 1 }), mergePatch: true } }];
      }),
      by: 'a commit says nothing, neither a state nor where it was',
      says: 'what the runtime is told',
    },
    {
      defect: 'writes nothing',
      commits: 'at-least-once',
      start: writing(() => ({ store: async () => {} })),
      by: 'transactions, of which some are empty, leave every document once, and deleted rows go',
      says: 'the accounts',
    },
  ];
}

const cutOff = 'cut off at any step and told the same again, it leaves every document once';

/** Commits after every batch of stores, as if it were a transaction of its own. */
function committing(): MaterializationDefect['start'] {
  return (good) => {
    let extra = 0;
    return starting(good, {
      // Nobody reads its answers while it commits.
      running: (running) => ({
        ...running,
        output: Readable.from(running.output).pipe(new PassThrough({ highWaterMark: 2 ** 20 })),
        [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
      }),
      requests: () => {
        extra = 0;
        let runtimeCheckpoint = checkpointAfter(0);
        return (request) => {
          if (request.is === 'startCommit')
            runtimeCheckpoint = request.runtimeCheckpoint ?? runtimeCheckpoint;
          if (request.is !== 'store') return [request];
          extra += 3;
          const commit = { is: 'startCommit', runtimeCheckpoint } as const;
          return [request, commit, { is: 'acknowledge' }, { is: 'flush' }];
        };
      },
      responses: () => (response) => {
        const isExtra = extra > 0 && response.is !== 'opened';
        if (isExtra) extra--;
        return isExtra ? [] : [response];
      },
    });
  };
}

/** Writes again what a fence has kept it from. */
function unfenced(): MaterializationDefect['start'] {
  return connecting((good, connect) => ({
    async open(request) {
      const writer = await good.open(request);
      const stored: { readonly table: number; readonly documents: Documents }[] = [];
      const again = async (checkpoint: string) => {
        await using other = await connect();
        await using younger: Writer<{ readonly table: string }> = await other.open(request);
        await younger.alter(request.tables);
        for (const { table, documents } of stored) await younger.store(table, documents);
        return await younger.commit(checkpoint);
      };
      return {
        ...bound(writer),
        async store(table, documents) {
          stored.push({ table, documents });
          await writer.store(table, documents);
        },
        commit: (checkpoint) => writer.commit(checkpoint).catch(() => again(checkpoint)),
      };
    },
  }));
}
