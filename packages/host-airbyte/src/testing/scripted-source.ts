import type { Source } from '@fairlead/sdk';
import { checkpoint, documents, generatedStream, memorySource, waits } from '@fairlead/testkit';
import { airbyteCommand } from '../airbyte-command.ts';

// What the source does beside its streams, by the variable BEHAVE.
const behaviours: Readonly<Record<string, () => Source>> = {
  plain: () => memorySource({ streams: [generatedStream('many', { count: 200_000 })] }),
  waits: () =>
    memorySource({
      streams: [
        {
          name: 'waits',
          // The timer keeps the process alive, as a connection would.
          script: [
            documents([{ id: 1 }]),
            checkpoint,
            waits(() => new Promise((done) => setTimeout(done, 60_000))),
          ],
        },
      ],
    }),
  deaf: () => ({
    ...memorySource({ streams: [{ name: 'deaf' }] }),
    async *pull() {
      yield { is: 'checkpoint', patch: {} };
      yield { is: 'progress', binding: 0, unit: 'bytes', done: 0, total: 1 };
      await new Promise((done) => setTimeout(done, 60_000));
    },
  }),
  noisy: () => ({
    ...memorySource({ streams: [{ name: 'noisy' }] }),
    async check() {
      // What libraries do.
      // oxlint-disable-next-line no-console
      console.log('a library says\nhello');
      process.stdout.write('and more\n');
      await Promise.resolve();
    },
  }),
  crashes: () => ({
    ...memorySource({ streams: [{ name: 'crashes' }] }),
    async check() {
      setImmediate(() => {
        throw new TypeError('nobody catches this');
      });
      await new Promise((done) => setTimeout(done, 60_000));
    },
  }),
};

const behave = behaviours[process.env['BEHAVE'] ?? 'plain'];
if (behave === undefined) throw new Error('there is no such behaviour');
await airbyteCommand(behave(), process.argv.slice(2));
