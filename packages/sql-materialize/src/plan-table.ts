import { Failure, type Change, type Column, type Table } from '@fairlead/sdk';
import { columnNames } from './column-names.ts';
import type { Dialect, StoredType } from './dialect.ts';
import { flatTypeOf, type FlatType } from './flat-type.ts';
import { sameType, widenings, type Condition } from './widen.ts';

/** The column that says when a row was deleted, in tables where deletes only mark. */
export const deletedAtName = '_deleted_at';

/** A table that is there. */
export interface ExistingTable {
  readonly columns: readonly ExistingColumn[];
}

export interface ExistingColumn {
  readonly name: string;
  /** As the destination's catalog spells it. */
  readonly type: string;
  readonly nullable: boolean;
  readonly hasDefault: boolean;
}

/** Where a table is. */
export interface TableName {
  readonly schema: string;
  readonly table: string;
}

/** What the destination knows of a table's rows; asked only where the answer decides. */
export interface TableFacts {
  isEmpty(): Promise<boolean>;
  holds(column: string, condition: Condition): Promise<boolean>;
}

/** A change, and what the catalog says once it is made, so that it need not be made twice. */
export interface TableChange extends Change {
  readonly changes: TableName;
  /** The column that the change is about, and the type that it gives it. */
  readonly column?: { readonly name: string; readonly type?: string };
}

/** A column as it is, or will be once the changes are made. */
export interface EffectiveColumn {
  readonly column: Column;
  /** What the destination calls it. */
  readonly name: string;
  readonly type: FlatType;
  /** The type in the destination's own words. */
  readonly sqlType: string;
}

export interface TablePlan {
  readonly name: TableName;
  readonly changes: readonly TableChange[];
  /** Whether the table is there, or will be. It is not created before all types of its key are known. */
  readonly exists: boolean;
  /** Columns that take values. One of which only nulls are known is not created, and takes none. */
  readonly columns: readonly EffectiveColumn[];
}

export interface PlanRequest {
  readonly dialect: Dialect;
  readonly name: TableName;
  readonly wanted: Pick<Table, 'columns' | 'deletes'>;
  /** Undefined when there is no such table. */
  readonly existing: ExistingTable | undefined;
  readonly facts: TableFacts;
}

/**
 * What has to be done to a table before documents fit: it is created, gets more columns, wider
 * types, fewer NOT NULLs. Nothing is ever dropped, and columns that nobody asks for stay.
 * @throws {Failure} config where a column cannot take the values without loss.
 */
export async function planTable(request: PlanRequest): Promise<TablePlan> {
  const columns = nameColumns(request);
  const { existing, name } = request;
  if (existing !== undefined) return alterTable(request, existing, columns);
  const made = columnsToCreate(columns);
  if (made.length === 0) return { name, changes: [], exists: false, columns: [] };
  return { name, changes: [createTable(request, made)], exists: true, columns: made };
}

/** The name of a table as users write it. */
export function describeName(name: TableName): string {
  return `${name.schema}.${name.table}`;
}

/** The name of a table, quoted. */
export function quoteName(dialect: Dialect, name: TableName): string {
  return `${dialect.quote(name.schema)}.${dialect.quote(name.table)}`;
}

interface WantedColumn {
  readonly column: Column;
  readonly name: string;
  /** Undefined while only nulls are known. */
  readonly type: FlatType | undefined;
}

function nameColumns({ dialect, wanted }: PlanRequest): WantedColumn[] {
  const taken = wanted.deletes === 'soft' ? [deletedAtName] : [];
  const fields = wanted.columns.map((column) => column.name);
  const names = columnNames(fields, dialect, taken);
  return wanted.columns.map((column, i) => ({
    column,
    name: names[i] ?? column.name,
    type: flatTypeOf(column),
  }));

  
}
