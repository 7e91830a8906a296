import { expect, test } from 'vitest';
import { soak } from './soak/soak.ts';

const documents = 300_000;

/** On a machine with much else to do, and with a kill every few seconds. `npm run soak -- --source fauna` is stricter. */
const mostReads = 1.25 * documents;
const mostMiB = 256;

test('300,000 documents of Fauna arrive once each, though the command is killed every 8 seconds', async () => {
  const report = await soak({
    source: 'fauna',
    documents,
    documentBytes: 300,
    documentsPerSecond: 8_000,
    killEveryMs: 8_000,
    commitEveryMs: 100,
  });
  expect(report.problems).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(3);
  expect(report.peakMiB).toBeGreaterThan(30);
  expect(report.peakMiB).toBeLessThanOrEqual(mostMiB);
  expect(report.reads).toBeGreaterThanOrEqual(documents);
  expect(report.reads).toBeLessThanOrEqual(mostReads);
}, 900_000);
