import { Failure, type Column, type Table } from '@fairlead/sdk';
import { columnNames } from './column-names.ts';
import type { Dialect } from './dialect.ts';
import { flatTypeOf, type FlatType } from './flat-type.ts';
import { planColumn } from './plan-column.ts';
import { describeName, quoteName } from './table-plan.ts';
import type {
  EffectiveColumn,
  ExistingColumn,
  ExistingTable,
  TableChange,
  TableFacts,
  TableName,
  TablePlan,
} from './table-plan.ts';

/** The column that says when a row was deleted, in tables where deletes only mark. */
export const deletedAtName = '_deleted_at';

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
  return request.existing === undefined
    ? createTable(request, columns)
    : await alterTable(request, request.existing, columns);
}

interface WantedColumn {
  readonly column: Column;
  readonly name: string;
  /** Undefined while only nulls are known. */
  readonly type: FlatType | undefined;
}

function nameColumns({ dialect, wanted }: PlanRequest): WantedColumn[] {
  const fields = wanted.columns.map((column) => column.name);
  const names = columnNames(fields, dialect, wanted.deletes === 'soft' ? [deletedAtName] : []);
  return wanted.columns.map((column, i) => ({
    column,
    name: names[i] ?? column.name,
    type: flatTypeOf(column),
  }));
}

function createTable(request: PlanRequest, columns: readonly WantedColumn[]): TablePlan {
  const { dialect, name, wanted } = request;
  const made = columnsOfNewTable(dialect, columns);
  if (made.length === 0) return { name, changes: [], exists: false, columns: [] };
  const definitions = made.map(
    ({ column, name: columnName, sqlType }) =>
      `${dialect.quote(columnName)} ${sqlType}${column.key ? ' NOT NULL' : ''}`,
  );
  if (wanted.deletes === 'soft') {
    definitions.push(`${dialect.quote(deletedAtName)} ${dialect.typeOf(deletedAtType)}`);
  }
  const create: TableChange = {
    table: name,
    description: `create table ${describeName(name)}`,
    statement: dialect.ddl.createTable(quoteName(dialect, name), definitions),
  };
  return { name, changes: [create], exists: true, columns: made };
}

const deletedAtType: FlatType = { is: 'date-time' };

/** None while the type of a key column is not known. Where no type is known, all are strings. */
function columnsOfNewTable(dialect: Dialect, columns: readonly WantedColumn[]): EffectiveColumn[] {
  if (columns.some(({ column, type }) => column.key && type === undefined)) return [];
  const known = columns.filter(({ type }) => type !== undefined);
  return (known.length > 0 ? known : columns).map((wanted) => effective(dialect, wanted));
}

function effective(dialect: Dialect, { column, name, type }: WantedColumn): EffectiveColumn {
  const known: FlatType = type ?? { is: 'string' };
  return { column, name, type: known, sqlType: dialect.typeOf(known) };
}

async function alterTable(
  request: PlanRequest,
  existing: ExistingTable,
  wanted: readonly WantedColumn[],
): Promise<TablePlan> {
  const changes: TableChange[] = [];
  const columns: EffectiveColumn[] = [];
  const matched = new Set<ExistingColumn>();
  for (const column of wanted) {
    const found = findColumn(request.dialect, existing, column.name);
    if (found !== undefined) {
      matched.add(found);
      const planned = await planColumn(request, found, column.column, column.type);
      changes.push(...planned.changes);
      columns.push(planned.column);
    } else if (column.type !== undefined) {
      if (column.column.key) await refuseNewKey(request, column.name);
      const added = effective(request.dialect, column);
      changes.push(addColumn(request, added.name, added.sqlType));
      columns.push(added);
    }
  }
  if (request.wanted.deletes === 'soft') changes.push(...planDeletedAt(request, existing));
  for (const column of existing.columns) {
    if (!matched.has(column) && !column.nullable && !column.hasDefault) {
      changes.push(dropNotNull(request, column.name));
    }
  }
  return { name: request.name, changes, exists: true, columns };
}

function findColumn(
  dialect: Dialect,
  table: ExistingTable,
  name: string,
): ExistingColumn | undefined {
  return (
    table.columns.find((column) => column.name === name) ??
    table.columns.find((column) => dialect.fold(column.name) === dialect.fold(name))
  );
}

async function refuseNewKey({ name, facts }: PlanRequest, column: string): Promise<void> {
  if (await facts.isEmpty()) return;
  throw new Failure('config', `the key column ${column} is missing, and the table has rows`, {
    where: `table ${describeName(name)}`,
    hint: 'Rows without it belong to no key: name another table, or drop this one.',
  });
}

function planDeletedAt(request: PlanRequest, existing: ExistingTable): TableChange[] {
  const found = findColumn(request.dialect, existing, deletedAtName);
  if (found === undefined) {
    return [addColumn(request, deletedAtName, request.dialect.typeOf(deletedAtType))];
  }
  if (request.dialect.parseType(found.type).is === deletedAtType.is) return [];
  throw new Failure('config', `the column ${deletedAtName} is of type ${found.type}`, {
    where: `table ${describeName(request.name)}`,
    hint: 'Soft deletes are marked in it with a time: rename the column, or choose hard deletes.',
  });
}

function addColumn({ dialect, name }: PlanRequest, column: string, type: string): TableChange {
  return {
    table: name,
    description: `add column ${column} ${type} to table ${describeName(name)}`,
    statement: dialect.ddl.addColumn(quoteName(dialect, name), dialect.quote(column), type),
  };
}

function dropNotNull({ dialect, name }: PlanRequest, column: string): TableChange {
  return {
    table: name,
    description: `let column ${column} of table ${describeName(name)} be null`,
    statement: dialect.ddl.dropNotNull(quoteName(dialect, name), dialect.quote(column)),
  };
}
