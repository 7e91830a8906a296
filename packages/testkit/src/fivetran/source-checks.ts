import type { Table, UpdateResponse } from '@fairlead/host-fivetran/protocol';
import { type Check, expectNone, expectSame, expectThat, spread } from '../check.ts';
import { setProblems } from '../compare-documents.ts';
import { type CommittedTables, placeOf } from './committed-tables.ts';
import { expectedTables } from './expected-rows.ts';
import type { FivetranSourceSuite } from './fivetran-suite.ts';
import { type Row, rowsOf, statesOf } from './row-messages.ts';
import { killedSourceChecks } from './source-kills.ts';
import {
  configurationOf,
  fivetranSourceCheck,
  type FivetranSourceRun,
  nameOf,
  selectionOf,
  tablesIn,
} from './source-run.ts';

/** All that a source has to do by gRPC for Fivetran, as checks that can be run one by one. */
export function fivetranSourceChecks(suite: FivetranSourceSuite): Check[] {
  return [
    ...formChecks(suite),
    ...schemaChecks(suite),
    ...updateChecks(suite),
    ...againChecks(suite),
    ...refusalChecks(suite),
    ...(suite.module === undefined ? [] : killedSourceChecks(suite, suite.module)),
  ];
}

function formChecks(suite: FivetranSourceSuite): Check[] {
  return [
    fivetranSourceCheck(
      suite,
      'its form has fields and tests, twice the same',
      async ({ client }) => {
        const form = await client.form();
        expectThat(form.fields.length > 0, 'there are no fields');
        expectThat(form.tests.length > 0, 'there are no tests');
        expectNone(
          form.fields.flatMap(({ name, label }) => (label === '' ? [`${name} has no label`] : [])),
        );
        expectSame(await client.form(), form, 'the second form');
      },
    ),
    fivetranSourceCheck(suite, 'each test of settings that work passes', async (run) => {
      const { tests } = await run.client.form();
      for (const { name } of tests) {
        const { response } = await run.client.test(name, run.configuration);
        expectThat(response.case === 'success', `${name}: ${String(response.value)}`);
      }
    }),
    ...(suite.wrong ?? []).map(({ what, settings }) =>
      fivetranSourceCheck(
        suite,
        `settings that cannot work are refused: ${what}`,
        async ({ client }) => {
          const configuration = configurationOf({ settings });
          const { tests } = await client.form();
          const failures: string[] = [];
          for (const { name } of tests) {
            const { response } = await client.test(name, configuration);
            if (response.case === 'failure') failures.push(response.value);
          }
          expectThat(
            failures.some((text) => text !== ''),
            'no test fails and says why',
          );
          const messages: UpdateResponse[] = [];
          for await (const message of client.update({ configuration })) messages.push(message);
          const last = messages.at(-1)?.operation;
          expectThat(last?.case === 'task' && last.value.message !== '', 'an update gives no task');
          expectThat(rowsOf(messages).length === 0, 'an update with them has rows');
        },
      ),
    ),
  ];
}

function schemaChecks(suite: FivetranSourceSuite): Check[] {
  return [
    fivetranSourceCheck(suite, 'its tables have columns, twice the same', async (run) => {
      const { client, configuration, tables } = run;
      expectThat(tables.length > 0, 'there are no tables');
      const bare = tables.filter(({ table }) => table.columns.length === 0);
      expectNone(bare.map(({ table }) => `${table.name} has no columns`));
      const [one, other] = [await client.schema(configuration), await client.schema(configuration)];
      expectSame(other, one, 'the second answer');
    }),
    fivetranSourceCheck(suite, 'rows fit the tables that were told', async (run) => {
      const problems = new Set<string>();
      const known = new Map(run.tables.map((placed) => [nameOf(placed), placed.table]));
      for (const message of await run.update(run.empty())) {
        const { operation } = message;
        if (operation.case === 'schemaChange') {
          for (const placed of tablesIn(operation.value.change))
            known.set(nameOf(placed), placed.table);
        }
        for (const row of rowsOf([message])) {
          for (const problem of rowProblems(row, known.get(placeOf(row)))) problems.add(problem);
        }
      }
      expectNone([...problems]);
    }),
  ];
}

