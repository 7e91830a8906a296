import { expectNone, expectSame, expectThat, type Check } from '../check.ts';
import { destinationCheck } from './destination-run.ts';
import { programOf, type AirbyteDestinationSuite } from './destination-suite.ts';
import { troubleChecks } from './destination-trouble-checks.ts';
import { commandLineChecks, formChecks } from './form-checks.ts';
import { generationChecks } from './generation-checks.ts';
import { configured, record, state, turn } from './input.ts';
import { runProgram } from './program.ts';
import { rowChecks } from './row-checks.ts';
import { stateEchoChecks } from './state-echo-checks.ts';
import { messagesOf } from './transcript.ts';

/** All that a destination of Airbyte has to do, as checks that can be run one by one. */
export function airbyteDestinationChecks(suite: AirbyteDestinationSuite): Check[] {
  const program = programOf(suite);
  return [
    ...formChecks(program, suite),
    ...commandLineChecks(program, 'write', ['read']),
    {
      name: 'spec says in which modes it writes',
      async run() {
        const transcript = await runProgram(program, { words: ['spec'] });
        const [message] = messagesOf(transcript, 'SPEC');
        const modes = message?.spec.supported_destination_sync_modes ?? [];
        expectThat(modes.length > 0, 'it says none');
        const odd = modes.filter((mode) => !known.has(mode));
        expectNone(odd.map((mode) => `${mode} is no mode of the protocol`));
      },
    },
    ...(suite.keeps === false ? [] : [...modeChecks(suite), ...rowChecks(suite)]),
    ...(suite.keeps === false ? [] : generationChecks(suite)),
    ...stateEchoChecks(suite),
    ...troubleChecks(suite),
  ];
}

const known: ReadonlySet<string> = new Set([
  'append',
  'overwrite',
  'append_dedup',
  'update',
  'soft_delete',
]);

/** What two syncs leave in a table, the second of which has another generation where it replaces. */
const modes = [
  { mode: 'append', replaces: false, left: ['1 "a"', '1 "c"', '2 "b"', '3 "d"'] },
  { mode: 'overwrite', replaces: true, left: ['1 "c"', '3 "d"'] },
  { mode: 'append_dedup', replaces: false, left: ['1 "c"', '2 "b"', '3 "d"'] },
  { mode: 'overwrite_dedup', replaces: true, left: ['1 "c"', '3 "d"'] },
];

function modeChecks(suite: AirbyteDestinationSuite): Check[] {
  const users = { name: 'users' };
  const row = (id: number, name: string, more = {}) => record(users, { id, name, ...more });
  return [
    ...modes.map(({ mode, replaces, left }) =>
      destinationCheck(suite, `${mode} leaves what it must`, async ({ sync, texts }) => {
        const first = turn(users, [row(1, 'a'), row(2, 'b'), state(users, 1)]);
        await sync([configured(users, mode, [1, replaces ? 1 : 0])], first);
        const second = turn(users, [row(1, 'c'), row(3, 'd'), state(users, 2)]);
        await sync([configured(users, mode, [replaces ? 2 : 1, replaces ? 2 : 0])], second);
        expectSame(await texts(users), left, 'the rows');
      }),
    ),
    destinationCheck(suite, 'overwrite replaces in the same generation, too', async (run) => {
      const { sync, texts } = run;
      for (const name of ['a', 'b']) {
        await sync([configured(users, 'overwrite', [1, 1])], turn(users, [row(1, name)]));
      }
      expectSame(await texts(users), ['1 "b"'], 'the rows');
    }),
    destinationCheck(suite, 'append_dedup keeps the row with the greatest cursor', async (run) => {
      const { sync, texts } = run;
      const rows = [
        row(1, 'new', { at: 9 }),
        row(2, 'first', { at: 5 }),
        row(1, 'old', { at: 8 }),
        row(2, 'second', { at: 5 }),
        row(3, 'set', { at: 1 }),
        row(3, 'null', { at: null }),
      ];
      const stream = configured(users, 'append_dedup', [1, 0], { cursor_field: ['at'] });
      await sync([stream], turn(users, [...rows, state(users, 1)]));
      expectSame(await texts(users), ['1 "new"', '2 "second"', '3 "set"'], 'the rows');
    }),
    destinationCheck(suite, 'a row that a log says is deleted goes', async ({ sync, texts }) => {
      const deleted = { type: ['null', 'string'], format: 'date-time' };
      const properties = { id: { type: 'integer' }, _ab_cdc_deleted_at: deleted };
      const stream = { name: 'users', json_schema: { type: 'object', properties } };
      const gone = { _ab_cdc_deleted_at: '2024-01-01T00:00:00Z' };
      await sync(
        [configured(users, 'append_dedup', [1, 0], { stream })],
        turn(users, [row(1, ''), row(2, ''), record(users, { id: 1, ...gone }), state(users, 1)]),
      );
      expectSame(await texts(users, ['id']), ['2'], 'the rows');
    }),
    destinationCheck(suite, 'sending again what was committed changes nothing', async (run) => {
      const { sync, texts } = run;
      const lines = turn(users, [row(1, 'a'), row(2, 'b'), state(users, 1)]);
      for (let time = 0; time < 2; time++) {
        await sync([configured(users, 'append_dedup', [1, 0])], lines);
      }
      expectSame(await texts(users), ['1 "a"', '2 "b"'], 'the rows');
    }),
    destinationCheck(suite, 'streams of one name in two namespaces stay apart', async (run) => {
      const { sync, texts } = run;
      const others = ['north', 'south'].map((namespace) => ({ name: 'users', namespace }));
      await sync(
        others.map((stream) => configured(stream, 'append', [1, 0])),
        others.flatMap((stream, id) => turn(stream, [record(stream, { id, name: 'x' })])),
      );
      for (const [id, stream] of others.entries()) {
        expectSame(await texts(stream), [`${id} "x"`], `the rows of ${stream.namespace}`);
      }
    }),
  ];
}
