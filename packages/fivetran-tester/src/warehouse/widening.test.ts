import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testWarehouse } from '../testing/test-warehouse.ts';
import type { Cell, DataTypeName } from './column-type.ts';
import type { TableShape } from './table-shape.ts';
import { widestType } from './widest-type.ts';

const widenings: readonly (readonly [DataTypeName, Cell, DataTypeName, Cell, string, unknown[]])[] =
  [
    ['SHORT', 7, 'INT', 70_000, 'INTEGER', [7, 70_000]],
    ['INT', 7, 'LONG', 2n ** 40n, 'BIGINT', ['7', '1099511627776']],
    ['LONG', 7n, 'SHORT', 8, 'BIGINT', ['7', '8']],
    ['LONG', 7n, 'DOUBLE', 0.5, 'DOUBLE', [7, 0.5]],
    ['LONG', 2n ** 53n + 1n, 'DOUBLE', 0.5, 'VARCHAR', ['9007199254740993', '0.5']],
    ['DOUBLE', 0.5, 'LONG', 2n ** 53n + 1n, 'VARCHAR', ['0.5', '9007199254740993']],
    ['INT', 7, 'FLOAT', 0.5, 'DOUBLE', [7, 0.5]],
    ['DECIMAL', '1.25', 'DECIMAL', '1000.5', 'DECIMAL(6,2)', ['1.25', '1000.50']],
    ['DECIMAL', '1.25', 'INT', 70_000, 'DECIMAL(12,2)', ['1.25', '70000.00']],
    ['DECIMAL', '1.25', 'DOUBLE', 1e300, 'VARCHAR', ['1.25', '1e+300']],
    ['DECIMAL', '1.25', 'DECIMAL', '9'.repeat(38), 'VARCHAR', ['1.25', '9'.repeat(38)]],
    ['BOOLEAN', true, 'INT', 1, 'VARCHAR', ['true', '1']],
    ['INT', 1, 'JSON', '{"a":1}', 'VARCHAR', ['1', '{"a":1}']],
    [
      'NAIVE_DATE',
      '2024-02-29',
      'NAIVE_DATETIME',
      '2024-02-29T01:02:03',
      'TIMESTAMP',
      ['2024-02-29 00:00:00', '2024-02-29 01:02:03'],
    ],
    [
      'UTC_DATETIME',
      '2024-02-29T01:02:03Z',
      'STRING',
      'never',
      'VARCHAR',
      ['2024-02-29T01:02:03.000000Z', 'never'],
    ],
    ['BINARY', Uint8Array.of(1, 2, 3), 'STRING', 'text', 'VARCHAR', ['AQID', 'text']],
    ['STRING', 'text', 'INT', 5, 'VARCHAR', ['text', '5']],
  ];

test.each(widenings)('%s %s beside %s %s', async (one, first, other, second, stored, values) => {
  await using file = await testWarehouse();
  const shape = (type: DataTypeName): TableShape => ({
    table: 't',
    key: ['n'],
    columns: [
      { name: 'n', type: { name: 'INT' } },
      { name: 'v', type: { name: type } },
    ],
  });
  await file.warehouse.transaction((tables) => tables.upsert(shape(one), [[1, first]]));
  await file.reopen();
  await file.warehouse.transaction((tables) => tables.upsert(shape(other), [[2, second]]));
  expect((await file.rows('t')).map(({ v }) => v)).toEqual(values);
  expect(await file.warehouse.query('SELECT DISTINCT typeof(v) AS type FROM tester.t')).toEqual([
    { type: stored },
  ]);
});

test('what holds two types holds each of them', () => {
  const names = fc.constantFrom(...typeNames);
  const type = fc
    .tuple(names, fc.integer({ min: 1, max: 38 }), fc.nat(38))
    .map(([name, precision, scale]) =>
      name === 'DECIMAL' ? { name, precision, scale: Math.min(scale, precision) } : { name },
    );
  fc.assert(
    fc.property(type, type, (one, other) => {
      const wide = widestType(one, other);
      expect(widestType(other, one)).toEqual(wide);
      expect(widestType(wide, one)).toEqual(wide);
      expect(widestType(one, one)).toEqual(one);
    }),
  );
});

test('a key is widened with its rows, and taken by another', async () => {
  await using file = await testWarehouse();
  const shape = (key: string[], type: DataTypeName): TableShape => ({
    table: 't',
    key,
    columns: [
      { name: 'a', type: { name: type } },
      { name: 'b', type: { name: 'INT' } },
    ],
  });
  await file.warehouse.transaction((tables) =>
    tables.upsert(shape(['a'], 'INT'), [
      [1, 1],
      [2, 1],
    ]),
  );
  await file.warehouse.transaction((tables) =>
    tables.upsert(shape(['a'], 'STRING'), [
      ['2', 2],
      ['x', 3],
    ]),
  );
  expect(await file.rows('t')).toMatchObject([
    { a: '1', b: 1 },
    { a: '2', b: 2 },
    { a: 'x', b: 3 },
  ]);
  await file.warehouse.transaction((tables) =>
    tables.upsert(shape(['a', 'b'], 'STRING'), [['x', 4]]),
  );
  await file.warehouse.transaction((tables) => tables.ensure(shape([], 'STRING')));
  const rows = await file.rows('t');
  expect(rows).toHaveLength(4);
  expect(rows[0]).toHaveProperty('_fivetran_id');
  await file.warehouse.transaction((tables) => tables.ensure(shape(['b'], 'STRING')));
  expect((await file.rows('t'))[0]).not.toHaveProperty('_fivetran_id');
  const sameKeys = file.warehouse.transaction(async (tables) => {
    await tables.upsert(shape(['b'], 'STRING'), [['1', 7]]);
    await tables.ensure(shape(['a'], 'STRING'));
  });
  await expect(sameKeys).rejects.toMatchObject({ kind: 'data', where: 'table t' });
});

