import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('what is made of the definitions is up to date', async () => {
  const script = fileURLToPath(new URL('../../scripts/build-protos.mjs', import.meta.url));
  const { stderr } = await promisify(execFile)(process.execPath, [script, '--check']);
  expect(stderr).not.toMatch(/out of date/);
});
