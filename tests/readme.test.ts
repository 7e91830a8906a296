import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
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

const readme = readFileSync(join(root, 'README.md'), 'utf8');
/** The part about Firestore goes on in several terminals, and is a test of its own. */
const [, firestorePart = ''] = /^(### Firestore[^]*?)^###? /m.exec(readme) ?? [];

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
  const examples = examplesOf(readme.replace(firestorePart, ''));
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

test('every command about Firestore prints what the README says, in order', async () => {
  await using folder = await tempFolder();
  // It looks like the clone, and takes the database that is made.
  for (const name of ['examples', 'node_modules']) {
    symlinkSync(join(root, name), join(folder.path, name));
  }
  const env: NodeJS.ProcessEnv = { ...process.env, FAIRLEAD_STATE: join(folder.path, 'state') };
  const at = { cwd: folder.path, env };
  await using fake = startInBackground(at);
  await using watch = startInBackground(at);
  let said = 0;
  for (const { command, prints } of examplesOf(firestorePart)) {
    const [, variable] = /^export (\w+)=127\.0\.0\.1:8080$/.exec(command) ?? [];
    if (command.startsWith('npx fairlead-fake-firestore ')) {
      // The usual port may be taken.
      fake.start(`${command} --port 0`);
      await fake.prints(/listens on 127/);
    } else if (variable !== undefined) {
      env[variable] = await fake.prints(/127\.0\.0\.1:\d+/);
      expect(fake.printed, variable).toContain(`export ${variable}=${env[variable]}`);
    } else if (command.includes(' --watch ')) {
      watch.start(`${command} --verbose`);
      await watch.prints(/committed /);
      await execute('bash', ['-c', 'node examples/firestore/change.mjs'], at);
      await watch.prints(/reading stream=users_orders[^]*committed /);
      await watch.interrupt();
      expect(watch.printed).toMatch(/users_orders +users_orders +1 /);
    } else {
      const { stdout } = await execute('bash', ['-c', command], at);
      expect(stdout.length, command).toBeGreaterThan(0);
      if (prints === undefined) continue;
      said++;
      expect(lasting(stdout), command).toContain(lasting(prints));
    }
  }
  expect(said).toBe(4);
}, 300_000);

test('every command about Fauna prints what its README says, in order', async () => {
  const text = readFileSync(join(root, 'connectors/source-fauna/README.md'), 'utf8');
  const [, part = ''] = /^## In five minutes\n([^]*?)^## /m.exec(text) ?? [];
  await using folder = await tempFolder();
  symlinkSync(join(root, 'node_modules'), join(folder.path, 'node_modules'));
  const env: NodeJS.ProcessEnv = { ...process.env, FAIRLEAD_STATE: join(folder.path, 'state') };
  const at = { cwd: folder.path, env };
  await using fake = startInBackground(at);
  let place = '';
  let said = 0;
  for (const { command, prints } of examplesOf(part)) {
    const [, name, value] = /^export (\w+)=(\w+)$/.exec(command) ?? [];
    if (command.startsWith('npx fairlead-fake-fauna ')) {
      // The usual port may be taken.
      fake.start(`${command} --port 0`);
      place = await fake.prints(/127\.0\.0\.1:\d+/);
    } else if (name !== undefined) {
      env[name] = value;
    } else {
      const placed = command.replace('127.0.0.1:8443', place);
      const { stdout } = await execute('bash', ['-c', placed], at);
      if (prints === undefined) continue;
      said++;
      expect(lasting(stdout), command).toContain(lasting(prints));
    }
  }
  expect(said).toBe(3);
}, 120_000);

/** Without sizes, which depend on the digits of times. */
function lasting(text: string): string {
  return text.replaceAll(/ +\d+ B\b/g, '').trim();
}

/** A command that goes on; disposing ends it. */
function startInBackground(at: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }) {
  let child: ReturnType<typeof spawn> | undefined;
  let printed = '';
  let ended: Promise<unknown> = Promise.resolve();
  const interrupt = async () => {
    // With all that npx has started.
    if (child?.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    child = undefined;
    await ended;
  };
  return {
    get printed() {
      return printed;
    },
    start(command: string) {
      child = spawn('bash', ['-c', command], { ...at, detached: true });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => (printed += text));
      }
      ended = once(child, 'close');
    },
    /** What it has printed that looks so, as soon as there is something. */
    async prints(what: RegExp): Promise<string> {
      await expect.poll(() => printed, { timeout: 60_000 }).toMatch(what);
      return what.exec(printed)?.[0] ?? '';
    },
    interrupt,
    [Symbol.asyncDispose]: interrupt,
  };
}

/** The stream and table of each row of a report; how much is new depends on what was loaded before. */
function rowsOf(report: string): string[] {
  return report.split('\n').map((line) => line.trim().split(/ {2,}/).slice(0, 2).join(' '));
}
