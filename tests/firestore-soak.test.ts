import { expect, test } from 'vitest';
import { soak } from './soak/soak.ts';

const documents = 1_000_000;
const documentsPerSecond = 8_000;

/** On a machine with much else to do. What one alone has to keep to is what `npm run soak` checks. */
const mostSecondsLost = 2;
const mostMiB = 256;

test('a million documents of Firestore arrive once each, though the command is killed every 20 seconds', async () => {
  const report = await soak({
    documents,
    documentBytes: 300,
    documentsPerSecond,
    killEveryMs: 20_000,
    commitEveryMs: 100,
  });
  expect(report.problems).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(5);
  expect(report.peakMiB).toBeGreaterThan(30);
  expect(report.peakMiB).toBeLessThanOrEqual(mostMiB);
  expect(report.reads).toBeGreaterThanOrEqual(documents);
  const lost = (report.reads - documents) / report.kills;
  expect(lost / documentsPerSecond).toBeLessThanOrEqual(mostSecondsLost);
}, 900_000);
