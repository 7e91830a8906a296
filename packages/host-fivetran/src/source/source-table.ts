import { type JsonSchema, parsePointer } from '@fairlead/json';
import {
  Failure,
  type Json,
  settingsSchema,
  type Source,
  type StreamInfo,
  within,
} from '@fairlead/sdk';
import { reservedEscape, reservedPrefix } from '../function/function-table.ts';
import { isMembers } from '../function/request.ts';
import { type ColumnType, columnTypeOf } from './column-type.ts';

/** The table of a stream. */
export interface SourceTable {
  readonly stream: string;
  /** The settings of the stream's binding. */
  readonly resource: Json;
  /** Absent where a source has one level of names. */
  readonly schema?: string;
  readonly name: string;
  /** In the order of the schema, after those of the key that are inside of a member. */
  readonly columns: readonly SourceColumn[];
}

export interface SourceColumn {
  readonly name: string;
  /** Where a document has it: a member, or for a part of the key a member of members. */
  readonly path: readonly string[];
  readonly isKey: boolean;
  readonly type: ColumnType;
}

/**
 * The tables of the streams that a source offers, in their order.
 * @throws {Failure} config, when two streams would have one table; data, when two members would have
 * one column.
 */
export function sourceTables(
  source: Source,
  offered: readonly StreamInfo[],
): readonly SourceTable[] {
  const level = schemaLevel(source);
  const owners = new Map<string, string>();
  return offered.map((info) => {
    const table = { ...placeOf(source, info, level), ...contentOf(info) };
    const place = JSON.stringify([table.schema, table.name]);
    const owner = owners.get(place);
    if (owner !== undefined) throw sameTable(owner, info.name, table.name);
    owners.set(place, info.name);
    return table;
  });
}

/**
 * The member of a binding's settings that names the schema of its table; undefined for a source with
 * one level of names. Only the form of the source says so, never a name with a dot in it: all tables
 * would move when a stream without one came.
 */
export function schemaLevel({ resource }: Source): string | undefined {
  const { properties } = settingsSchema(resource);
  return schemaMembers.find((name) => isMembers(properties) && Object.hasOwn(properties, name));
}

const schemaMembers = ['schema', 'namespace'] as const;

/** A name that Fivetran does not take for one of its own. */
export function plainName(name: string): string {
  return name.startsWith(reservedPrefix) ? `${reservedEscape}${name}` : name;
}

function placeOf(
  { streamSetting }: Source,
  { name, resource }: StreamInfo,
  level: string | undefined,
): Pick<SourceTable, 'schema' | 'name'> {
  const schema = level === undefined ? undefined : textIn(resource, level);
  if (schema === undefined) return { name: plainName(name) };
  const own = streamSetting === undefined ? undefined : textIn(resource, streamSetting);
  return { schema: plainName(schema), name: plainName(own ?? name) };
}

function textIn(resource: Json, member: string): string | undefined {
  const value = isMembers(resource) ? resource[member] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function contentOf({ name, key, schema, resource }: StreamInfo): Omit<SourceTable, 'name'> {
  const paths = key.map(parsePointer);
  const isKey = (member: string) =>
    paths.some(([first, ...more]) => first === member && more.length === 0);
  const nested = paths
    .filter((path) => path.length !== 1)
    .map((path) => ({
      name: plainName(path.join('_')),
      path,
      isKey: true,
      type: columnTypeOf(schemaAt(schema, path)),
    }));
  const members = membersOf(schema);
  const unknown = paths.filter(([first = '', ...more]) => more.length === 0 && !members.has(first));
  const plain = [...members, ...unknown.map(([first = '']) => [first, {}] as const)].map(
    ([member, content]) => ({
      name: plainName(member),
      path: [member],
      isKey: isKey(member),
      type: columnTypeOf(content),
    }),
  );
  const columns = [...nested, ...plain];
  const names = new Set<string>();
  for (const column of columns) {
    if (names.has(column.name)) throw within(`stream ${name}`, sameColumn(column.name));
    names.add(column.name);
  }
  return { stream: name, resource, columns };
}

/** The members that a schema knows. */
export function membersOf(schema: JsonSchema): ReadonlyMap<string, JsonSchema> {
  const parts = Array.isArray(schema['allOf']) ? schema['allOf'].filter(isMembers) : [];
  const found = new Map(parts.flatMap((part) => [...membersOf(part)]));
  const { properties } = schema;
  for (const [name, content] of isMembers(properties) ? Object.entries(properties) : []) {
    found.set(name, isMembers(content) ? content : {});
  }
  return found;
}

function schemaAt(schema: JsonSchema, path: readonly string[]): JsonSchema {
  return path.reduce<JsonSchema>((at, name) => membersOf(at).get(name) ?? {}, schema);
}

function sameTable(one: string, other: string, table: string): Failure {
  return new Failure('config', `the streams ${one} and ${other} go into one table, ${table}`, {
    hint: 'Give one of them another name in the source.',
  });
}

/** The failure of a table that would have one column twice. */
export function sameColumn(column: string): Failure {
  return new Failure('data', `two members of a document go into one column, ${column}`, {
    hint: 'Give one of them another name in the source, or leave the table out.',
  });
}
