import { fileURLToPath } from 'node:url';
import { randomFrom, tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { duckdbRows } from '../destination/testing/duckdb-rows.ts';
import { runSync } from './run-sync.ts';

const script = (name: string) => fileURLToPath(new URL(`testing/${name}`, import.meta.url));
const source = (config: object) => ({
  command: [process.execPath, script('numbers-source.mjs')],
  config: { ...config },
});
const destination = (path: string) => ({
  command: [
    process.execPath,
    '--import',
    'tsx',
    '--conditions=source',
    script('duckdb-destination.ts'),
  ],
  config: { path },
});
const catalog = (mode: string, generation: number) => ({
  streams: [
    {
      stream: {
        name: 'numbers',
        json_schema: {
          type: 'object',
          properties: { id: { type: 'integer' }, square: { type: 'integer' } },
        },
        supported_sync_modes: ['incremental'],
      },
      sync_mode: 'incremental',
      destination_sync_mode: mode,
      primary_key: [['id']],
      generation_id: generation,
      minimum_generation_id: mode.startsWith('overwrite') ? generation : 0,
      sync_id: generation,
    },
  ],
});
const summary = 'SELECT count(*), min(id), max(id), count(DISTINCT id), sum(square) FROM numbers';
const summaryOf = async (path: string) => (await duckdbRows(path, summary))[0]?.map(String);

test('a sync goes on where the last one ended', async () => {
  await using folder = await tempFolder();
  const path = folder.join('test.duckdb');
  let state = '';
  for (const last of [250, 400]) {
    const outcome = await runSync({
      source: source({ last }),
      destination: destination(path),
      catalog: catalog('append', 1),
      state,
    });
    expect(outcome).toMatchObject({ succeeded: true, errors: [] });
    state = outcome.state;
  }
  expect(JSON.parse(state)[0].stream.stream_state).toEqual({ at: 400 });
  expect((await summaryOf(path))?.slice(0, 4)).toEqual(['400', '1', '400', '400']);
});

test('a source that fails is told of, and what it has confirmed is kept', async () => {
  await using folder = await tempFolder();
  const outcome = await runSync({
    source: source({ last: 250, fails: true }),
    destination: destination(folder.join('test.duckdb')),
    catalog: catalog('append', 1),
  });
  expect(outcome).toMatchObject({ succeeded: false, exits: { source: 1, destination: 1 } });
  expect(outcome.errors).toContain('The numbers ran out.');
  expect(JSON.parse(outcome.state)[0].stream.stream_state).toEqual({ at: 100 });
});

test('what cannot be started is a matter of settings', async () => {
  await expect(
    runSync({
      source: { command: ['/no/such/program'], config: {} },
      destination: source({ last: 1 }),
      catalog: catalog('append', 1),
    }),
  ).rejects.toMatchObject({ name: 'Failure', kind: 'config' });
});

/** How many syncs are killed; the environment may ask for more. */
const kills = Number(process.env['FAIRLEAD_KILLS'] ?? 20);

test.each(['append_dedup', 'overwrite_dedup'])(
  'a sync by %s that is killed at any point leaves nothing out and nothing twice',
  async (mode) => {
    await using folder = await tempFolder();
    const path = folder.join('test.duckdb');
    const random = randomFrom(7);
    const last = 20_000;
    let state = '';
    let killed = 0;
    for (let attempt = 0; attempt < kills / 2; attempt++) {
      const kill = new AbortController();
      // Some die before their first commit, the others somewhere after one of the next.
      const firstMs = random.integer(200, 3000);
      const timers = [setTimeout(() => kill.abort(), firstMs)];
      let states = random.integer(1, 60);
      const outcome = await runSync({
        source: source({ last, pauseMs: 15 }),
        destination: destination(path),
        catalog: catalog(mode, 3),
        state,
        signal: kill.signal,
        onState: () => {
          if (--states === 0) timers.push(setTimeout(() => kill.abort(), random.integer(0, 40)));
        },
      });
      for (const timer of timers) clearTimeout(timer);
      ({ state } = outcome);
      if (outcome.exits.destination === 'SIGKILL') killed++;
    }
    const outcome = await runSync({
      source: source({ last }),
      destination: destination(path),
      catalog: catalog(mode, 3),
      state,
    });
    expect(outcome).toMatchObject({ succeeded: true });
    expect(killed).toBe(kills / 2);
    const squares = (last * (last + 1) * (2 * last + 1)) / 6;
    expect(await summaryOf(path)).toEqual([last, 1, last, last, squares].map(String));
  },
  300_000,
);
