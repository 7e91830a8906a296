import { create } from '@bufbuild/protobuf';
import { DataType, TableSchema, type Column, type Table } from '@fairlead/host-fivetran/protocol';
import type { ColumnType, DataTypeName } from '../warehouse/column-type.ts';

/** A table of a destination, without the columns that Fivetran adds. */
export interface KnownTable {
  readonly name: string;
  /** By name, in order. */
  readonly columns: ReadonlyMap<string, ColumnType>;
  /** Empty where rows are told apart by `_fivetran_id`. */
  readonly key: readonly string[];
  /** Whether each version of a row is kept. */
  readonly isHistory: boolean;
}

/** What rows are told apart by. */
export function keyOf({ key }: KnownTable): readonly string[] {
  return key.length === 0 ? ['_fivetran_id'] : key;
}

/** All columns of a table, with those that Fivetran adds, and their types. */
export function allColumns(table: KnownTable): ReadonlyMap<string, ColumnType> {
  const added: readonly (readonly [string, DataTypeName])[] = [
    ...(table.key.length === 0 ? ([['_fivetran_id', 'STRING']] as const) : []),
    ...(table.isHistory ? historyColumns : ([['_fivetran_deleted', 'BOOLEAN']] as const)),
    ['_fivetran_synced', 'UTC_DATETIME'],
  ];
  return new Map([
    ...table.columns,
    ...added.map(([name, type]) => [name, { name: type }] as const),
  ]);
}

/** The table as the protocol has it. */
export function tableMessage(table: KnownTable): Table {
  const key = [...keyOf(table), ...(table.isHistory ? ['_fivetran_start'] : [])];
  const columns = [...allColumns(table)].map(([name, type]) => ({
    name,
    type: DataType[type.name],
    primaryKey: key.includes(name),
    ...paramsOf(type),
  }));
  return create(TableSchema, { name: table.name, columns });
}

/** A table as a destination has described it. */
export function describedTable({ name, columns }: Table): KnownTable {
  const own = columns.filter((column) => !system.has(column.name));
  return {
    name,
    columns: new Map(own.map((column) => [column.name, typeOfColumn(column)])),
    key: own.filter(({ primaryKey }) => primaryKey).map((column) => column.name),
    isHistory: columns.some((column) => column.name === '_fivetran_start'),
  };
}

/** The type of a column of the protocol; `STRING` where it says none. */
function typeOfColumn({ type, params }: Column): ColumnType {
  const name = typeNames.get(type) ?? 'STRING';
  if (params?.params.case !== 'decimal') return { name };
  const { precision, scale } = params.params.value;
  return { name, precision, scale };
}

/** The types of the protocol by their numbers. */
const typeNames: ReadonlyMap<number, DataTypeName> = new Map(
  Object.entries(DataType).flatMap(([name, value]) =>
    name === 'UNSPECIFIED' ? [] : [[value, name as DataTypeName]],
  ),
);

/** Whether there is a type of this name. */
export function isTypeName(name: string): name is DataTypeName {
  return name !== 'UNSPECIFIED' && Object.hasOwn(DataType, name);
}

const historyColumns = [
  ['_fivetran_start', 'UTC_DATETIME'],
  ['_fivetran_end', 'UTC_DATETIME'],
  ['_fivetran_active', 'BOOLEAN'],
] as const;

const system = new Set([
  '_fivetran_id',
  '_fivetran_deleted',
  '_fivetran_synced',
  ...historyColumns.map(([name]) => name),
]);

function paramsOf({ name, precision, scale }: ColumnType) {
  if (name !== 'DECIMAL' || precision === undefined) return {};
  const decimal = { precision, scale: scale ?? 0 };
  return { params: { params: { case: 'decimal', value: decimal } } } as const;
}
