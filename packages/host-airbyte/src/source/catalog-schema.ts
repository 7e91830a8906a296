import type { JsonSchema } from '@fairlead/json';

/**
 * The JSON Schema of a stream's documents as catalogs hold it: draft 7, inline, open, without what
 * a later document might not keep to. Members outside the key may be null; dates with a time say
 * that they have a zone; unions are lists of types or `oneOf`. The annotations `x-…` stay.
 *
 * @param key names of the members of the document that are in its key.
 */
export function catalogSchema(schema: JsonSchema, key: ReadonlySet<string>): JsonSchema {
  const { properties, ...plain } = plainSchema(schema);
  const members = isRecord(properties) ? properties : {};
  const own = isRecord(schema['properties']) ? schema['properties'] : {};
  const keys = Object.keys(own).filter((name) => key.has(name));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...plain,
    type: 'object',
    additionalProperties: true,
    properties: {
      ...members,
      ...Object.fromEntries(keys.map((name) => [name, plainSchema(own[name])])),
    },
  };
}

/** Keywords with schemas that catalogs may not have, and such as a sample cannot promise. */
const dropped: ReadonlySet<string> = new Set([
  '$schema',
  '$ref',
  '$defs',
  '$id',
  'definitions',
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'propertyNames',
  'prefixItems',
  'contains',
  'dependentSchemas',
  'dependentRequired',
  'unevaluatedProperties',
  'additionalProperties',
  'required',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'discriminator',
]);

function plainSchema(schema: unknown): Record<string, unknown> {
  if (!isRecord(schema)) return {};
  const { allOf, anyOf, oneOf, ...rest } = schema;
  const parts = Array.isArray(allOf) ? allOf.map(plainSchema) : [];
  const plain = parts.reduce(withMembersOf, {});
  for (const [keyword, value] of Object.entries(rest)) {
    if (dropped.has(keyword)) continue;
    if (keyword === 'properties' && isRecord(value)) {
      plain['properties'] = { ...membersIn(plain), ...plainMembers(value) };
    } else if (keyword === 'items') plain['items'] = plainSchema(value);
    else plain[keyword] = value;
  }
  if (plain['format'] === 'date-time') plain['airbyte_type'] ??= 'timestamp_with_timezone';
  const options = [anyOf, oneOf].flatMap((list): unknown[] => (Array.isArray(list) ? list : []));
  return options.length === 0 ? plain : withOptions(plain, options.map(plainSchema));
}

/** What two schemas ask for that both have to be met, as far as a catalog can say it. */
function withMembersOf(
  one: Record<string, unknown>,
  other: Record<string, unknown>,
): Record<string, unknown> {
  const properties = { ...membersIn(one), ...membersIn(other) };
  return { ...one, ...other, ...(isEmpty(properties) ? {} : { properties }) };
}

function membersIn({ properties }: Record<string, unknown>): Record<string, unknown> {
  return isRecord(properties) ? properties : {};
}

function plainMembers(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, nullable(plainSchema(member))]),
  );
}

/** One of several schemas: the one that is not null, all of them by their types, or `oneOf`. */
function withOptions(
  plain: Record<string, unknown>,
  options: readonly Record<string, unknown>[],
): Record<string, unknown> {
  const values = options.filter(({ type }) => type !== 'null');
  const mayBeNull = values.length < options.length;
  const [only] = values;
  if (values.length === 1 && only !== undefined) {
    const both = { ...plain, ...only };
    return mayBeNull ? nullable(both) : both;
  }
  const bare = values.every(({ type, ...more }) => type !== undefined && isEmpty(more));
  if (!bare) return { ...plain, oneOf: mayBeNull ? [{ type: 'null' }, ...values] : values };
  const types = new Set(values.flatMap(({ type }) => type));
  return { ...plain, type: [...(mayBeNull ? ['null'] : []), ...types] };
}

/** The schema for what `schema` allows, and null. */
function nullable(schema: unknown): Record<string, unknown> {
  if (!isRecord(schema)) return {};
  const { type, oneOf } = schema;
  if (Array.isArray(oneOf)) {
    const has = oneOf.some((option) => isRecord(option) && option['type'] === 'null');
    return has ? schema : { ...schema, oneOf: [{ type: 'null' }, ...oneOf] };
  }
  if (type === undefined) return schema;
  const types = [type].flat().filter((name) => name !== 'null');
  const values = Array.isArray(schema['enum'])
    ? { enum: [...new Set([...schema['enum'], null])] }
    : {};
  const { const: constant, ...rest } = schema;
  const one = constant === undefined ? {} : { enum: [constant, null] };
  return { ...rest, ...values, ...one, type: ['null', ...types] };
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
