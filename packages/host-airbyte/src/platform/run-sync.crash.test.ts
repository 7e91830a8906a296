import { randomFrom, tempFolder } from '@fairlead/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundled } from '../testing/bundled.ts';
import { runSync } from './run-sync.ts';
import { numbers, numbersCatalog, numbersIn } from './testing/numbers-sync.ts';

/** How many syncs are killed: by default more where everything has to be tested. */
const kills = Number(process.env['FAIRLEAD_KILLS'] ?? (process.env['CI'] === 'true' ? 100 : 20));
const last = 20_000;

let program: Awaited<ReturnType<typeof bundled>> | undefined;
beforeAll(async () => {
  program = await bundled(new URL('testing/duckdb-destination.ts', import.meta.url));
});
afterAll(async () => await program?.[Symbol.asyncDispose]());

test.concurrent.each(['append_dedup', 'overwrite_dedup'])(
  'a sync by %s that is killed at any point leaves nothing out and nothing twice',
  async (mode) => {
    await using folder = await tempFolder();
    const path = folder.join('test.duckdb');
    const destination = { command: program?.command ?? [], config: { path } };
    const catalog = numbersCatalog(mode, 3);
    const random = randomFrom(7);
    let state = '';
    let killed = 0;
    for (let attempt = 0; attempt < kills / 2; attempt++) {
      const kill = new AbortController();
      // Some die after so many bytes, most of them before a commit; the others right after one.
      let states = random.integer(1, 12);
      const bytes = attempt % 2 === 0 ? random.integer(1, 100_000) : Number.POSITIVE_INFINITY;
      const outcome = await runSync({
        source: numbers({ last, pauseMs: 4 }),
        destination,
        catalog,
        state,
        signal: kill.signal,
        onBytes: (count) => count >= bytes && kill.abort(),
        onState: () => --states === 0 && kill.abort(),
      });
      ({ state } = outcome);
      if (outcome.exits.destination === 'SIGKILL') killed++;
      // One that has read everything begins anew, as its rows may come again.
      else state = '';
    }
    const outcome = await runSync({ source: numbers({ last }), destination, catalog, state });
    expect(outcome).toMatchObject({ succeeded: true });
    expect(killed).toBeGreaterThan(kills / 4);
    const squares = (last * (last + 1) * (2 * last + 1)) / 6;
    expect(await numbersIn(path)).toEqual([last, 1, last, last, squares].map(String));
  },
  900_000,
);
