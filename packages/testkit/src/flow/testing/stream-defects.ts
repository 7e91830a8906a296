import type { CaptureResponse } from '@fairlead/host-flow';
import { wholeRange } from '@fairlead/sdk';
import type { FlowStart } from '../flow-start.ts';
import type { CaptureDefect } from './capture-defects.ts';
import { asking, pulling, saying, starting, startOf } from './changed-capture.ts';
import { backwards, early, twice, withoutFirst } from './changed-events.ts';
import { referenceSource } from './reference-source.ts';

/** Captures that say the wrong documents, or in the wrong order. */
export function streamDefects(): CaptureDefect[] {
  return [
    {
      defect: 'loses a document after a restart',
      start: pulling((events, { resumed }) => (resumed ? withoutFirst(events) : events)),
      by: restart,
      says: /did not end|missing/,
    },
    {
      defect: 'gives a document twice after a restart',
      start: pulling((events, { resumed }) => (resumed ? twice(events) : events)),
      by: restart,
      says: 'too often',
    },
    {
      defect: 'gives documents in another order after a restart',
      start: pulling((events, { resumed }) => (resumed ? backwards(events) : events)),
      by: restart,
      says: 'order is another one',
    },
    {
      defect: 'says the state before its documents',
      start: pulling(early),
      by: restart,
      says: /missing|did not end/,
    },
    {
      defect: 'makes a checkpoint within a transaction, with the state of its end',
      start: saying(() => {
        let open: CaptureResponse[] = [];
        return (response) => {
          if (response.is !== 'captured' && response.is !== 'checkpoint') return [response];
          open.push(response);
          if (response.is !== 'checkpoint') return [];
          const whole = open;
          open = [];
          const [first, ...rest] = whole;
          if (first?.is !== 'captured' || rest.length < 2) return whole;
          return [first, response, ...rest.slice(0, -1), { is: 'checkpoint' }];
        };
      }),
      by: restart,
      says: /missing|did not end/,
    },
    {
      defect: 'captures before it has opened',
      start: saying(() => {
        let opened: CaptureResponse | undefined;
        return (response) => {
          if (response.is === 'opened') opened = response;
          if (response.is !== 'captured' || opened === undefined) {
            return response.is === 'opened' ? [] : [response];
          }
          const late = opened;
          opened = undefined;
          return [response, late];
        };
      }),
      by: ordering,
      says: '"opened" is expected',
    },
    {
      defect: 'opens twice',
      start: saying(
        () => (response) => (response.is === 'opened' ? [response, response] : [response]),
      ),
      by: ordering,
      says: '"opened" has no place in a session',
    },
    {
      defect: 'has documents without a checkpoint at its end',
      start: saying(() => {
        let count = 0;
        return (response) => (response.is === 'checkpoint' && ++count > 4 ? [] : [response]);
      }),
      by: ordering,
      says: /middle of a sequence|did not end/,
    },
    {
      defect: 'ends within a sequence when its input does',
      start: cutOff(),
      by: closing,
      says: 'ended in the middle of a sequence',
    },
    {
      defect: 'speaks of a binding that there is not',
      start: saying(() => (response) => [
        response.is === 'captured' ? { ...response, binding: 7 } : response,
      ]),
      by: ordering,
      says: 'speaks of a binding 7',
    },
    {
      defect: 'waits for the acknowledgement of each checkpoint',
      start: starting({
        responses: () => {
          let checkpoints = 0;
          return async function* (response) {
            if (response.is === 'checkpoint' && ++checkpoints > 1) await forever();
            yield response;
          };
        },
      }),
      by: unheard,
      says: 'did not end',
    },
    {
      defect: 'forgets what it has said, though nobody has acknowledged it',
      start: forgetful(),
      by: unheard,
      says: /missing|did not end/,
    },
    {
      defect: 'gives all documents to every shard',
      start: pulling((_, request) => referenceSource().pull({ ...request, range: wholeRange })),
      by: 'shards divide the documents among them, or are refused',
      says: 'too often',
    },
    {
      defect: 'refuses one shard and reads the others',
      start: pulling((events, { range }) => {
        if (range.begin === 0) return events;
        throw new Error('only the first');
      }),
      by: 'shards divide the documents among them, or are refused',
      says: 'some shards are refused',
    },
    {
      defect: 'does not read its input while its output waits',
      start: starting({
        running: (running) => ({
          ...running,
          send: async (bytes) => {
            await running.send(bytes.subarray(0, 100_000));
            if (bytes.length > 100_000) await forever();
          },
          [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
        }),
      }),
      by: 'requests are read while nobody reads the answers',
      says: 'did not end',
    },
    {
      defect: 'takes a second open as another session',
      start: asking(() => {
        let opened = false;
        return (request) => {
          if (opened && request.is !== 'acknowledge') return [];
          opened ||= request.is === 'open';
          return [request];
        };
      }),
      by: 'a second open, or another request within a session, is a failure',
      says: 'ended with code 0',
    },
    {
      defect: 'says something when there are no bindings',
      start: saying(() => (response) => {
        const checkpoint: CaptureResponse = { is: 'checkpoint' };
        return response.is === 'opened' ? [response, checkpoint, checkpoint] : [response];
      }),
      by: 'a session without bindings opens, and ends when its input does',
      says: 'it says something',
    },
  ];
}

const restart =
  'a restart at every checkpoint gives the rest, nothing lost, nothing twice, in the same order';
const ordering =
  'a session has opened before it says anything else, and has all documents in whole sequences';
const closing = 'a stop anywhere by the end of the input is between sequences, and loses nothing';
const unheard = 'without an acknowledgement it gives the same, and forgets nothing';

/** A capture that says nothing more once its input has ended. */
function cutOff(): FlowStart {
  return ({ onLog = () => {} }) => {
    let hasEnded = false;
    const start = starting({
      running: (running) => ({
        ...running,
        end() {
          hasEnded = true;
          running.end();
        },
        [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
      }),
      responses: () => {
        hasEnded = false;
        return (response) => (hasEnded ? [] : [response]);
      },
    });
    return start({ onLog });
  };
}

/** A capture whose system forgets what was read, like a queue, before anybody has acknowledged it. */
function forgetful(): FlowStart {
  const source = referenceSource();
  const gone = new Map<string, number>();
  return startOf({
    ...source,
    async *pull(request) {
      const begin = { ...request.state.bindings };
      for (const [key, at] of gone) begin[key] = { at };
      const events = source.pull({ ...request, state: { bindings: begin } });
      for await (const event of events) {
        if (event.is === 'checkpoint') {
          for (const [key, part] of Object.entries(event.patch.bindings ?? {})) {
            gone.set(key, (part as { at: number }).at);
          }
        }
        yield event;
      }
    },
  });
}

async function forever(): Promise<void> {
  await new Promise(() => {});
}
