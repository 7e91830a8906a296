import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockPipeline } from './lock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lockFile = () => join(folder, 'locks', readdirSync(join(folder, 'locks'))[0] ?? '');

test('refuses a second run by name, and lets one in after the first has ended', () => {
  {
    using _first = lockPipeline(folder, 'shop', 'a to b');
    expect(() => lockPipeline(folder, 'shop', 'a to b')).toThrow(
      expect.objectContaining({
        kind: 'transient',
        message: expect.stringMatching(
          new RegExp(`^the pipeline "shop" is already running \\(process ${process.pid}, since 20`),
        ) as string,
      }),
    );
  }
  using _second = lockPipeline(folder, 'shop', 'a to b');
  expect(existsSync(lockFile())).toBe(true);
});

test('tells pipelines of one name with different ends apart', () => {
  using _one = lockPipeline(folder, 'shop', 'a to b');
  using _other = lockPipeline(folder, 'shop', 'a to c');
  expect(readdirSync(join(folder, 'locks'))).toHaveLength(2);
});

test('takes over the lock of a process that was killed', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const { pid } = child;
  {
    using _lock = lockPipeline(folder, 'shop', 'x');
    const held = { ...JSON.parse(readFileSync(lockFile(), 'utf8')), pid, began: undefined };
    writeFileSync(lockFile(), JSON.stringify(held));
    expect(() => lockPipeline(folder, 'shop', 'x')).toThrow(`process ${pid}`);
  }
  child.kill('SIGKILL');
  await once(child, 'exit');
  using _taken = lockPipeline(folder, 'shop', 'x');
  expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toMatchObject({ pid: process.pid });
});

test('takes over the lock of a process whose number is another one’s by now', () => {
  {
    using _lock = lockPipeline(folder, 'shop', 'x');
    const held = JSON.parse(readFileSync(lockFile(), 'utf8'));
    writeFileSync(lockFile(), JSON.stringify({ ...held, pid: process.ppid, began: '1' }));
    using _taken = lockPipeline(folder, 'shop', 'x');
    expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toMatchObject({ pid: process.pid });
  }
});

test('takes over a lock that nobody can read', () => {
  using _lock = lockPipeline(folder, 'shop', 'x');
  writeFileSync(lockFile(), '{"pi');
  using _taken = lockPipeline(folder, 'shop', 'x');
  expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toMatchObject({ pid: process.pid });
});
