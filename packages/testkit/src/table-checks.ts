import type { JsonSchema } from '@fairlead/json';
import type { Destination, Plan, Table } from '@fairlead/sdk';
import { expectNone, expectSame, expectThat } from './check.ts';
import { type DestinationRun, tableOf, type TableOptions } from './materialization-run.ts';
import { canonicalText, canonicalValue } from './same-value.ts';
import { documents } from './script.ts';
import { TableModel } from './table-model.ts';

/** A check of a destination that is new. */
export interface DestinationCheck {
  readonly name: string;
  readonly run: (run: DestinationRun) => Promise<void>;
}

/** Columns that become wider, with values that must not change by it and one that needs it. */
const widenings: readonly {
  readonly what: string;
  readonly from: JsonSchema;
  readonly to: JsonSchema;
  readonly values: readonly unknown[];
  readonly later: unknown;
}[] = [
  {
    what: 'integers that takes fractions',
    from: { type: 'integer' },
    to: { type: 'number' },
    values: [0, -7, 2 ** 53 - 1],
    later: 1.5,
  },
  {
    what: 'large integers that takes larger ones',
    from: { type: 'integer' },
    to: { type: 'integer', 'x-digits': 38 },
    values: [9_007_199_254_740_993n, -9_223_372_036_854_775_808n],
    later: 99_999_999_999_999_999_999_999_999_999_999_999_999n,
  },
  {
    what: 'integers that takes text',
    from: { type: 'integer' },
    to: { type: ['integer', 'string'] },
    values: [0, -7, 9_007_199_254_740_993n],
    later: 'many',
  },
  {
    what: 'numbers that takes text',
    from: { type: 'number' },
    to: { type: ['number', 'string'] },
    values: [0.1, -2.5e-7, 1e21],
    later: 'much',
  },
  {
    what: 'booleans that takes text',
    from: { type: 'boolean' },
    to: { type: ['boolean', 'string'] },
    values: [true, false],
    later: 'perhaps',
  },
  {
    what: 'dates that takes text',
    from: { type: 'string', format: 'date' },
    to: { type: 'string' },
    values: ['2024-02-29', '0001-01-01'],
    later: 'someday',
  },
];

