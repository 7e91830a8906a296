import { Op } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { generateDocuments, generatedSchema, generatedStream } from './generated-stream.ts';
import { memorySource } from './memory-source.ts';
import { documentLines, linesOf, pullAll, stateAfter, tellEvents } from './pull.ts';

test('documents are JSON objects that their schema names the members of', () => {
  documentLines(generateDocuments(0, 3_000)).forEach((line, id) => {
    const document = JSON.parse(line);
    expect(document.id).toBe(id);
    expect(Object.keys(document)).toEqual(Object.keys(generatedSchema.properties));
    expect(new Date(document.at).toJSON()).toBe(document.at.replace('Z', '.000Z'));
  });
});

test('there are integers that a double cannot hold', () => {
  const [line = ''] = documentLines(generateDocuments(7, 1));
  const big = /"big":(\d+)/.exec(line)?.[1] ?? '0';
  expect(BigInt(big)).toBeGreaterThan(2n ** 53n);
  expect(BigInt(big)).toBeLessThan(2n ** 63n);
});

test('a document depends on its number and the seed only', () => {
  const all = documentLines(generateDocuments(0, 100));
  expect(documentLines(generateDocuments(40, 10))).toEqual(all.slice(40, 50));
  expect(documentLines(generateDocuments(0, 100, { seed: 2 }))).not.toEqual(all);
});

test('each document may have an operation', () => {
  expect(generateDocuments(0, 3, { op: Op.insert }).ops).toEqual(Uint8Array.of(1, 1, 1));
  expect(generateDocuments(0, 3).ops).toBeUndefined();
});

test.each([
  { count: 10, batch: 3, batches: 1, checkpoints: 4 },
  { count: 10, batch: 3, batches: 2, checkpoints: 2 },
  { count: 10, batch: 3, batches: 3, checkpoints: 2 },
  { count: 9, batch: 3, batches: 3, checkpoints: 1 },
  { count: 1, batch: 3, batches: 5, checkpoints: 1 },
  { count: 0, batch: 3, batches: 2, checkpoints: 0 },
])('$count documents by $batch in groups of $batches', async ({ checkpoints, ...options }) => {
  const source = memorySource({ streams: [generatedStream('s', options)] });
  const events = await pullAll(source, {});
  expect(linesOf(events)).toEqual(documentLines(generateDocuments(0, options.count)));
  expect(events.filter(({ is }) => is === 'checkpoint')).toHaveLength(checkpoints);
  expect(tellEvents(events).filter((line) => !line.includes('{'))).toEqual([
    '0: backfill-begins',
    '0: backfill-ends',
    '0: caught-up',
  ]);
  const cut = events.findIndex(({ is }) => is === 'checkpoint') + 1;
  const state = stateAfter(events.slice(0, cut));
  const rest = await pullAll(source, {}, { state });
  expect([...linesOf(events.slice(0, cut)), ...linesOf(rest)]).toEqual(linesOf(events));
});
