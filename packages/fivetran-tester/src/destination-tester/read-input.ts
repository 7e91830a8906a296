import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeValue, JsonSyntaxError } from '@fairlead/json';
import { closest, describeIssues, Failure } from '@fairlead/sdk';
import { z } from 'zod';
import type { ColumnType } from '../warehouse/column-type.ts';
import { isTypeName, type KnownTable } from './known-table.ts';

/** A row of an input file, by column. */
export type InputRow = Readonly<Record<string, unknown>>;

export type WriteName = 'upsert' | 'update' | 'delete' | 'soft_delete';

/** One thing that an input file asks for. */
export type Step =
  | { readonly is: 'create' | 'alter'; readonly table: KnownTable }
  | { readonly is: 'describe'; readonly table: string }
  | {
      readonly is: 'write';
      readonly op: WriteName;
      readonly table: string;
      readonly rows: readonly InputRow[];
    }
  | { readonly is: 'truncate'; readonly table: string; readonly soft: boolean }
  | { readonly is: 'migrate'; readonly name: string; readonly terms: MigrationTerms };

/** What a migration is told: names, a type, a value, a time. */
export type MigrationTerms = z.infer<typeof Terms>;

/** The names of the input files of a folder, in the order in which they are done. */
export async function inputFiles(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const inputs = names.filter((name) => name !== 'configuration.json').toSorted();
  if (inputs.length > 0) return inputs;
  throw new Failure('config', 'there is no input file, NAME.json', { where: folder });
}

/**
 * What a file asks for, in its own order.
 * @throws {Failure} config, when it is not as the tester of Fivetran takes it.
 */
export async function readInput(folder: string, name: string): Promise<readonly Step[]> {
  const value = parse(await readFile(join(folder, name)), name);
  const parsed = Input.safeParse(value);
  if (!parsed.success) {
    throw new Failure('config', describeIssues(parsed.error.issues), { where: name });
  }
  const input = parsed.data;
  const steps: Step[] = [];
  // The schema would give its own order.
  for (const part of Object.keys(value as object)) {
    switch (part) {
      case 'create_table':
      case 'alter_table':
        steps.push(...tableSteps(input[part] ?? {}, part === 'alter_table' ? 'alter' : 'create'));
        break;
      case 'ops':
        steps.push(...(input.ops ?? []).flatMap(opSteps));
        break;
      case 'schema_migration':
        for (const migration of input.schema_migration ?? []) {
          for (const [kind, terms] of Object.entries(migration)) {
            steps.push({ is: 'migrate', name: kind, terms });
          }
        }
        break;
      case 'describe_table':
        for (const table of input.describe_table ?? []) steps.push({ is: 'describe', table });
        break;
    }
  }
  return steps;
}

/**
 * The type that a text or an object of an input file names.
 * @throws {Failure} config
 */
export function readType(given: z.infer<typeof Type>, where: string): ColumnType {
  const { type, ...digits } = typeof given === 'string' ? { type: given } : given;
  const name = type.toUpperCase();
  if (!isTypeName(name)) {
    const near = closest(name, typeWords);
    const hint = near === undefined ? {} : { hint: `Did you mean ${near}?` };
    throw new Failure('config', `there is no type ${type}`, { where, ...hint });
  }
  const { precision, scale } = { precision: undefined, scale: undefined, ...digits };
  return precision === undefined ? { name } : { name, precision, scale: scale ?? 0 };
}

const typeWords =
  'BOOLEAN SHORT INT LONG DECIMAL FLOAT DOUBLE NAIVE_DATE NAIVE_DATETIME UTC_DATETIME NAIVE_TIME BINARY XML STRING JSON'.split(
    ' ',
  );

const Type = z.union([
  z.string(),
  z.looseObject({
    type: z.string(),
    precision: z.int().min(1).max(38).optional(),
    scale: z.int().min(0).max(37).optional(),
  }),
]);
const Table = z.looseObject({
  columns: z.record(z.string(), Type),
  primary_key: z.array(z.string()).default([]),
  history_mode: z.boolean().default(false),
});
const Rows = z.record(z.string(), z.array(z.record(z.string(), z.unknown())));
const Names = z.array(z.string());
const Op = z.strictObject({
  upsert: Rows.optional(),
  update: Rows.optional(),
  delete: Rows.optional(),
  soft_delete: Rows.optional(),
  truncate_before: Names.optional(),
  soft_truncate_before: Names.optional(),
});
const Terms = z.record(z.string(), z.union([z.string(), z.boolean(), z.number(), z.null()]));
const Input = z.strictObject({
  create_table: z.record(z.string(), Table).optional(),
  alter_table: z.record(z.string(), Table).optional(),
  ops: z.array(Op).optional(),
  schema_migration: z.array(z.record(z.string(), Terms)).optional(),
  describe_table: Names.optional(),
});

function parse(bytes: Uint8Array, where: string): unknown {
  try {
    return decodeValue(bytes);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new Failure('config', `the file is no JSON: ${error.message}`, { where });
  }
}

function tableSteps(
  tables: Readonly<Record<string, z.infer<typeof Table>>>,
  is: 'create' | 'alter',
): readonly Step[] {
  return Object.entries(tables).map(([name, { columns, primary_key: key, history_mode }]) => {
    const types = Object.entries(columns).map(
      ([column, type]) => [column, readType(type, `table ${name}, column ${column}`)] as const,
    );
    return { is, table: { name, columns: new Map(types), key, isHistory: history_mode } };
  });
}

function opSteps(op: z.infer<typeof Op>): readonly Step[] {
  const writes = (['upsert', 'update', 'delete', 'soft_delete'] as const).flatMap((name) =>
    Object.entries(op[name] ?? {}).map(([table, rows]): Step => ({
      is: 'write',
      op: name,
      table,
      rows,
    })),
  );
  const truncates = (['truncate_before', 'soft_truncate_before'] as const).flatMap((name) =>
    (op[name] ?? []).map((table): Step => ({
      is: 'truncate',
      table,
      soft: name === 'soft_truncate_before',
    })),
  );
  return [...writes, ...truncates];
}