/** How a destination makes tables, and makes them wider. */
export function tableChecks(): DestinationCheck[] {
  return [
    {
      name: 'a plan only reads',
      async run(run) {
        const tables = twoTables(run);
        await withDestination(run, async (destination) => {
          const plan = await destination.plan(tables);
          expectThat(plan.changes.length > 0, 'there is nothing to do for new tables');
          expectPlain(plan);
          expectSame(await destination.plan(tables), plan, 'the second plan is different');
        });
        for (const table of tables) {
          expectThat((await run.readTable(table)) === null, 'there is a table after a plan');
        }
      },
    },
    {
      name: 'what a plan says is done once, and then nothing is left to do',
      async run(run) {
        const tables = twoTables(run);
        await withDestination(run, async (destination) => {
          const plan = await destination.plan(tables);
          await destination.apply(plan);
          await destination.apply(plan);
          expectSame((await destination.plan(tables)).changes, [], 'there is something left to do');
        });
        for (const table of tables) {
          expectSame(await run.readTable(table), [], 'the table is not there and empty');
        }
      },
    },
    {
      name: 'a writer makes its tables, says so, and then nothing is left to do',
      async run(run) {
        const tables = twoTables(run);
        await withDestination(run, async (destination) => {
          await using writer = await destination.open({ ...request, tables });
          const first = await writer.alter(tables);
          expectThat(first.changes.length > 0, 'it says that nothing was done');
          expectPlain(first);
          expectSame((await writer.alter(tables)).changes, [], 'it says again what it did');
          await run.commit(writer, 'one');
        });
        await withDestination(run, async (destination) => {
          expectSame((await destination.plan(tables)).changes, [], 'there is something left to do');
        });
      },
    },
    {
      name: 'a new column is null in the rows that were there',
      async run(run) {
        const before = new TableModel(tableOf(run.suite));
        await storeAll(run, before, [{ id: 1, name: 'a', size: 3 }]);
        const columns = { ...someColumns, more: { type: ['string', 'null'] } };
        const after = before.as(tableOf(run.suite, { columns }));
        await storeAll(run, after, [{ id: 2, name: 'b', more: 'x' }]);
        await run.expectRows(after);
      },
    },
    {
      name: 'a column that is not wanted any more stays as it is',
      async run(run) {
        const before = new TableModel(tableOf(run.suite));
        await storeAll(run, before, [{ id: 1, name: 'a', size: 3 }]);
        const { size: _gone, ...columns } = someColumns;
        await storeAll(run, new TableModel(tableOf(run.suite, { columns })), [
          { id: 2, name: 'b' },
        ]);
        const rows = (await run.readTable(before.table)) ?? [];
        expectSame(
          rows
            .map(
              ({ values }) => `${canonicalValue(values['id'])} ${canonicalValue(values['size'])}`,
            )
            .toSorted(),
          ['1 3', '2 null'],
          'the column has changed',
        );
      },
    },
    ...widenings.map(({ what, from, to, values, later }): DestinationCheck => ({
      name: `a column of ${what} keeps its values`,
      async run(run) {
        const columns = { id: { type: 'integer' }, value: from };
        const before = new TableModel(tableOf(run.suite, { columns }));
        await storeAll(
          run,
          before,
          values.map((value, id) => ({ id, value })),
        );
        const wider = tableOf(run.suite, { columns: { ...columns, value: to } });
        await storeAll(run, new TableModel(wider), [{ id: values.length, value: later }]);
        const rows = (await run.readTable(wider)) ?? [];
        const found = new Map(rows.map((row) => [Number(row.values['id']), row.values['value']]));
        const problems = [...values, later].flatMap((value, id) => {
          const actual = found.get(id);
          if (canonicalText(actual) === canonicalText(value)) return [];
          return [`${canonicalText(value)} became ${canonicalText(actual)}`];
        });
        expectNone(problems);
      },
    })),
    {
      name: 'tables may change within a transaction',
      async run(run) {
        const table = tableOf(run.suite);
        const model = new TableModel(table);
        const columns = { ...someColumns, more: { type: ['integer', 'null'] } };
        const wider = tableOf(run.suite, { columns });
        const other = new TableModel(tableOf(run.suite, { stream: 'others' }));
        const first = documents([{ id: 1, name: 'a' }]).documents;
        const second = documents([{ id: 2, name: 'b', more: 5 }]).documents;
        await run.write({ tables: [table] }, async (writer) => {
          await writer.store(0, first);
          await writer.alter([wider, other.table]);
          await writer.store(0, second);
          await writer.store(1, first);
          await run.commit(writer, 'one');
        });
        model.store(first);
        other.store(first);
        const after = model.as(wider);
        after.store(second);
        await run.expectRows(after, other);
      },
    },
  ];
}

const someColumns: NonNullable<TableOptions['columns']> = {
  id: { type: 'integer' },
  name: { type: ['string', 'null'] },
  size: { type: ['integer', 'null'] },
};

const request = { task: 'test/task', range: { begin: 0, end: 0xffff_ffff } };

function twoTables({ suite }: DestinationRun): Table[] {
  return [tableOf(suite), tableOf(suite, { stream: 'events', write: 'append', deletes: 'ignore' })];
}

async function withDestination(
  run: DestinationRun,
  body: (destination: Destination) => Promise<void>,
): Promise<void> {
  await using destination = await run.connect();
  await body(destination);
}

/** Writes documents in a transaction of their own. */
export async function storeAll(
  run: DestinationRun,
  model: TableModel,
  objects: readonly object[],
): Promise<void> {
  const batch = documents(objects).documents;
  await run.write({ tables: [model.table] }, async (writer) => {
    await writer.store(0, batch);
    await run.commit(writer, 'stored');
  });
  model.store(batch);
}

function expectPlain({ changes }: Plan): void {
  for (const { description, statement } of changes) {
    expectThat(description.trim() !== '', 'a change has no description');
    expectThat(statement.trim() !== '', 'a change has no statement');
  }
}
