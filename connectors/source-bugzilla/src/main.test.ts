import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { aboutConnector, exportAirbyte, exportFlow } from '@fairlead/executable';
import { expectGolden } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { bugzilla } from './source.ts';

const folder = new URL('..', import.meta.url);

test.each([
  ['flow', exportFlow],
  ['airbyte', exportAirbyte],
])('what is exported for %s is what the package holds', async (_platform, exportFiles) => {
  const files = await exportFiles(bugzilla, await aboutConnector(folder));
  expect(files.map(({ path }) => path)).toContain('Dockerfile');
  for (const { path, text } of files) expectGolden(new URL(path, folder), text);
});

test('the program is called by its name', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const words = ['--import', 'tsx', '--conditions=source', main, '--version'];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  const { name, version } = await aboutConnector(folder);
  expect(stdout).toBe(`${name} ${version}\n`);
});
