import { expect, test } from 'vitest';
import { soakChecks } from './soak/checks.ts';
import { soak } from './soak/soak.ts';

test('300,000 documents of Fauna arrive once each, though the command is killed every 12 seconds', async () => {
  const report = await soak({
    source: 'fauna',
    documents: 300_000,
    documentBytes: 300,
    documentsPerSecond: 8_000,
    killEveryMs: 12_000,
    commitEveryMs: 100,
  });
  // The first and the last tenth are a process each, of which chance is the larger part.
  expect(soakChecks(report, 1.25).filter(({ holds }) => !holds)).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(2);
}, 900_000);