test('holds what a model holds, whatever is written in whatever types', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 4 }),
      async (transactions) => {
        await using file = await testWarehouse();
        const model = new Map<number, ModelRow>();
        for (const changes of transactions) {
          await file.warehouse.transaction(async (tables) => {
            for (const { kind, rows, columns } of changes) {
              const shape: TableShape = {
                table: 't',
                key: ['id'],
                columns: [
                  { name: 'id', type: { name: 'INT' } },
                  ...columns.map(({ name, type }) => ({ name, type: { name: type } })),
                ],
              };
              const cells = rows.map(({ id, seed }) => [
                id,
                ...columns.map(({ type }) => cellOf(type, seed)),
              ]);
              if (kind === 'upsert') await tables.upsert(shape, cells);
              else if (kind === 'update') await tables.update(shape, cells);
              else if (kind === 'delete')
                await tables.delete(
                  keyOnly(shape),
                  cells.map(([id]) => [id ?? null]),
                );
              else await tables.truncate(shape);
              apply(model, kind, shape, cells);
            }
          });
        }
        await file.reopen();
        const stored = (await file.warehouse.counts()).length === 0 ? [] : await file.rows('t');
        const seen = stored.map((row) =>
          Object.entries(row)
            .filter(([, value]) => value !== null)
            .map(([name, value]) => `${name}=${plain(value)}`)
            .toSorted(),
        );
        const expected = [...model].map(([id, { values, deleted }]) =>
          [...Object.entries(values), ['id', id], ['_fivetran_deleted', deleted]]
            .map(([name, value]) => `${String(name)}=${plain(value)}`)
            .toSorted(),
        );
        expect(seen.toSorted(byText)).toEqual(expected.toSorted(byText));
      },
    ),
    { numRuns: 25 },
  );
});

interface ModelRow {
  readonly values: Readonly<Record<string, Cell>>;
  readonly deleted: boolean;
}

type Kind = 'upsert' | 'update' | 'delete' | 'truncate';

function apply(
  model: Map<number, ModelRow>,
  kind: Kind,
  shape: TableShape,
  rows: readonly (readonly Cell[])[],
) {
  if (kind === 'truncate') {
    for (const [id, row] of model) model.set(id, { ...row, deleted: true });
    return;
  }
  for (const [id, ...cells] of rows) {
    const values = Object.fromEntries(
      shape.columns.slice(1).map(({ name }, i) => [name, cells[i] ?? null]),
    );
    const before = model.get(Number(id));
    if (kind === 'upsert') model.set(Number(id), { values, deleted: false });
    else if (before === undefined) continue;
    else if (kind === 'update')
      model.set(Number(id), { ...before, values: { ...before.values, ...values } });
    else model.set(Number(id), { ...before, deleted: true });
  }
}

const scalarTypes = ['BOOLEAN', 'SHORT', 'INT', 'LONG', 'DECIMAL', 'DOUBLE', 'STRING'] as const;
type ScalarType = (typeof scalarTypes)[number];

const typeNames: readonly DataTypeName[] = [
  ...scalarTypes,
  'FLOAT',
  'NAIVE_DATE',
  'NAIVE_DATETIME',
  'UTC_DATETIME',
  'NAIVE_TIME',
  'BINARY',
  'XML',
  'JSON',
];

const change = fc.record({
  kind: fc.constantFrom<Kind>('upsert', 'upsert', 'upsert', 'update', 'delete', 'truncate'),
  rows: fc.array(fc.record({ id: fc.integer({ min: 1, max: 6 }), seed: fc.nat(1000) }), {
    maxLength: 8,
  }),
  columns: fc.uniqueArray(
    fc.record({ name: fc.constantFrom('a', 'b', 'c'), type: fc.constantFrom(...scalarTypes) }),
    { selector: ({ name }) => name, maxLength: 3 },
  ),
});

function cellOf(type: ScalarType, seed: number): Cell {
  switch (type) {
    case 'BOOLEAN':
      return seed % 2 === 0;
    case 'SHORT':
      return seed;
    case 'INT':
      return seed * 100_000;
    case 'LONG':
      return seed % 3 === 0 ? 2n ** 53n + BigInt(seed) : BigInt(seed);
    case 'DECIMAL':
      return `${seed}.${seed % 7}5`;
    case 'DOUBLE':
      return seed / 4;
    case 'STRING':
      return `s${seed}`;
  }
}

function keyOnly(shape: TableShape): TableShape {
  return { ...shape, columns: shape.columns.slice(0, 1) };
}

/** A value without the form that its type gives it. */
function plain(value: unknown): string {
  const text = String(value);
  const [, whole] = /^(-?\d+)(?:\.0*)?$/.exec(text) ?? [];
  return whole ?? text.replace(/^(-?\d+\.\d*?)0+$/, '$1');
}

function byText(a: readonly string[], b: readonly string[]): number {
  return a.join() < b.join() ? -1 : 1;
}
