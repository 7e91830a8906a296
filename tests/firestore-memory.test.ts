import { fileURLToPath } from 'node:url';
import { startFakeFirestore } from '@fairlead/fake-firestore';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { live } from './soak/life.ts';
import { residentBytes } from './soak/memory.ts';

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
    if (reads > 100_000) (reads < 500_000 ? early : late).push(residentBytes(pid));
  }, 20);
  const program = {
    words: [process.execPath, command, 'copy', 'firestore://demo/users', 'null:', '--quiet'],
    folder: folder.path,
    variables: { FIRESTORE_EMULATOR_HOST: fake.address, FAIRLEAD_STATE: folder.join('state') },
  };
  try {
    const wasKilled = await live(program, 500_000, (id) => {
      pid = id;
    });
    expect(wasKilled).toBe(false);
  } finally {
    clearInterval(sampling);
  }
  // Plus those that say what time it is, how many documents there are and where they can be parted.
  expect(fake.counters.total.reads).toBeLessThan(2_000_000 * 1.01);
  expect(fake.counters.of('RunQuery').reads).toBeGreaterThanOrEqual(2_000_000);
  expect(Math.max(...late) / mebibyte).toBeLessThanOrEqual(200);
  expect(Math.max(...late)).toBeLessThanOrEqual(1.2 * Math.max(...early));
}, 600_000);
