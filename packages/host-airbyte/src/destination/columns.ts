import { ValueClass, type JsonSchema } from '@fairlead/json';
import type { Column } from '@fairlead/sdk';
import { stampedColumns } from './stamp.ts';

/** What a column of Airbyte holds, in the terms of what a value must be to fit it. */
export type ColumnKind =
  | 'boolean'
  | 'integer'
  | 'number'
  | 'string'
  | 'date'
  | 'date-time'
  | 'object'
  | 'array'
  | 'any';

export interface StreamColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Whether it is part of the key. */
  readonly key: boolean;
}

/**
 * The columns of a stream, in the order of its schema; those of the key are there in any case.
 *
 * Times, and date-times without zone, are strings. A property that may hold several types, or whose
 * type is not known, takes any value.
 */
export function streamColumns(schema: JsonSchema, key: readonly string[]): readonly StreamColumn[] {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const names = [...new Set([...key, ...Object.keys(properties)])].filter(
    (name) => !reserved.has(name),
  );
  return names.map((name) => ({
    name,
    kind: kindOf(Object.hasOwn(properties, name) ? properties[name] : undefined),
    key: key.includes(name),
  }));
}

/** Names of columns that are not the source's. */
export const reserved: ReadonlySet<string> = new Set(stampedColumns);

/** The columns as a table has them, those that a destination adds first. */
export function tableColumns(columns: readonly StreamColumn[]): readonly Column[] {
  const added = stampedColumns.map((name, index): Column => ({
    name,
    pointer: `/${name}`,
    schema: stampedSchemas[index] ?? {},
    key: false,
  }));
  const own = columns.map(({ name, kind, key }): Column => ({
    name,
    pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    schema: key ? schemas[kind] : nullable(schemas[kind]),
    key,
  }));
  return [...own.filter(({ key }) => key), ...added, ...own.filter(({ key }) => !key)];
}

/** The {@link ValueClass} bits of what fits a column; null does not fit a key. */
export function acceptedClasses({ kind, key }: StreamColumn): number {
  return key ? accepted[kind] & ~ValueClass.null : accepted[kind] | ValueClass.null;
}

const stampedSchemas: readonly JsonSchema[] = [
  { type: 'string', format: 'uuid' },
  { type: 'string', format: 'date-time' },
  { type: ['integer', 'null'] },
  { type: 'object' },
];

const schemas: Readonly<Record<ColumnKind, JsonSchema>> = {
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  string: { type: 'string' },
  date: { type: 'string', format: 'date' },
  'date-time': { type: 'string', format: 'date-time' },
  object: { type: 'object' },
  array: { type: 'array' },
  any: {},
};

const accepted: Readonly<Record<ColumnKind, number>> = {
  boolean: ValueClass.boolean,
  integer: ValueClass.safeInteger | ValueClass.longInteger,
  number: ValueClass.safeInteger | ValueClass.double,
  string: ValueClass.string | ValueClass.date | ValueClass.dateTime | ValueClass.uuid,
  date: ValueClass.date,
  'date-time': ValueClass.dateTime,
  object: ValueClass.object,
  array: ValueClass.array,
  any: ~0,
};

/** The kind of column that a property's schema asks for. */
function kindOf(property: unknown): ColumnKind {
  if (!isRecord(property)) return 'any';
  const branches = property['oneOf'] ?? property['anyOf'];
  if (Array.isArray(branches)) {
    const real = branches.filter((branch) => !isRecord(branch) || branch['type'] !== 'null');
    return real.length === 1 ? kindOf(real[0]) : 'any';
  }
  const { type } = property;
  const types = (Array.isArray(type) ? type : [type]).filter((name) => name !== 'null');
  return types.length === 1 ? kindOfType(types[0], property) : 'any';
}

function kindOfType(type: unknown, property: JsonSchema): ColumnKind {
  const { format, airbyte_type: detail } = property;
  switch (type) {
    case 'boolean':
    case 'integer':
    case 'object':
    case 'array':
      return type;
    case 'number':
      return detail === 'integer' ? 'integer' : 'number';
    case 'string':
      if (format === 'date') return 'date';
      return format === 'date-time' && detail !== 'timestamp_without_timezone'
        ? 'date-time'
        : 'string';
    default:
      return 'any';
  }
}

function nullable(schema: JsonSchema): JsonSchema {
  const { type } = schema;
  return type === undefined ? schema : { ...schema, type: [type, 'null'] };
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
