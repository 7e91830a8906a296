import type { CodecName, FlowIo } from '@fairlead/host-flow';
import type { FlowStart } from '../flow-start.ts';
import { changedStart, type Changes, type Sets } from './changed-start.ts';

interface AnyMessage {
  readonly is: string;
}

/** A connector that reads, answers, logs or ends in a wrong way, and the check that has to find it. */
export interface TransportDefect {
  readonly defect: string;
  readonly codec: CodecName;
  readonly start: FlowStart;
  readonly by: string;
  readonly says: string | RegExp;
}

/** What may be wrong with how a connector of either protocol speaks. */
export function transportDefects(
  serve: (io: FlowIo) => Promise<number>,
  sets: Sets,
): TransportDefect[] {
  const starting = (changes: Changes<AnyMessage, AnyMessage>) => changedStart(serve, sets, changes);
  const exiting = (code: number, when: (code: number | null) => boolean) =>
    starting({
      running: (running) => ({
        ...running,
        exited: running.exited.then((exit) => (when(exit.code) ? { ...exit, code } : exit)),
        [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
      }),
    });
  return [
    {
      defect: 'speaks an older protocol',
      start: starting({
        responses: () => (response) => [
          response.is === 'spec' ? { ...response, protocol: 1 } : response,
        ],
      }),
      by: 'a spec needs no settings, and the end of the input after it ends the connector well',
      says: 'another protocol',
    },
    {
      defect: 'fails when its input ends',
      start: exiting(3, (code) => code === 0),
      by: 'an input without requests is no failure',
      says: 'the exit code',
    },
    {
      defect: 'answers one request only',
      start: starting({ responses: () => once() }),
      by: 'one process answers one request after the other, and says nothing else',
      says: 'how many answers',
    },
    {
      defect: 'prints something else on its standard output',
      start: starting({
        output: (bytes) => Buffer.concat([Buffer.from('ready\n'), bytes]),
      }),
      by: 'one process answers one request after the other, and says nothing else',
      says: /malformed/,
    },
    {
      defect: 'answers with a member that nobody knows',
      start: starting({
        output: (bytes) => Buffer.from(Buffer.from(bytes).toString().replace('{', '{"note":{},')),
      }),
      by: 'one process answers one request after the other, and says nothing else',
      says: /note/,
    },
    {
      defect: 'takes each piece of its input for a request',
      start: starting({
        input: (bytes) => (bytes.length === 1 ? Buffer.of(0x0a) : bytes),
      }),
      by: 'requests come in any pieces',
      says: /the exit code|the answers/,
    },
    {
      defect: 'refuses members that it does not know',
      start: starting({
        input: (bytes) =>
          Buffer.from(bytes).includes('later') ? Buffer.from('{"later":1}\n') : bytes,
      }),
      by: 'members that nobody knows are ignored in requests',
      says: 'the exit code',
    },
    {
      defect: 'refuses fields that it does not know',
      codec: 'proto' as const,
      start: starting({
        input: (bytes) =>
          Buffer.from(bytes).includes('d20502', 0, 'hex')
            ? Buffer.from('010000000a', 'hex')
            : bytes,
      }),
      by: 'members that nobody knows are ignored in requests',
      says: 'the exit code',
    },
    {
      defect: 'ends well after a malformed line',
      start: exiting(0, () => true),
      by: 'bad input is a failure, told by the last record of the log and the exit code',
      says: 'it ended with exit code 0',
    },
    {
      defect: 'fails without a word',
      start: starting({ log: () => undefined }),
      by: 'bad input is a failure, told by the last record of the log and the exit code',
      says: 'is no record',
    },
    {
      defect: 'takes any settings',
      start: exiting(0, (code) => code === 2),
      by: 'settings that do not fit are a failure that names the place',
      says: 'it ended with exit code 0',
    },
    {
      defect: 'does not say which setting is wrong',
      start: starting({
        log: (line) => line.replace(/settings of [^"]*/, 'something is wrong'),
        running: (running) => ({
          ...running,
          exited: running.exited.then((exit) => ({ ...exit, lastMessage: 'something is wrong' })),
          [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
        }),
      }),
      by: 'settings that do not fit are a failure that names the place',
      says: 'does not mention',
    },
    {
      defect: 'logs plain lines',
      start: starting({ log: () => 'something happened' }),
      by: 'the log is records on the standard error, of the level that is asked for',
      says: 'is no record',
    },
    {
      defect: 'logs more than it was asked for',
      start: starting({ greeting: '{"level":"info","message":"hello"}' }),
      by: 'the log is records on the standard error, of the level that is asked for',
      says: 'when only errors are asked for',
    },
    {
      defect: 'fails when it is asked to stop',
      start: exiting(143, (code) => code === 0),
      by: 'a connector that is asked to stop ends well',
      says: 'the exit code',
    },
  ].map((one) => ({ codec: 'json' as const, ...one }));
}

function once(): (response: AnyMessage) => AnyMessage[] {
  let isDone = false;
  return (response) => {
    if (isDone) return [];
    isDone = true;
    return [response];
  };
}
