import { expect, test } from 'vitest';
import { soak } from './soak/soak.ts';

const documents = 1_000_000;
const documentsPerSecond = 12_000;

/** On a machine with much else to do, and with a kill every few seconds. `npm run soak` is stricter. */
const mostReads = 1.25 * documents;
const mostMiB = 256;

test('a million documents of Firestore arrive once each, though the command is killed every 12 seconds', async () => {
  const report = await soak({
    documents,
    documentBytes: 300,
    documentsPerSecond,
    killEveryMs: 12_000,
    commitEveryMs: 100,
  });
  expect(report.problems).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(5);
  expect(report.peakMiB).toBeGreaterThan(30);
  expect(report.peakMiB).toBeLessThanOrEqual(mostMiB);
  expect(report.reads).toBeGreaterThanOrEqual(documents);
  expect(report.reads).toBeLessThanOrEqual(mostReads);
}, 900_000);