function updateChecks(suite: FivetranSourceSuite): Check[] {
  return [
    fivetranSourceCheck(
      suite,
      'an update brings every row, and ends with a checkpoint',
      async (run) => {
        const expected = await expectedTables(suite.source, run.fixture);
        const tables = run.empty();
        const messages = await run.update(tables);
        expectThat(tables.openRows === 0, `${tables.openRows} rows come after the last checkpoint`);
        expectThat(statesOf(messages).length > 0, 'there is no checkpoint');
        const keyed = expected.filter(({ key }) => key.length > 0);
        const count = run.tables
          .filter(({ table }) => table.columns.some(({ primaryKey }) => primaryKey))
          .reduce((sum, table) => sum + tables.rowsOf(nameOf(table)).length, 0);
        const wanted = keyed.reduce((sum, { rows }) => sum + rows.length, 0);
        expectThat(count === wanted, `there are ${count} rows with a key, and ${wanted} documents`);
        expectThat(tables.size > 0, 'there are no rows');
      },
    ),
    fivetranSourceCheck(suite, 'messages have no more records than Fivetran takes', async (run) => {
      const messages = await run.update(run.empty());
      const sizes = messages.map(({ operation }) =>
        operation.case === 'records' ? operation.value.records.length : 0,
      );
      expectThat(Math.max(...sizes) <= 100, `one has ${Math.max(...sizes)} records`);
    }),
    fivetranSourceCheck(suite, 'states are objects of JSON', async (run) => {
      const states = statesOf(await run.update(run.empty()));
      for (const state of states) {
        const value: unknown = JSON.parse(state);
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        expectThat(isObject, `the state ${state} is no object`);
      }
    }),
    fivetranSourceCheck(suite, 'tables that were not chosen do not come', async (run) => {
      for (const chosen of run.tables) {
        const { configuration, client } = run;
        const tables = run.empty();
        const selection = selectionOf([chosen]);
        for await (const message of client.update({ configuration, selection }))
          tables.take(message);
        const own = tables.rowsOf(nameOf(chosen)).length;
        expectThat(tables.size === own, `beside ${chosen.table.name} there are other rows`);
      }
    }),
  ];
}

function againChecks(suite: FivetranSourceSuite): Check[] {
  return [
    fivetranSourceCheck(
      suite,
      'an update that breaks off anywhere goes on without loss',
      async (run) => {
        const whole = run.empty();
        const { length } = await run.update(whole);
        for (const count of spread(length - 1, suite.maxStates ?? 20)) {
          const tables = run.empty();
          await breakOff(run, tables, count);
          await run.update(tables);
          const what = `left after ${count} of ${length} messages`;
          expectNone(setProblems(whole.lines, tables.lines), what);
        }
      },
    ),
    fivetranSourceCheck(
      suite,
      'an update of what has not changed leaves all as it is',
      async (run) => {
        const tables = run.empty();
        await run.update(tables);
        const before = tables.lines;
        const { length } = rowsOf(await run.update(tables));
        expectNone(setProblems(before, tables.lines));
        expectThat(suite.repeats === true || length === 0, `it brings ${length} rows`);
      },
    ),
  ];
}

function refusalChecks(suite: FivetranSourceSuite): Check[] {
  return [
    fivetranSourceCheck(suite, 'a state of another connector is a task', async (run) => {
      const tables = run.empty();
      await run.update(tables);
      const own: object = JSON.parse(tables.state ?? '{}');
      for (const stateJson of [
        '{"cursor":"2024-01-01"}',
        JSON.stringify({ ...own, connector: 'source-of-another' }),
        JSON.stringify({ ...own, bindings: 7 }),
        '{',
      ]) {
        const messages: UpdateResponse[] = [];
        const request = { ...run.request(tables), stateJson };
        for await (const message of run.client.update(request)) messages.push(message);
        const last = messages.at(-1)?.operation;
        expectThat(last?.case === 'task', `the state ${stateJson} ends with ${last?.case}`);
        expectThat(rowsOf(messages).length === 0, `the state ${stateJson} gives rows`);
      }
    }),
  ];
}

/** What is wrong with a row by what was told of its table. */
function rowProblems(row: Row, table: Table | undefined): string[] {
  const place = placeOf(row);
  if (table === undefined) return [`nobody was told of ${place}`];
  const keys = table.columns.filter(({ primaryKey }) => primaryKey);
  const columns = new Set(table.columns.map(({ name }) => name));
  const keyless =
    row.type === 'TRUNCATE' ? [] : keys.filter(({ name }) => (row.data[name] ?? null) === null);
  const unknown = Object.keys(row.data).filter((name) => !columns.has(name));
  return [
    ...keyless.map(({ name }) => `${place}.${name} is of the key, and has no value`),
    ...unknown.map((name) => `nobody was told of ${place}.${name}`),
  ];
}

/** Takes so many messages, and leaves. What was not committed is forgotten. */
async function breakOff(
  run: FivetranSourceRun,
  tables: CommittedTables,
  count: number,
): Promise<void> {
  let taken = 0;
  for await (const message of run.client.update(run.request(tables))) {
    if (taken++ === count) break;
    tables.take(message);
  }
  tables.rollBack();
}
