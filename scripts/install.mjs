// Installs the locked dependencies when they are missing or older than the lock file. Needs only
// Node and npm.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Says what it does; does nothing when nothing is missing. */
export function install() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Fairlead needs Node 20.19 or later; this is ${process.versions.node}.`);
    process.exit(1);
  }
  const marker = join(root, 'node_modules/.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('Installing dependencies (npm install).');
  // Not `npm ci`, which refuses a lock file without the optional binaries of every other platform.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const shell = process.platform === 'win32';
  execFileSync('npm', args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell });
}

/** Runs Node with `args` in the root folder and returns its exit code. */
export function run(args, env = {}) {
  const { status, error } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (error !== undefined) throw error;
  return status ?? 1;
}

/** Compiles the packages; quick when nothing changed. */
export function build() {
  console.log('Building (tsc -b).');
  const code = run(['node_modules/typescript/bin/tsc', '-b']);
  if (code !== 0) process.exit(code);
}
