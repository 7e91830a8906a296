import {
  DataType,
  type Column,
  type SchemaChange,
  type SchemaResponse,
  type Table,
} from '@fairlead/host-fivetran/protocol';
import { Failure } from '@fairlead/sdk';
import type { ColumnType, DataTypeName } from '../warehouse/column-type.ts';

/** A table as the source has declared it. */
export interface DeclaredTable {
  readonly schema?: string;
  readonly table: string;
  /** Of the columns whose type was declared; undefined for those that are to be inferred. */
  readonly columns: ReadonlyMap<string, ColumnType | undefined>;
  readonly key: readonly string[];
}

/** Tables by {@link tableId}. */
export type SourceSchema = ReadonlyMap<string, DeclaredTable>;

/** What tells a table from all others. */
export function tableId(schema: string | undefined, table: string): string {
  return schema === undefined ? table : `${schema}.${table}`;
}

/**
 * The tables of a schema or of a change to it.
 * @throws {Failure} data when it names a table or a column twice, or not at all.
 */
export function declaredTables(
  answer: SchemaResponse['response'] | SchemaChange['change'],
): SourceSchema {
  const tables = new Map<string, DeclaredTable>();
  const add = (table: Table, schema?: string) => {
    const id = tableId(schema, table.name);
    if (table.name === '' || schema === '') throw misdeclared('a name is empty', `table ${id}`);
    if (tables.has(id)) throw misdeclared('the table is declared twice', `table ${id}`);
    tables.set(id, declaredTable(table, schema, `table ${id}`));
  };
  if (answer.case === 'withoutSchema') for (const table of answer.value.tables) add(table);
  if (answer.case === 'withSchema') {
    for (const { name, tables: inner } of answer.value.schemas) {
      for (const table of inner) add(table, name);
    }
  }
  return tables;
}

function declaredTable(
  { name, columns }: Table,
  schema: string | undefined,
  where: string,
): DeclaredTable {
  const types = new Map<string, ColumnType | undefined>();
  for (const column of columns) {
    const place = `${where}, column ${column.name}`;
    if (column.name === '') throw misdeclared('a name is empty', where);
    if (types.has(column.name)) throw misdeclared('the column is declared twice', place);
    types.set(column.name, typeOf(column));
  }
  const key = columns.filter(({ primaryKey }) => primaryKey).map((column) => column.name);
  return { ...(schema === undefined ? {} : { schema }), table: name, columns: types, key };
}

function typeOf({ type, params }: Column): ColumnType | undefined {
  const name = names.get(type);
  if (name !== 'DECIMAL' || params?.params.case !== 'decimal') return name && { name };
  const { precision, scale } = params.params.value;
  const isPossible = precision >= 1 && precision <= 38 && scale <= precision;
  return isPossible ? { name, precision, scale } : { name };
}

const names: ReadonlyMap<number, DataTypeName> = new Map(
  Object.entries(DataType).flatMap(([name, value]) =>
    name === 'UNSPECIFIED' ? [] : [[value, name as DataTypeName]],
  ),
);

function misdeclared(problem: string, where: string): Failure {
  return new Failure('data', `the schema cannot be taken: ${problem}`, { where });
}
