import { type MaterializeResponse, StoreFlag } from '@fairlead/host-flow';
import { asking, saying, starting } from './changed-materialization.ts';
import type { MaterializationDefect } from './materialization-defects.ts';

/** Materializations that take requests in any order, answer them wrongly, or change what they hold. */
export function orderDefects(): MaterializationDefect[] {
  return [
    {
      defect: 'takes two acknowledgements for one',
      start: (good) =>
        starting(good, {
          requests: () => {
            let before = '';
            return (request) => {
              const isAgain = request.is === 'acknowledge' && before === 'acknowledge';
              before = request.is;
              return isAgain ? [] : [request];
            };
          },
        }),
      by: 'requests out of order, and bindings that there are not, are failures',
      says: 'two acknowledgements: it ended with code 0',
    },
    {
      defect: 'ignores bindings that there are not',
      start: asking((request) => (request.is === 'store' && request.binding > 0 ? [] : [request])),
      by: 'requests out of order, and bindings that there are not, are failures',
      says: 'a binding that there is not: it ended',
    },
    {
      defect: 'ends well within a transaction',
      start: exiting(0, (code) => code === 5),
      by: 'an end within a transaction is a failure, and commits nothing',
      says: 'it ended with code 0',
    },
    {
      defect: 'commits what it has when its input ends',
      start: hasty(),
      by: 'an end within a transaction is a failure, and commits nothing',
      says: 'what is there',
    },
    {
      defect: 'fails when a session ends',
      start: exiting(1, (code) => code === 0, '"open"'),
      by: 'a session ends well between transactions, when its input does or it is asked to stop',
      says: 'the exit code',
    },
    {
      defect: 'answers a flush twice',
      start: saying((response) => (response.is === 'flushed' ? [response, response] : [response])),
      by: 'each request is answered once, in its order',
      says: 'the answers',
    },
    {
      defect: 'does not answer a commit',
      start: saying((response) => (response.is === 'startedCommit' ? [] : [response])),
      by: 'each request is answered once, in its order',
      says: 'the answers',
    },
    {
      defect: 'loads before the last transaction is acknowledged',
      start: saying((response) => {
        const documents = { bytes: Buffer.from('{"id":"a"}\n'), ends: Uint32Array.of(11) };
        const early: MaterializeResponse = { is: 'loaded', binding: 0, documents };
        return response.is === 'acknowledged' ? [early, response] : [response];
      }),
      by: 'keys that come before the last acknowledgement are answered after it',
      says: /acknowledged/,
    },
    {
      defect: 'loads nothing',
      start: saying((response) => (response.is === 'loaded' ? [] : [response])),
      by: hard,
      says: 'what is loaded',
    },
    {
      defect: 'loads numbers with fewer digits',
      start: saying((response) => {
        if (response.is !== 'loaded') return [response];
        const lines = Buffer.from(response.documents.bytes).toString().trimEnd().split('\n');
        const bytes = Buffer.from(
          lines.map((line) => `${JSON.stringify(JSON.parse(line))}\n`).join(''),
        );
        const ends: number[] = [];
        for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) ends.push(at + 1);
        return [{ ...response, documents: { bytes, ends: Uint32Array.from(ends) } }];
      }),
      by: hard,
      says: 'what is loaded',
    },
    {
      defect: 'cannot read packed keys',
      start: asking((request) => (request.is === 'load' && request.packed ? [] : [request])),
      by: hard,
      says: 'what is loaded',
    },
    {
      defect: 'does not delete',
      start: storing((flag) => flag & ~StoreFlag.delete),
      by: deletes,
      says: 'what is there',
    },
    {
      defect: 'keeps what came and went at once',
      start: storing((flag) => (flag === StoreFlag.delete ? 0 : flag)),
      by: deletes,
      says: 'what is there',
    },
    {
      defect: 'deletes though deletes are soft',
      start: (good) => {
        return starting(good, {
          input: (bytes) =>
            Buffer.from(
              Buffer.from(bytes).toString().replace('"hardDelete":false', '"hardDelete":true'),
            ),
        });
      },
      by: 'transactions, of which some are empty, leave every document once, and deleted rows stay where deletes are soft',
      says: 'the accounts',
    },
    {
      defect: 'cannot find collections that are in a list',
      start: asking((request) => {
        if (request.is !== 'open' || request.materialization === undefined) return [request];
        return [
          { ...request, materialization: { ...request.materialization, linkedCollections: [] } },
        ];
      }),
      by: 'what lies between the states of the runtime is taken: patches, white space, linked collections',
      says: 'there is no field',
    },
    {
      defect: 'tells where it was from any shard',
      start: asking((request) => {
        if (request.is !== 'open' || request.materialization === undefined) return [request];
        const { shardTemplate: _left, ...materialization } = request.materialization;
        return [{ ...request, materialization }];
      }),
      by: 'only the shard where the keys begin says where it was, in the newer runtime',
      says: 'the checkpoint of another shard',
    },
  ];
}

const hard = 'documents are loaded as they were stored, with every digit, for keys of any type';
const deletes =
  'a store that exists replaces, one that is deleted goes, one that was never there stays away';

function storing(change: (flag: number) => number): MaterializationDefect['start'] {
  return asking((request) => {
    if (request.is !== 'store') return [request];
    return [{ ...request, flags: request.flags.map(change) }];
  });
}

/** Changes exit codes; of processes that were sent some text, when it is given. */
function exiting(
  code: number,
  when: (code: number | null) => boolean,
  text = '',
): MaterializationDefect['start'] {
  return (good) =>
    starting(good, {
      running: (running) => {
        let isMeant = text === '';
        return {
          ...running,
          send(bytes) {
            isMeant ||= Buffer.from(bytes).includes(text);
            return running.send(bytes);
          },
          exited: running.exited.then((exit) => {
            return isMeant && when(exit.code) ? { ...exit, code } : exit;
          }),
          [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
        };
      },
    });
}

/** Commits what it has when its input ends, and then fails as it should. */
function hasty(): MaterializationDefect['start'] {
  return (good) =>
    starting(good, {
      running: (running) => {
        let hasStores = false;
        return {
          ...running,
          send(bytes) {
            const text = Buffer.from(bytes).toString();
            hasStores = text.includes('"store"') || (hasStores && !text.includes('"startCommit"'));
            return running.send(bytes);
          },
          end() {
            const rest = hasStores ? '{"startCommit":{}}\n{"acknowledge":{}}\n{"flush":{}}\n' : '';
            void running.send(Buffer.from(rest)).then(() => running.end());
          },
          [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
        };
      },
    });
}
