import { type JsonSchema, parsePointer } from '@fairlead/json';
import type { StreamInfo } from '@fairlead/sdk';

/**
 * The schema of a stream's collection: its key, and `/_meta/op`, by which documents are reduced.
 * The rest is inferred from the documents themselves.
 *
 * | `/_meta/op` | comes from | is reduced into what was there |
 * |---|---|---|
 * | `d` | a delete | by going, together with it |
 * | `u` | a patch | by its members taking the place of those |
 * | absent | an upsert or insert | by taking its place |
 */
export function discoveredSchema({ key, schema }: Pick<StreamInfo, 'key' | 'schema'>): JsonSchema {
  const root: MutableSchema = { type: 'object', required: [], properties: {} };
  for (const pointer of key) requirePath(root, schema, parsePointer(pointer));
  const meta = (root.properties['_meta'] ??= { type: 'object', properties: {} });
  const metaProperties = { op: opField, ...propertiesOf(meta) };
  root.properties['_meta'] = { ...meta, properties: metaProperties };
  return { ...root, 'x-infer-schema': true, ...reductions };
}

/** The schema with every object that says what it has saying that it has nothing else. */
export function closedSchema(schema: JsonSchema): JsonSchema {
  const closed: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties' && isObject(value)) closed[keyword] = mapValues(value, closeAny);
    else if (oneSchema.has(keyword)) closed[keyword] = closeAny(value);
    else if (manySchemas.has(keyword) && Array.isArray(value)) {
      closed[keyword] = value.map(closeAny);
    } else closed[keyword] = value;
  }
  if ('properties' in closed) closed['additionalProperties'] = false;
  return closed;
}

interface MutableSchema extends JsonSchema {
  readonly type: string;
  readonly required: string[];
  readonly properties: Record<string, JsonSchema>;
}

const opField = {
  type: 'string',
  title: 'Operation',
  description: 'What the document does: d deletes, u changes some members.',
};

const isOp = (op: string) => ({
  properties: { _meta: { properties: { op: { const: op } }, required: ['op'] } },
  required: ['_meta'],
});

const reductions = choice(
  isOp('d'),
  { reduce: { strategy: 'merge', delete: true } },
  choice(isOp('u'), { reduce: { strategy: 'merge' } }, { reduce: { strategy: 'lastWriteWins' } }),
);

function choice(condition: JsonSchema, yes: JsonSchema, no: JsonSchema): JsonSchema {
  // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema, with no function
  return { if: condition, then: yes, else: no };
}

/** Types that a key may have, for one whose type nobody knows. */
const keyTypes = ['boolean', 'integer', 'string'];

/** Adds the member at a path, which every document has. */
function requirePath(
  target: MutableSchema,
  known: JsonSchema | undefined,
  [name, ...rest]: readonly string[],
): void {
  if (name === undefined) return;
  const inner = propertiesOf(known)[name];
  if (!target.required.includes(name)) target.required.push(name);
  if (rest.length === 0) {
    target.properties[name] = withoutNull(inner ?? {});
    return;
  }
  const before = target.properties[name];
  const next: MutableSchema = {
    type: 'object',
    required: Array.isArray(before?.['required']) ? before['required'].map(String) : [],
    properties: { ...propertiesOf(before) },
  };
  requirePath(next, inner, rest);
  target.properties[name] = next;
}

function withoutNull(schema: JsonSchema): JsonSchema {
  const { type } = schema;
  const types = (Array.isArray(type) ? type : [type]).filter(
    (one) => one !== 'null' && one !== undefined,
  );
  if (types.length === 0) return { ...schema, type: keyTypes };
  return { ...schema, type: types.length === 1 ? types[0] : types };
}

const oneSchema: ReadonlySet<string> = new Set(['items', 'contains', 'if', 'then', 'else', 'not']);
const manySchemas: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);

function closeAny(schema: unknown): unknown {
  return isObject(schema) ? closedSchema(schema) : schema;
}

function propertiesOf(schema: JsonSchema | undefined): Readonly<Record<string, JsonSchema>> {
  const properties = schema?.['properties'];
  // A schema's properties are schemas.
  return isObject(properties) ? (properties as Record<string, JsonSchema>) : {};
}

function mapValues(object: Readonly<Record<string, unknown>>, change: (value: unknown) => unknown) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
