import { expectSame, expectThat, type Check } from '../check.ts';
import { destinationCheck } from './destination-run.ts';
import type { AirbyteDestinationSuite } from './destination-suite.ts';
import { configured, record, state, turn } from './input.ts';

/** When rows of older generations have to go, and when they must not. */
export function generationChecks(suite: AirbyteDestinationSuite): Check[] {
  const users = { name: 'users' };
  const row = (id: number) => record(users, { id });
  const first = turn(users, [row(1), state(users, 1)]);
  const left = (id: number) => String(id);
  return [
    ...['overwrite', 'append', 'append_dedup'].map((mode) =>
      destinationCheck(
        suite,
        `by ${mode}, what was there stays until its stream is complete`,
        async ({ sync, write, texts }) => {
          const minimum = mode === 'overwrite' ? 1 : 0;
          await sync([configured(users, mode, [1, minimum])], first);
          const refresh = [configured(users, mode, [2, 2])];
          const broken = turn(users, [row(2), state(users, 2)], 'INCOMPLETE');
          const failed = await write(refresh, broken);
          expectThat(failed.end !== 0, 'a stream that is INCOMPLETE ends with 0');
          expectSame(await texts(users, ['id']), [left(1)], 'the rows after INCOMPLETE');
          const cut = await write(refresh, broken.slice(0, -1));
          expectThat(cut.end !== 0, 'a stream that has no end ends with 0');
          expectSame(await texts(users, ['id']), [left(1)], 'the rows after no end');
        },
      ),
    ),
    destinationCheck(suite, 'a refresh gathers rows over several attempts', async (run) => {
      const { sync, write, texts } = run;
      await sync([configured(users, 'append_dedup', [1, 0])], first);
      const refresh = [configured(users, 'append_dedup', [2, 2])];
      await write(refresh, turn(users, [row(2), state(users, 2)], 'INCOMPLETE'));
      await sync(refresh, turn(users, [row(3), state(users, 3)]));
      expectSame(await texts(users, ['id']), [left(2), left(3)], 'the rows after COMPLETE');
    }),
    destinationCheck(suite, 'a refresh that keeps what was there does', async (run) => {
      const { sync, texts } = run;
      await sync([configured(users, 'append', [1, 0])], first);
      await sync([configured(users, 'append', [2, 0])], turn(users, [row(2)]));
      const found = await texts(users, ['id', '_airbyte_generation_id']);
      expectSame(found, ['1 1', '2 2'], 'the rows and their generations');
    }),
    destinationCheck(suite, 'a refresh of a stream that is empty now empties it', async (run) => {
      const { sync, texts } = run;
      await sync([configured(users, 'append', [1, 0])], first);
      await sync([configured(users, 'append', [2, 2])], turn(users, [state(users, 2)]));
      expectSame(await texts(users, ['id']), [], 'the rows');
    }),
    destinationCheck(suite, 'platforms without generations are understood', async (run) => {
      const { sync, texts } = run;
      for (const id of [1, 2]) await sync([configured(users, 'overwrite')], [row(id)]);
      expectSame(await texts(users, ['id']), [left(2)], 'the rows');
    }),
  ];
}
