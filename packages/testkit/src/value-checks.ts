import { decodeValue, type JsonSchema } from '@fairlead/json';
import type { Documents } from '@fairlead/sdk';
import { expectSame, expectThat } from './check.ts';
import { generateDocuments, generatedSchema } from './generated-stream.ts';
import { streamNames } from './materialization-form-checks.ts';
import { type DestinationRun, tableOf } from './materialization-run.ts';
import { canonicalText, canonicalValue } from './same-value.ts';
import { documents } from './script.ts';
import { type DestinationCheck, storeAll } from './table-checks.ts';
import { TableModel } from './table-model.ts';
import { expectDataFailure } from './write-checks.ts';

/** What becomes of values and of names. */
export function valueChecks(): DestinationCheck[] {
  return [
    ...kinds.map(({ what, schema, values }): DestinationCheck => ({
      name: `${what} come back as they were`,
      async run(run) {
        const columns = { id: { type: 'integer' }, value: withNull(schema) };
        const model = new TableModel(tableOf(run.suite, { columns }));
        const lines = ['null', ...values].map((json, id) => `{"id":${id},"value":${json}}\n`);
        await storeLines(run, model, [...lines, `{"id":${lines.length}}\n`]);
        await run.expectRows(model);
      },
    })),
    {
      name: 'all types in one document, and many documents',
      async run(run) {
        const columns: Record<string, JsonSchema> = generatedSchema.properties;
        const model = new TableModel(tableOf(run.suite, { columns }));
        const batches = [0, 1, 2].map((number) => generateDocuments(number * 400, 400));
        await run.write({ tables: [model.table] }, async (writer) => {
          for (const batch of batches) {
            await writer.store(0, batch);
            model.store(batch);
          }
          await run.commit(writer, 'one');
        });
        await run.expectRows(model);
      },
    },
    {
      name: 'tables of any name are tables of their own',
      async run(run) {
        const models = streamNames.map((stream) => new TableModel(tableOf(run.suite, { stream })));
        const distinct = new Map(
          models.map((model) => [canonicalValue(model.table.resource), model]),
        );
        const chosen = [...distinct.values()];
        await run.write({ tables: chosen.map(({ table }) => table) }, async (writer) => {
          for (const [index, model] of chosen.entries()) {
            const batch = documents([{ id: index, name: `table ${index}` }]).documents;
            await writer.store(index, batch);
            model.store(batch);
          }
          await run.commit(writer, 'one');
        });
        await run.expectRows(...chosen);
      },
    },
    {
      name: 'columns of any name are columns of their own',
      async run(run) {
        const names = [...streamNames, 'id', 'ID', 'Id', 'iD', '$', '_', 'a~b', 'constructor'];
        const columns = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
        const model = new TableModel(tableOf(run.suite, { columns }));
        const rows = ['first', 'second'].map((row) =>
          Object.fromEntries(names.map((name, index) => [name, `${row} ${index}`])),
        );
        await storeAll(run, model, rows);
        await run.expectRows(model);
      },
    },
    {
      name: 'a big document',
      async run(run) {
        const { bigDocumentBytes = 20_000_000 } = run.suite;
        const columns = { id: { type: 'integer' }, text: { type: 'string' } };
        const table = tableOf(run.suite, { columns });
        const text = 'abcdefghijklmnopqrstuvwxyzäöü "quoted" \\ \n'.repeat(bigDocumentBytes / 45);
        const small = documents([{ id: 0, text: 'small' }]).documents;
        await run.write({ tables: [table] }, async (writer) => {
          await writer.store(0, small);
          await writer.store(0, documents([{ id: 1, text }]).documents);
          await writer.store(0, documents([{ id: 2, text: 'small' }]).documents);
          await run.commit(writer, 'one');
        });
        const rows = (await run.readTable(table)) ?? [];
        const found = rows.find(({ values }) => Number(values['id']) === 1)?.values['text'];
        expectThat(rows.length === 3, `there are ${rows.length} rows`);
        expectThat(found === text, 'the text has changed');
      },
    },
    {
      name: 'a text with a null character comes back as it was, or is refused as data',
      run: (run) => expectStoredOrRefused(run, { type: 'string' }, '"a\\u0000b"'),
    },
    ...misfits.map(({ schema, json }): DestinationCheck => ({
      name: `${json} in a column of ${String(schema['format'] ?? schema['type'])} is kept, or refused as data`,
      run: (run) =>
        run.suite.trusting === true ? Promise.resolve() : expectStoredOrRefused(run, schema, json),
    })),
  ];
}

