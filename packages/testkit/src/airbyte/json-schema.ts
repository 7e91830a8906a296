import { z } from 'zod';

/** An object of JSON, such as a schema. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schemas of the properties of an object, by name. */
export function propertiesOf(schema: JsonObject): readonly (readonly [string, JsonObject])[] {
  const { properties } = schema;
  if (!isObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, property]) =>
    isObject(property) ? [[name, property] as const] : [],
  );
}

/** The forms of a `oneOf`. */
export function formsOf({ oneOf }: JsonObject): readonly JsonObject[] {
  return Array.isArray(oneOf) ? oneOf.filter(isObject) : [];
}

/** The types that a schema names, null aside. */
export function typesOf({ type }: JsonObject): readonly string[] {
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  return types.filter((name): name is string => typeof name === 'string' && name !== 'null');
}

/** Every schema in a schema, with its place. */
export function* schemasIn(
  schema: JsonObject,
  path = '',
): Generator<readonly [string, JsonObject]> {
  yield [path === '' ? 'the schema' : path, schema];
  for (const [name, property] of propertiesOf(schema))
    yield* schemasIn(property, `${path}/${name}`);
  for (const [index, form] of formsOf(schema).entries()) yield* schemasIn(form, `${path}/${index}`);
  if (isObject(schema['items'])) yield* schemasIn(schema['items'], `${path}/[]`);
}

/** What is wrong with a value by a schema of draft 7, formats aside; undefined when nothing is. */
export function misfitOf(schema: JsonObject): (value: unknown) => string | undefined {
  // What zod does not know of, it says so by throwing.
  const parser = z.fromJSONSchema(loosened(schema) as z.core.JSONSchema.JSONSchema);
  return (value) => {
    const [issue] = parser.safeParse(value).error?.issues ?? [];
    return issue && `${issue.path.join('/')}: ${issue.message}`;
  };
}

/** Formats are told in the spellings of the protocol, and integers may have more digits than a number holds. */
function loosened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(loosened);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).flatMap(([name, item]) => {
    if (name === 'format' && typeof item === 'string') return [];
    if (name !== 'type' || !isInteger(item)) return [[name, loosened(item)] as const];
    const type = Array.isArray(item)
      ? item.map((one) => (one === 'integer' ? 'number' : one))
      : 'number';
    return [['type', type] as const, ['multipleOf', 1] as const];
  });
  return Object.fromEntries(kept);
}

/** Whether a type is that of an integer, and not also of other numbers. */
function isInteger(type: unknown): boolean {
  if (Array.isArray(type)) return type.includes('integer') && !type.includes('number');
  return type === 'integer';
}
