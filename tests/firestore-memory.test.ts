import { fileURLToPath } from 'node:url';
import { startFakeFirestore } from '@fairlead/fake-firestore';
import { runOnce, tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { treeBytes } from './soak/memory.ts';

const command = fileURLToPath(new URL('../packages/cli/bin/fairlead.js', import.meta.url));
const mebibyte = 1024 * 1024;

test('the memory of a capture does not grow from a hundred thousand documents to two million', async () => {
  await using folder = await tempFolder();
  await using fake = await startFakeFirestore();
  fake.store.synthesise({ collection: 'users', count: 2_000_000 });
  const early: number[] = [];
  const late: number[] = [];
  let pid = 0;
  const sampling = setInterval(() => {
    const { reads } = fake.counters.total;
    if (reads > 100_000) (reads < 500_000 ? early : late).push(treeBytes(pid));
  }, 20);
  const program = {
    command: process.execPath,
    args: [command, 'copy', 'firestore://demo/users', 'null:', '--quiet'],
    cwd: folder.path,
    env: { FIRESTORE_EMULATOR_HOST: fake.address, FAIRLEAD_STATE: folder.join('state') },
  };
  try {
    const started = (id: number) => {
      pid = id;
    };
    const attempt = await runOnce({ ...program, started }, { afterMs: 500_000 });
    expect(attempt).toMatchObject({ killed: false, exitCode: 0 });
  } finally {
    clearInterval(sampling);
  }
  // Plus those that say what time it is, how many documents there are and where they can be parted.
  expect(fake.counters.total.reads).toBeLessThan(2_000_000 * 1.01);
  expect(fake.counters.of('RunQuery').reads).toBeGreaterThanOrEqual(2_000_000);
  expect(Math.max(...late) / mebibyte).toBeLessThanOrEqual(200);
  expect(Math.max(...late)).toBeLessThanOrEqual(1.2 * Math.max(...early));
}, 600_000);
