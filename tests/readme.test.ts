import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const execute = promisify(execFile);

/** A command of the README, and what the README says that it prints, if anything. */
interface Example {
  readonly command: string;
  readonly prints: string | undefined;
}

/** The lines of `sh` blocks; a `text` block belongs to the last line before it. */
function examplesOf(markdown: string): Example[] {
  const examples: Example[] = [];
  for (const [, kind = '', body = ''] of markdown.matchAll(/^```(\w+)\n([^]*?)^```$/gm)) {
    if (kind === 'sh') {
      for (const command of body.trim().split('\n')) examples.push({ command, prints: undefined });
    } else if (kind === 'text') {
      const last = examples.pop();
      if (last !== undefined) examples.push({ ...last, prints: body.trim() });
    }
  }
  return examples;
}

test('every command of the README does what it says, in order', async () => {
  await using folder = await tempFolder();
  const here = join(folder.path, 'here');
  mkdirSync(here);
  mkdirSync(join(folder.path, 'prefix/lib'), { recursive: true });
  for (const name of ['stocks.csv', 'movies.json']) {
    copyFileSync(join(root, 'node_modules/vega-datasets/data', name), join(here, name));
  }
  const env = {
    ...process.env,
    FAIRLEAD_STATE: join(folder.path, 'state'),
    // A global folder of the test's own.
    npm_config_prefix: join(folder.path, 'prefix'),
    npm_config_update_notifier: 'false',
  };
  const examples = examplesOf(readFileSync(join(root, 'README.md'), 'utf8'));
  expect(examples.length).toBeGreaterThan(12);
  let said = 0;
  for (const { command, prints } of examples) {
    // What is done to the clone is done there; the rest where somebody's files are.
    const cwd = command.startsWith('npm ') ? root : here;
    const { stdout } = await execute('bash', ['-c', command], { cwd, env });
    expect(stdout.length, command).toBeGreaterThan(0);
    if (prints === undefined) continue;
    said++;
    const printed = rowsOf(stdout);
    for (const row of rowsOf(prints)) expect(printed, command).toContain(row);
  }
  expect(said).toBe(2);
}, 300_000);

/** The stream and table of each row of a report; how much is new depends on what was loaded before. */
function rowsOf(report: string): string[] {
  return report.split('\n').map((line) => line.trim().split(/ {2,}/).slice(0, 2).join(' '));
}
