// What a deployment of Google's has as its program: functions under the names by which they are started.
import { checkpoint, documents, generatedStream, memorySource, waits } from '@fairlead/testkit';
import type { FunctionOptions } from '../handle-function-call.ts';
import { httpFunction } from '../http-function.ts';

const options: FunctionOptions = { platform: 'gcf', environment: process.env };

/** Answers what is asked, in several calls. */
export const main = httpFunction(
  memorySource({ streams: [generatedStream('a', { count: 5_000, batch: 100 })] }),
  { ...options, budget: { stopBytes: 300_000 } },
);

/** Has some twenty megabytes to say. */
export const large = httpFunction(
  memorySource({ streams: [generatedStream('a', { count: 80_000 })] }),
  { ...options, budget: { stopBytes: 30_000_000 } },
);

/** Reads one row, and then stands still for ever. */
export const slow = httpFunction(
  memorySource({
    streams: [
      {
        name: 'a',
        script: [documents([{ id: 1 }]), checkpoint, waits(() => new Promise(() => {}))],
      },
    ],
  }),
  options,
);
