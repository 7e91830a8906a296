import type { Column } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { ansiDialect } from './ansi-dialect.ts';
import { planTable } from './plan-table.ts';
import type { ExistingColumn, TableFacts, TablePlan } from './table-plan.ts';

const string = { type: 'string' };
const integer = { type: 'integer' };
const double = { type: 'number' };

function column(name: string, schema: Column['schema'], key = false): Column {
  return { name, pointer: `/${name}`, schema, key };
}

function existing(name: string, type: string, more: Partial<ExistingColumn> = {}): ExistingColumn {
  return { name, type, nullable: true, hasDefault: false, ...more };
}

interface Case {
  readonly columns: readonly Column[];
  readonly existing?: readonly ExistingColumn[];
  readonly deletes?: 'hard' | 'soft';
  readonly isEmpty?: boolean;
  readonly holds?: boolean;
}

function plan(given: Case): Promise<TablePlan> {
  const facts: TableFacts = {
    isEmpty: async () => given.isEmpty ?? false,
    holds: async () => given.holds ?? false,
  };
  return planTable({
    dialect: ansiDialect,
    name: { schema: 'shop', table: 'orders' },
    wanted: { columns: given.columns, deletes: given.deletes ?? 'hard' },
    existing: given.existing === undefined ? undefined : { columns: given.existing },
    facts,
  });
}

async function statements(given: Case): Promise<string[]> {
  return (await plan(given)).changes.map(({ statement }) => statement);
}

describe('a table that is not there', () => {
  test('is created with the columns whose types are known, those of the key not null', async () => {
    const { changes, columns, exists } = await plan({
      columns: [
        column('id', integer, true),
        column('note', string),
        column('no"thing', { type: 'null' }),
      ],
    });
    expect(exists).toBe(true);
    expect(changes).toEqual([
      {
        table: { schema: 'shop', table: 'orders' },
        description: 'create table shop.orders',
        statement:
          'CREATE TABLE IF NOT EXISTS "shop"."orders" (\n  "id" INTEGER NOT NULL,\n  "note" STRING\n)',
      },
    ]);
    expect(columns.map(({ name, sqlType }) => [name, sqlType])).toEqual([
      ['id', 'INTEGER'],
      ['note', 'STRING'],
    ]);
  });

  test('gets a column for the time of soft deletes, whose name no field takes', async () => {
    const [statement] = await statements({
      columns: [column('_DELETED_AT', integer)],
      deletes: 'soft',
    });
    expect(statement).toContain('"_DELETED_AT_2" INTEGER,\n  "_deleted_at" DATE-TIME');
  });

  test('waits for the types of its key', async () => {
    const { changes, exists } = await plan({
      columns: [column('id', { type: 'null' }, true), column('note', string)],
    });
    expect({ changes, exists }).toEqual({ changes: [], exists: false });
  });

  test('has strings where no type is known at all, as it needs a column', async () => {
    expect(await statements({ columns: [column('a', { type: 'null' })] })).toEqual([
      'CREATE TABLE IF NOT EXISTS "shop"."orders" (\n  "a" STRING\n)',
    ]);
  });

  test('is not created without columns', async () => {
    expect(await plan({ columns: [] })).toMatchObject({ changes: [], exists: false });
  });
});

