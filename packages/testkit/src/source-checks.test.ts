import { memorySource } from './memory-source.ts';
import { generatedStream } from './generated-stream.ts';
import { backfill, changes, checkpoint, documents, on } from './script.ts';
import { testSource } from './suites.ts';

testSource({
  source: memorySource({
    sharded: true,
    concurrency: 2,
    streams: [
      generatedStream('generated', { count: 30, batch: 4, batches: 2 }),
      { name: 'changed', script: [...backfill(documents([{ id: 1 }, { id: 2 }])), changes(['patch', { id: 1, a: 3 }], ['delete', { id: 2 }]), checkpoint] },
    ],
  }),
  prepare: async () => ({ settings: { account: 'test' } }),
});
