import { describe, expect, test } from 'vitest';
import { failuresOf } from '../check.ts';
import { testFlowCapture } from '../suites.ts';
import { flowCaptureChecks } from './capture-checks.ts';
import { captureDefects } from './testing/capture-defects.ts';
import { referenceDocuments, referenceSource, referenceTexts } from './testing/reference-source.ts';

const prepare = async () => ({
  settings: { account: 'a' },
  documents: referenceDocuments,
  contains: referenceTexts,
});

testFlowCapture({ source: referenceSource(), prepare });

describe('a capture with a defect is found out, when it', () => {
  test.each(captureDefects())('$defect', async ({ defect, codec = 'json', start, by, says }) => {
    // Nobody waits long for what is expected not to come.
    const patienceMs = String(says).includes('did not end') ? 600 : 10_000;
    const suite = { name: defect, start, prepare, codecs: [codec], patienceMs };
    const chosen = flowCaptureChecks(suite).filter(({ name }) => name === `${codec}: ${by}`);
    expect(chosen).toHaveLength(1);
    const failures = await failuresOf(chosen);
    expect([...failures.values()][0] ?? 'nothing was found').toMatch(says);
  });
});