describe('a table that is there', () => {
  test('is left alone when it fits', async () => {
    const { changes, columns } = await plan({
      columns: [column('id', integer, true), column('Note', string)],
      existing: [existing('id', 'INTEGER', { nullable: false }), existing('note', 'STRING')],
    });
    expect(changes).toEqual([]);
    expect(columns.map(({ name }) => name)).toEqual(['id', 'note']);
  });

  test('keeps a column that is wider than what comes', async () => {
    const { changes, columns } = await plan({
      columns: [column('a', integer), column('b', { type: 'number', 'x-digits': 5, 'x-scale': 1 })],
      existing: [existing('a', 'STRING'), existing('b', 'DECIMAL(10,2)')],
    });
    expect(changes).toEqual([]);
    expect(columns.map(({ sqlType, type }) => [sqlType, type.is])).toEqual([
      ['STRING', 'string'],
      ['DECIMAL(10,2)', 'decimal'],
    ]);
  });

  test('gets what is missing, wider types and fewer NOT NULLs, and keeps the rest', async () => {
    const { changes } = await plan({
      columns: [
        column('id', integer, true),
        column('a', {}),
        column('new', double),
        column('nil', { type: 'null' }),
      ],
      existing: [
        existing('id', 'SMALLINT', { nullable: false }),
        existing('a', 'INTEGER', { nullable: false }),
        existing('old', 'UUID', { nullable: false }),
        existing('filled', 'UUID', { nullable: false, hasDefault: true }),
      ],
      deletes: 'soft',
    });
    expect(changes.map(({ description }) => description)).toEqual([
      'change column id of table shop.orders from SMALLINT to INTEGER',
      'let column a of table shop.orders be null',
      'change column a of table shop.orders from INTEGER to JSON',
      'add column new NUMBER to table shop.orders',
      'add column _deleted_at DATE-TIME to table shop.orders',
      'let column old of table shop.orders be null',
    ]);
    expect(changes[2]).toMatchObject({
      statement: 'ALTER TABLE "shop"."orders" ALTER COLUMN "a" TYPE JSON USING CAST("a" AS JSON)',
      retypes: { column: 'a', type: 'JSON' },
    });
  });

  test.each([
    { holds: true, type: 'NUMBER' },
    { holds: false, type: 'STRING' },
  ])('takes doubles as $type when its integers being safe is $holds', async ({ holds, type }) => {
    const { columns } = await plan({
      columns: [column('a', double)],
      existing: [existing('a', 'INTEGER')],
      holds,
    });
    expect(columns[0]?.sqlType).toBe(type);
  });

  test('is not asked about its rows when the answer decides nothing', async () => {
    const never = async (): Promise<never> => expect.unreachable();
    await planTable({
      dialect: ansiDialect,
      name: { schema: 'shop', table: 'orders' },
      wanted: { columns: [column('a', integer), column('b', string)], deletes: 'hard' },
      existing: { columns: [existing('a', 'INTEGER')] },
      facts: { isEmpty: never, holds: never },
    });
  });

  test('keeps the type of a column of which only nulls are known', async () => {
    const { changes, columns } = await plan({
      columns: [column('a', { type: 'null' })],
      existing: [existing('a', 'UUID')],
    });
    expect(changes).toEqual([]);
    expect(columns[0]?.sqlType).toBe('UUID');
  });

  test('gets a new key column only while it is empty', async () => {
    const given: Case = {
      columns: [column('id', integer, true)],
      existing: [existing('a', 'UUID')],
    };
    expect(await statements({ ...given, isEmpty: true })).toHaveLength(1);
    await expect(plan(given)).rejects.toMatchObject({
      kind: 'config',
      where: 'table shop.orders',
      message: 'the key column id is missing, and the table has rows',
    });
  });

  test('of a foreign type is refused, naming both types', async () => {
    const given: Case = { columns: [column('a', string)], existing: [existing('a', 'BLOB[]')] };
    await expect(plan(given)).rejects.toMatchObject({
      name: 'Failure',
      kind: 'config',
      message: 'column a of type BLOB[] cannot take STRING values without loss',
    });
  });

  test('cannot mark deletes in a column of another type', async () => {
    const given: Case = {
      columns: [],
      existing: [existing('_deleted_at', 'STRING')],
      deletes: 'soft',
    };
    await expect(plan(given)).rejects.toMatchObject({ kind: 'config' });
  });

  test('is refused where the destination cannot change a type in place', async () => {
    const ddl = { ...ansiDialect.ddl, changeType: () => undefined };
    const planned = planTable({
      dialect: { ...ansiDialect, ddl },
      name: { schema: 'shop', table: 'orders' },
      wanted: { columns: [column('a', string)], deletes: 'hard' },
      existing: { columns: [existing('a', 'INTEGER')] },
      facts: { isEmpty: async () => false, holds: async () => false },
    });
    await expect(planned).rejects.toMatchObject({ kind: 'config' });
  });
});
