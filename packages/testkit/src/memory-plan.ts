import type { Change, Table } from '@fairlead/sdk';
import type { MemoryColumn, MemoryDisk, MemoryTable } from './memory-disk.ts';

/** A table, and the columns that it must have. */
export interface Definition {
  readonly table: string;
  readonly columns: readonly MemoryColumn[];
}

/** What has to be done so that documents of `table` fit, when it now is as `existing` says. */
export function planTable(
  name: string,
  { columns }: Pick<Table, 'columns'>,
  existing: readonly MemoryColumn[] | undefined,
): Change[] {
  if (existing === undefined) {
    const wanted = columns.map(({ name: column, schema, key }) => ({
      name: column,
      types: typesOf(schema),
      key,
    }));
    return [change(`create table ${name}`, { table: name, columns: wanted })];
  }
  return columns.flatMap((column) => {
    const found = existing.find((known) => known.name === column.name);
    const wanted = typesOf(column.schema);
    if (found === undefined) {
      const added = { name: column.name, types: wanted, key: column.key };
      return [change(`add column ${column.name} to ${name}`, { table: name, columns: [added] })];
    }
    if (wanted.every((type) => found.types.includes(type))) return [];
    const types = [...new Set([...found.types, ...wanted])].sort();
    const widened = { ...found, types };
    return [change(`widen column ${column.name} of ${name}`, { table: name, columns: [widened] })];
  });
}

/** The definition that a planned change asks for. */
export function definitionOf({ statement }: Change): Definition {
  // Statements are made by `change` below, and nowhere else.
  return JSON.parse(statement) as Definition;
}

/** Columns after a definition: those that it names are as it says, the others as they were. */
export function define(
  existing: readonly MemoryColumn[] | undefined,
  { columns }: Definition,
): readonly MemoryColumn[] {
  const kept = (existing ?? []).map(
    (column) => columns.find(({ name }) => name === column.name) ?? column,
  );
  const added = columns.filter(({ name }) => !kept.some((column) => column.name === name));
  return [...kept, ...added];
}

/** Makes a table on the disk what the definition says. */
export function applyDefinition(disk: MemoryDisk, definition: Definition): void {
  const existing = disk.tables.get(definition.table);
  const columns = define(existing?.columns, definition);
  if (existing !== undefined) existing.columns = columns;
  else disk.tables.set(definition.table, newTable(columns));
}

/** The JSON type of a value that is written so. */
export function typeOf(json: string): string {
  switch (json[0]) {
    case '"':
      return 'string';
    case '{':
      return 'object';
    case '[':
      return 'array';
    case 't':
    case 'f':
      return 'boolean';
    case 'n':
      return 'null';
    default:
      return /[.eE]/.test(json) ? 'number' : 'integer';
  }
}

function newTable(columns: readonly MemoryColumn[]): MemoryTable {
  return { columns, rows: new Map(), applied: new Set(), nextNumber: 0 };
}

function change(description: string, definition: Definition): Change {
  return { description, statement: JSON.stringify(definition) };
}

const allTypes = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

function typesOf({ type }: Table['columns'][number]['schema']): string[] {
  if (type === undefined) return allTypes;
  const types = (Array.isArray(type) ? type : [type]).map(String).filter((name) => name !== 'null');
  if (types.includes('number')) types.push('integer');
  return [...new Set(types)].sort();
}
