import { Op, type KeyComparison, type Table } from '@fairlead/sdk';
import { expectSame, expectThat } from './check.ts';
import { encodeKeys } from './live-keys.ts';
import { tableOf, type DestinationRun } from './materialization-run.ts';
import { documents } from './script.ts';
import { storeAll, type DestinationCheck } from './table-checks.ts';
import { TableModel } from './table-model.ts';

/** How a destination compares its keys with those of a source. */
export function keyChecks(): DestinationCheck[] {
  return [
    {
      name: 'keys are compared with those of a source',
      async run(run) {
        const model = new TableModel(tableOf(run.suite, { columns }));
        await storeAll(run, model, [{ id: 1 }, { id: 2 }, { id: 3 }]);
        await expectComparison(run, model.table, ['[2]', '[4]', '[3]', '[5]'], {
          source: 4,
          rows: 3,
          keys: 3,
          missing: { count: 2, examples: ['[4]', '[5]'] },
          surplus: { count: 1, examples: ['[1]'] },
        });
      },
    },
    {
      name: 'a table that is not there has no keys',
      async run(run) {
        const table = tableOf(run.suite, { columns });
        await expectComparison(run, table, ['[1]'], { ...none, source: 1, missing: only('[1]') });
        await expectComparison(run, table, [], none);
      },
    },
    {
      name: 'rows that are marked as deleted have no keys',
      async run(run) {
        const table = tableOf(run.suite, { columns, deletes: 'soft' });
        await storeAll(run, new TableModel(table), [{ id: 1 }, { id: 2 }]);
        const batch = documents([{ id: 1 }]).documents;
        await run.write({ tables: [table] }, async (writer) => {
          await writer.store(0, { ...batch, ops: Uint8Array.of(Op.delete) });
          await run.commit(writer, 'deleted');
        });
        const counts = { source: 1, rows: 1, keys: 1 };
        await expectComparison(run, table, ['[2]'], { ...none, ...counts });
        await expectComparison(run, table, ['[1]'], {
          ...counts,
          missing: only('[1]'),
          surplus: only('[2]'),
        });
      },
    },
    {
      name: 'rows with one key are told from others',
      async run(run) {
        const table = tableOf(run.suite, { columns, write: 'append', deletes: 'ignore' });
        await storeAll(run, new TableModel(table), [{ id: 1 }, { id: 1 }, { id: 2 }]);
        const counts = { source: 2, rows: 3, keys: 2 };
        const keyed = { ...table, columns: table.columns.map((id) => ({ ...id, key: true })) };
        await expectComparison(run, keyed, ['[1]', '[2]'], { ...none, ...counts });
      },
    },
  ];
}

const columns = { id: { type: 'integer' } } as const;
const nothing = { count: 0, examples: [] };
const none: KeyComparison = { source: 0, rows: 0, keys: 0, missing: nothing, surplus: nothing };

function only(key: string) {
  return { count: 1, examples: [key] };
}

async function expectComparison(
  run: DestinationRun,
  table: Table,
  keys: readonly string[],
  expected: KeyComparison,
): Promise<void> {
  await using destination = await run.connect();
  expectThat(
    destination.compare !== undefined,
    'it compares no keys: say so with compares: false, or have it do so',
  );
  const batches = (async function* () {
    for (const key of keys) yield encodeKeys([key]);
  })();
  expectSame(await destination.compare(table, batches), expected, 'the comparison is different');
}
