import { parsePointer, shapeOf, ValueClass } from '@fairlead/json';
import {
  doubleQuoted as quote,
  singleQuoted as literal,
  type EffectiveColumn,
} from '@fairlead/sql-materialize';
import { jsonText } from './duckdb-dialect.ts';

/**
 * The expression that makes the JSON text of a row's document: from the column that holds all of it,
 * if there is one, else from all columns, where null means that there is no such member.
 */
export function documentSql(columns: readonly EffectiveColumn[], table: string): string {
  const whole = columns.find(({ column }) => column.pointer === '');
  if (whole !== undefined) return `CAST(${table}.${quote(whole.name)} AS VARCHAR)`;
  const root: Node = { members: new Map() };
  for (const column of columns) {
    let node = root;
    for (const name of parsePointer(column.column.pointer)) {
      const next: Node = node.members.get(name) ?? { members: new Map() };
      node.members.set(name, next);
      node = next;
    }
    node.column = column;
  }
  return objectSql(root, table);
}

/** A place in a document: a column's, or one that has columns in it. */
interface Node {
  column?: EffectiveColumn;
  readonly members: Map<string, Node>;
}

function objectSql(node: Node, table: string): string {
  const members = [...node.members].map(
    ([name, member]) => `${literal(`${JSON.stringify(name)}:`)} || ${valueSql(member, table)}`,
  );
  return `'{' || concat_ws(',', ${members.join(', ')}) || '}'`;
}

function valueSql(node: Node, table: string): string {
  if (node.column === undefined) return `nullif(${objectSql(node, table)}, '{}')`;
  const { column, name, type } = node.column;
  const place = `${table}.${quote(name)}`;
  const text = jsonText(place, type);
  return type.is === 'string' && !mayBeString(column.schema) ? unquotedSql(place, text) : text;
}

/** In a column of strings that is to hold numbers or booleans, what looks like one is one. */
function unquotedSql(place: string, text: string): string {
  const scalar = String.raw`true|false|-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?`;
  return `CASE WHEN regexp_full_match(${place}, '${scalar}') THEN ${place} ELSE ${text} END`;
}

function mayBeString(schema: EffectiveColumn['column']['schema']): boolean {
  const strings = ValueClass.string | ValueClass.date | ValueClass.dateTime | ValueClass.uuid;
  return (shapeOf(schema).classes & strings) !== 0;
}
