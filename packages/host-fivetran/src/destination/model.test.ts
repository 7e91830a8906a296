import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DataType } from '../protocol/common.gen.ts';
import { DestinationConnector } from '../protocol/destination_sdk.gen.ts';
import { type Field, unmodifiedField } from './testing/batch-file-writer.ts';
import { HistoryModel, type Operation, TableModel } from './testing/table-models.ts';
import {
  column,
  historyColumns,
  testDestination,
  type TestDestination,
} from './testing/test-destination.ts';
import { writeRows } from './testing/write-rows.ts';

const { method } = DestinationConnector;
const schemaName = 'model';
const own = [
  column('a!', DataType.INT),
  column('b!', DataType.STRING),
  column('x', DataType.STRING),
  column('y', DataType.DOUBLE),
];

let destination: TestDestination;
let count = 0;
beforeAll(async () => {
  destination = await testDestination();
});
afterAll(() => destination[Symbol.asyncDispose]());

async function createTable(history: boolean) {
  const table = { name: `t${count++}`, columns: history ? [...own, ...historyColumns] : own };
  const { configuration, call } = destination;
  const created = await call(method.createTable, { configuration, schemaName, table });
  expect(created.response).toMatchObject({ case: 'success' });
  return { schemaName, table, history };
}

const success = { case: 'success', value: true };
const key = fc.tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom('', 'k"', 'ü,'));
const text: fc.Arbitrary<Field> = fc.constantFrom(null, '', 'text', '"quoted", \n', 'null');
const number: fc.Arbitrary<Field> = fc.constantFrom(null, '0.5', '-1.0E-4', '9007199254740993');
const unmodified = fc.constant<Field>(unmodifiedField);
const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom('replace', 'update', 'delete'),
  key,
  x: fc.oneof(text, unmodified),
  y: fc.oneof(number, unmodified),
});
/** At most one operation for each key. */
const batch = fc.uniqueArray(operation, { selector: (one) => one.key.join('\t'), maxLength: 9 });

test('what batches leave is what a model has, also when each is written twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
      const written = await createTable(false);
      const model = new TableModel();
      for (const operations of batches) {
        const rows = TableModel.rowsOf(operations);
        for (let times = 0; times < 2; times++) {
          expect(await writeRows(destination, written, rows)).toEqual(success);
        }
        for (const one of operations) model.apply(one);
      }
      const found = await destination.query(
        `SELECT CAST(a AS VARCHAR), b, x, CAST(y AS VARCHAR) FROM model.${written.table.name}`,
      );
      expect(sorted(found)).toEqual(sorted(model.rows()));
    }),
    { numRuns },
  );
});

test('the versions that batches leave are those of a model, also when each is written twice', async () => {
  const change = fc.record({ operation, after: fc.integer({ min: 1, max: 50 }) });
  const batches = fc.array(
    fc.uniqueArray(fc.record({ key, changes: fc.array(change, { minLength: 1, maxLength: 3 }) }), {
      selector: (one) => one.key.join('\t'),
      maxLength: 5,
    }),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      const written = await createTable(true);
      const model = new HistoryModel();
      for (const [index, keys] of all.entries()) {
        const begin = 1000 * (index + 1);
        const rows = model.write(keys, begin);
        for (let times = 0; times < 2; times++) {
          expect(await writeRows(destination, written, rows)).toEqual(success);
        }
      }
      const found = await destination.query(
        `SELECT CAST(a AS VARCHAR), b, x, CAST(y AS VARCHAR), epoch_ms(_fivetran_start), epoch_ms(_fivetran_end), _fivetran_active FROM model.${written.table.name}`,
      );
      expect(sorted(found)).toEqual(sorted(model.rows()));
    }),
    { numRuns },
  );
});

/** Each takes some dozen transactions. */
const numRuns = process.env['CI'] === 'true' ? 60 : 10;

function sorted(rows: readonly (readonly unknown[])[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