/** Values by the type that a schema gives them, as JSON. */
const kinds: readonly {
  readonly what: string;
  readonly schema: JsonSchema;
  readonly values: readonly string[];
}[] = [
  {
    what: 'integers',
    schema: { type: 'integer' },
    values: ['0', '-1', '9007199254740993', '9223372036854775807', '-9223372036854775808'],
  },
  {
    what: 'wide integers',
    schema: { type: 'integer', 'x-digits': 38 },
    values: ['0', '18446744073709551616', `-${'9'.repeat(38)}`],
  },
  {
    what: 'numbers',
    schema: { type: 'number' },
    values: ['0.1', '-2.5', '1e300', '5e-324', '1.7976931348623157e308', '3', '100.50'],
  },
  {
    what: 'decimals',
    schema: { type: 'number', 'x-digits': 28, 'x-scale': 10 },
    values: ['0.1', '-123456789012345678.0123456789', '0.0000000001', '7'],
  },
  { what: 'booleans', schema: { type: 'boolean' }, values: ['true', 'false'] },
  {
    what: 'texts',
    schema: { type: 'string' },
    values: [
      '""',
      '" "',
      '"null"',
      '"\\\\N"',
      '"a\\tb\\nc\\r\\nd"',
      '"it\'s \\"quoted\\", with \\\\ and /"',
      '"Zürich 北京 🚢"',
      '"\\u00e9\\ud83d\\udea2"',
      '"%s %d \'; drop table orders; --"',
      '"1"',
      '"2024-02-29"',
      `"${'long '.repeat(20_000)}"`,
    ],
  },
  {
    what: 'dates',
    schema: { type: 'string', format: 'date' },
    values: ['"2024-02-29"', '"0001-01-01"', '"9999-12-31"', '"1969-12-31"'],
  },
  {
    what: 'points in time',
    schema: { type: 'string', format: 'date-time' },
    values: [
      '"2024-02-29T23:59:59Z"',
      '"2024-02-29T23:59:59.123456Z"',
      '"1969-12-31T23:59:59.999999Z"',
      '"0001-01-01T00:00:00Z"',
      '"9999-12-31T23:59:59.5Z"',
      '"2024-06-01T12:00:00+05:30"',
    ],
  },
  {
    what: 'UUIDs',
    schema: { type: 'string', format: 'uuid' },
    values: ['"00000000-0000-0000-0000-000000000000"', '"f47ac10b-58cc-4372-a567-0e02b2c3d479"'],
  },
  {
    what: 'arrays',
    schema: { type: 'array' },
    values: ['[]', '[1,"a",null,[true],{"b":1.5}]', '[12345678901234567890.25]'],
  },
  {
    what: 'objects',
    schema: { type: 'object' },
    values: ['{}', '{"a":{"b":[{"c":9007199254740993}]},"":null}', '{"x\\"y":"z\\n"}'],
  },
  {
    what: 'values of any type',
    schema: { type: ['boolean', 'integer', 'number', 'string', 'array', 'object'] },
    values: ['true', '1', '"1"', '1.5', '"text"', '[1]', '{"a":1}', '9007199254740993'],
  },
];

/** Values that a column of this type cannot hold, or perhaps cannot. */
const misfits: readonly { readonly schema: JsonSchema; readonly json: string }[] = [
  { schema: { type: 'integer' }, json: '1.5' },
  { schema: { type: 'integer' }, json: '"text"' },
  { schema: { type: 'integer' }, json: '18446744073709551616' },
  { schema: { type: 'integer' }, json: '{"a":1}' },
  { schema: { type: 'integer' }, json: 'true' },
  { schema: { type: 'number' }, json: '0.12345678901234567890123' },
  { schema: { type: 'number' }, json: '1e400' },
  { schema: { type: 'number' }, json: '"1.5 or so"' },
  { schema: { type: 'boolean' }, json: '1' },
  { schema: { type: 'boolean' }, json: '"yes"' },
  { schema: { type: 'string', format: 'date' }, json: '"2024-02-30"' },
  { schema: { type: 'string', format: 'date' }, json: '"2024-02-29T10:00:00Z"' },
  { schema: { type: 'string', format: 'date-time' }, json: '"2024-02-29"' },
  { schema: { type: 'string', format: 'date-time' }, json: '"2024-02-29T23:59:59.1234567Z"' },
  { schema: { type: 'string', format: 'uuid' }, json: '"no uuid"' },
  { schema: { type: 'string' }, json: '42' },
  { schema: { type: 'string' }, json: '{"a":1}' },
  { schema: { type: 'array' }, json: '"text"' },
];

async function expectStoredOrRefused(
  run: DestinationRun,
  schema: JsonSchema,
  json: string,
): Promise<void> {
  const columns = { id: { type: 'integer' }, value: schema };
  const table = tableOf(run.suite, { columns });
  let refused = false;
  try {
    await storeLines(run, new TableModel(table), [`{"id":1,"value":${json}}\n`]);
  } catch (error) {
    expectDataFailure(error);
    refused = true;
  }
  const rows = (await run.readTable(table)) ?? [];
  const found = rows.map(({ values }) => canonicalText(values['value']));
  const expected = refused ? [] : [canonicalText(decodeValue(Buffer.from(json)))];
  expectSame(found, expected, refused ? 'it is there although it was refused' : 'it has changed');
}

function withNull(schema: JsonSchema): JsonSchema {
  const { type } = schema;
  return { ...schema, type: [...(Array.isArray(type) ? type : [type]), 'null'] };
}

async function storeLines(
  run: DestinationRun,
  model: TableModel,
  lines: readonly string[],
): Promise<void> {
  const batch = linesAsDocuments(lines);
  model.store(batch);
  await run.write({ tables: [model.table] }, async (writer) => {
    await writer.store(0, batch);
    await run.commit(writer, 'stored');
  });
}

function linesAsDocuments(lines: readonly string[]): Documents {
  const parts = lines.map((line) => Buffer.from(line));
  let end = 0;
  const ends = Uint32Array.from(parts, (part) => (end += part.length));
  return { bytes: Buffer.concat(parts), ends };
}
