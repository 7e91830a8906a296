import { silentLog, wholeRange } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { captureFiles } from './capture.ts';
import type { FileInfo, FileStore } from './store.ts';
import { settings } from './test-support.ts';

const mebibyte = 1024 * 1024;
const line = `{"id":1234567,"text":"${'some text '.repeat(30)}"}\n`;
const piece = Buffer.from(line.repeat(Math.floor(mebibyte / line.length)));

/** A store with one file of so many pieces, which exists only while it is read. */
function endlessStore(pieceCount: number): FileStore {
  const file: FileInfo = { path: 'big.jsonl', sizeBytes: pieceCount * piece.length, version: '1' };
  async function* pieces() {
    for (let n = 0; n < pieceCount; n++) yield piece;
  }
  return {
    async *list() {
      yield file;
    },
    open: async () => ({ file, offset: 0, chunks: pieces(), async [Symbol.asyncDispose]() {} }),
    unchanged: async () => true,
  };
}

/** By how many MiB the process is larger at its largest while so much is read. */
async function growthOf(pieceCount: number): Promise<number> {
  const store = endlessStore(pieceCount);
  const before = process.memoryUsage.rss();
  let peak = before;
  let bytes = 0;
  const events = captureFiles({
    bindings: [{ stream: 's', stateKey: 's', store, settings: settings({ metadata: false }) }],
    state: { bindings: {} },
    until: 'caught-up',
    range: wholeRange,
    signal: new AbortController().signal,
    log: silentLog,
    intervalMs: 0,
  });
  for await (const event of events) {
    if (event.is === 'documents') bytes += event.documents.bytes.length;
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  expect(bytes).toBe(pieceCount * piece.length);
  return (peak - before) / mebibyte;
}

test('the memory to read a file does not grow with its size', async () => {
  await growthOf(20);
  expect(await growthOf(200)).toBeLessThan(100);
});
