import { expect, test } from 'vitest';
import { soakChecks } from './soak/checks.ts';
import { soak } from './soak/soak.ts';

test('a million documents of Firestore arrive once each, though the command is killed every 30 seconds', async () => {
  const report = await soak({
    documents: 1_000_000,
    documentBytes: 300,
    documentsPerSecond: 10_000,
    killEveryMs: 30_000,
    commitEveryMs: 100,
  });
  // The first and the last tenth are a process each, of which chance is the larger part.
  expect(soakChecks(report, 1.25).filter(({ holds }) => !holds)).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(3);
}, 900_000);
