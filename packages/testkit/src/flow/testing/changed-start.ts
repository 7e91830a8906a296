import {
  type CodecName,
  type FlowIo,
  launchInProcess,
  type MessageSet,
  messageReader,
  messageWriter,
  type RunningConnector,
} from '@fairlead/host-flow';
import type { FlowStart } from '../flow-start.ts';

/** What comes between a connector and the runtime, to make another connector of it. */
export interface Changes<Request, Response> {
  /** Takes each response, and says what is sent instead. Made anew for every process. */
  readonly responses?: () => (response: Response) => Iterable<Response> | AsyncIterable<Response>;
  /** Takes each request, and says what the connector gets instead. */
  readonly requests?: () => (request: Request) => Iterable<Request>;
  /** Changes the bytes of the output. */
  readonly output?: (bytes: Uint8Array) => Uint8Array;
  /** Changes the bytes of the input. */
  readonly input?: (bytes: Uint8Array) => Uint8Array;
  /** Changes what runs. */
  readonly running?: (running: RunningConnector) => RunningConnector;
  /** Changes the log. */
  readonly log?: (line: string) => string | undefined;
  /** What is logged at the start, whatever level is asked for. */
  readonly greeting?: string;
}

export interface Sets {
  readonly requests: MessageSet;
  readonly responses: MessageSet;
}

/** Starts a connector within this process with something between it and the runtime. */
export function changedStart<
  Request extends { readonly is: string },
  Response extends { readonly is: string },
>(
  serve: (io: FlowIo) => Promise<number>,
  sets: Sets,
  changes: Changes<Request, Response>,
): FlowStart {
  return ({ onLog, logLevel }) =>
    (codec) => {
      const launch = launchInProcess(serve, {
        ...(logLevel === undefined ? {} : { logLevel }),
        onLog(line) {
          const changed = changes.log === undefined ? line : changes.log(line);
          if (changed !== undefined) onLog?.(changed);
        },
      });
      if (changes.greeting !== undefined) onLog?.(changes.greeting);
      const started = launch(codec);
      const running = changes.running?.(started) ?? started;
      return {
        send: requestChanger(running, sets.requests, codec, changes),
        end: () => running.end(),
        stop: () => running.stop(),
        exited: running.exited,
        output: changedOutput(running, sets.responses, codec, changes),
        [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
      };
    };
}

function requestChanger<Request extends { readonly is: string }>(
  running: RunningConnector,
  set: MessageSet,
  codec: CodecName,
  { requests, input = (bytes) => bytes }: Pick<Changes<Request, never>, 'requests' | 'input'>,
): (bytes: Uint8Array) => Promise<void> {
  if (requests === undefined) return (bytes) => running.send(input(bytes));
  const reader = messageReader<Request>(set, { codec });
  const writer = messageWriter<Request>(set, codec);
  const change = requests();
  return async (bytes) => {
    for (const request of reader.read(Uint8Array.from(bytes))) {
      for (const changed of change(request)) await running.send(writer.encode(changed));
    }
  };
}

async function* changedOutput<Response extends { readonly is: string }>(
  running: RunningConnector,
  set: MessageSet,
  codec: CodecName,
  { responses, output = (bytes) => bytes }: Pick<Changes<never, Response>, 'responses' | 'output'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const change = responses?.();
  const reader = messageReader<Response>(set, { codec, strict: true });
  const writer = messageWriter<Response>(set, codec);
  for await (const chunk of running.output) {
    if (change === undefined) {
      yield output(chunk);
      continue;
    }
    for (const response of reader.read(Uint8Array.from(chunk))) {
      for await (const changed of change(response)) {
        yield output(Uint8Array.from(writer.encode(changed)));
      }
    }
  }
}
