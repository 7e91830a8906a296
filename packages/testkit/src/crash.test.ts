import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { crashLoop, type CrashLoopOptions } from './crash.ts';
import { runOnce } from './crash-attempt.ts';
import { tempFolder, type TempFolder } from './temp-folder.ts';

/** Counts in a file up to its argument, one step a millisecond, and says so. */
const counter = `
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
const [file, end] = process.argv.slice(2);
let count = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
const step = () => {
  if (count >= Number(end)) return;
  writeFileSync(file + process.pid, String(++count));
  renameSync(file + process.pid, file);
  console.log('committed', count);
  setTimeout(step, 1);
};
step();
`;

describe('a program that keeps what it has done', () => {
  test('is killed as often as asked for, and finishes its job', async () => {
    await using folder = await tempFolder();
    const report = await crashLoop(await counting(folder, 300, { kills: 6, seed: 1 }));
    expect(report.kills).toBe(6);
    expect(report.attempts.filter(({ killed }) => killed)).toHaveLength(6);
    expect(report.attempts.at(-1)).toMatchObject({ killed: false, exitCode: 0 });
    expect(report.measures.at(-1)).toBe(300);
    expect(report.measures).toEqual(report.measures.toSorted((a, b) => a - b));
  });

  test('may run twice at the same time', async () => {
    await using folder = await tempFolder();
    const options = await counting(folder, 300, { kills: 4, seed: 2, atOnce: 2 });
    const { measure: _none, ...rest } = options;
    const report = await crashLoop(rest);
    expect(report.kills).toBeGreaterThanOrEqual(4);
    expect(await counted(folder)).toBe(300);
  });
});

test('a program that loses what it had is found out', async () => {
  await using folder = await tempFolder();
  const measures = [5, 3];
  const options = await counting(folder, 300, { kills: 3, seed: 1 });
  const measure = async () => measures.shift() ?? 0;
  await expect(crashLoop({ ...options, measure })).rejects.toThrow('it was at 5 and is at 3');
});

test('a program that never comes further is found out', async () => {
  const looping = node('setInterval(() => {}, 1000)');
  const options = { ...looping, kills: 1_000, seed: 1, minMs: 1, maxMs: 1, progress: /committed/ };
  await expect(crashLoop(options)).rejects.toThrow('never comes further');
});

test('a program that ends before it can be killed is found out', async () => {
  const options = { ...node(''), kills: 1, seed: 1, minMs: 60_000, maxMs: 60_000 };
  await expect(crashLoop(options)).rejects.toThrow('before it can be killed');
});

test('a program that fails by itself is shown with what it said', async () => {
  const failing = node('console.error("no such table"); process.exitCode = 5;');
  const options = { ...failing, kills: 1, seed: 1, minMs: 60_000, maxMs: 60_000 };
  await expect(crashLoop(options)).rejects.toThrow(/exit code 5 after \d+ ms; it said:\nno such/);
});

test('some exit codes may be allowed before the end, but not at the end', async () => {
  const failing = node('process.exitCode = 6;');
  const options = { ...failing, kills: 0, seed: 1, minMs: 1, maxMs: 1, exits: [0, 6] };
  await expect(crashLoop(options)).rejects.toThrow('exit code 6');
});

test('a last process that does not finish is killed', async () => {
  const endless = node('setInterval(() => {}, 1000)');
  const options = { ...endless, kills: 0, seed: 1, minMs: 1, maxMs: 1, finishMs: 200 };
  await expect(crashLoop(options)).rejects.toThrow('did not finish within 200 ms');
});

test('children that a program leaves behind end with it', async () => {
  const parent = node(`
    import { spawn } from 'node:child_process';
    spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }).unref();
  `);
  const attempt = await runOnce(parent, { afterMs: 60_000 });
  expect(attempt).toMatchObject({ killed: false, exitCode: 0 });
});

test('a program that cannot be started is an error', async () => {
  const options = { command: '/nowhere/at/all', kills: 1, seed: 1, minMs: 1, maxMs: 1 };
  await expect(crashLoop(options)).rejects.toThrow('ENOENT');
});

test('children of the program are killed with it', async () => {
  await using folder = await tempFolder();
  const child = await folder.write('child.mjs', 'setInterval(() => {}, 1000)');
  const parent = node(`
    import { spawn } from 'node:child_process';
    const child = spawn(process.execPath, [${JSON.stringify(child)}]);
    console.error('child', child.pid);
    setInterval(() => {}, 1000);
  `);
  const attempt = await runOnce({ ...parent, progress: /child/ }, { afterMs: 60_000, onLine: 1 });
  expect(attempt).toMatchObject({ killed: true, signal: 'SIGKILL', progressLines: 1 });
  const pid = Number(/child (\d+)/.exec(attempt.stderr)?.[1]);
  expect(pid).toBeGreaterThan(0);
  await expect.poll(() => isRunning(pid)).toBe(false);
});

function node(code: string): { command: string; args: readonly string[] } {
  return { command: process.execPath, args: ['--input-type=module', '--eval', code] };
}

async function counting(
  folder: TempFolder,
  end: number,
  options: Pick<CrashLoopOptions, 'kills' | 'seed' | 'atOnce'>,
): Promise<CrashLoopOptions> {
  const script = await folder.write('counter.mjs', counter);
  return {
    command: process.execPath,
    args: [script, folder.join('count'), String(end)],
    minMs: 30,
    maxMs: 400,
    progress: /^committed/,
    measure: () => counted(folder),
    ...options,
  };
}

async function counted(folder: TempFolder): Promise<number> {
  return Number(await readFile(folder.join('count'), 'utf8').catch(() => '0'));
}

/** A process that has ended may stay in the table until its parent asks. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) Z /.test(stat);
}
