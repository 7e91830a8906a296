import type { Change, Column } from '@fairlead/sdk';
import type { Dialect } from './dialect.ts';
import type { FlatType } from './flat-type.ts';
import type { Condition } from './widen.ts';

/** What has to be done to a table, and what it looks like then. */
export interface TablePlan {
  readonly name: TableName;
  readonly changes: readonly TableChange[];
  /** Whether the table is there, or will be: it is not created before its types are known. */
  readonly exists: boolean;
  /** The columns that take values. One of which only nulls are known is not created, and takes none. */
  readonly columns: readonly EffectiveColumn[];
}

/** Where a table is. */
export interface TableName {
  readonly schema: string;
  readonly table: string;
}

/** A change, and what the catalog says once it is made, so that it need not be made twice. */
export interface TableChange extends Change {
  readonly table: TableName;
  /** The column whose type changes, and to what, as the destination spells it. */
  readonly retypes?: { readonly column: string; readonly type: string };
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

/** What a destination can say about the rows of a table. It is asked only where the answer decides. */
export interface TableFacts {
  isEmpty(): Promise<boolean>;
  /** Whether the condition holds for all values of a column. */
  holds(column: string, condition: Condition): Promise<boolean>;
}

/** The name of a table as users write it. */
export function describeName(name: TableName): string {
  return `${name.schema}.${name.table}`;
}

/** The name of a table as SQL takes it. */
export function quoteName(dialect: Pick<Dialect, 'quote'>, name: TableName): string {
  return `${dialect.quote(name.schema)}.${dialect.quote(name.table)}`;
}
