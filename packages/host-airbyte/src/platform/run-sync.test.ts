import { fileURLToPath } from 'node:url';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { runSync } from './run-sync.ts';
import { numbers, numbersCatalog, numbersIn } from './testing/numbers-sync.ts';

const destination = (path: string) => ({
  command: [
    process.execPath,
    '--import',
    'tsx',
    '--conditions=source',
    fileURLToPath(new URL('testing/duckdb-destination.ts', import.meta.url)),
  ],
  config: { path },
});

test('a sync goes on where the last one ended', async () => {
  await using folder = await tempFolder();
  const path = folder.join('test.duckdb');
  let state = '';
  for (const last of [250, 400]) {
    const outcome = await runSync({
      source: numbers({ last }),
      destination: destination(path),
      catalog: numbersCatalog('append', 1),
      state,
    });
    expect(outcome).toMatchObject({ succeeded: true, errors: [] });
    state = outcome.state;
  }
  expect(JSON.parse(state)[0].stream.stream_state).toEqual({ at: 400 });
  expect((await numbersIn(path))?.slice(0, 4)).toEqual(['400', '1', '400', '400']);
});

test('a source that fails is told of, and what it has confirmed is kept', async () => {
  await using folder = await tempFolder();
  const outcome = await runSync({
    source: numbers({ last: 250, fails: true }),
    destination: destination(folder.join('test.duckdb')),
    catalog: numbersCatalog('append', 1),
  });
  expect(outcome).toMatchObject({ succeeded: false, exits: { source: 1, destination: 1 } });
  expect(outcome.errors).toContain('The numbers ran out.');
  expect(JSON.parse(outcome.state)[0].stream.stream_state).toEqual({ at: 100 });
});

test('what cannot be started is a matter of settings', async () => {
  await expect(
    runSync({
      source: { command: ['/no/such/program'], config: {} },
      destination: numbers({ last: 1 }),
      catalog: numbersCatalog('append', 1),
    }),
  ).rejects.toMatchObject({ name: 'Failure', kind: 'config' });
});
