import type { JsonSchema } from '@fairlead/json';
import { settingsSchema, type Json, type Materialization, type Source } from '@fairlead/sdk';
import type { About } from '../about.ts';

/**
 * Settings of the connector to show: those of the example address, else what its schema asks for
 * with placeholders, never a secret.
 */
export function exampleConfig(
  connector: Source | Materialization,
  { example }: Pick<About, 'example'>,
): Json {
  if (example !== undefined && connector.address !== undefined) {
    return connector.address.parse(example);
  }
  return exampleOf(settingsSchema(connector.config), 'settings');
}

function exampleOf(schema: JsonSchema, name: string): Json {
  const { examples, default: preset, const: constant, enum: choices } = schema;
  // What a schema holds as values is JSON.
  if (Array.isArray(examples) && examples.length > 0) return examples[0] as Json;
  if (preset !== undefined) return preset as Json;
  if (constant !== undefined) return constant as Json;
  if (Array.isArray(choices)) return choices[0] as Json;
  const [way] = [schema['oneOf'], schema['anyOf']].find((list) => Array.isArray(list)) ?? [];
  if (way !== undefined) return exampleOf(way, name);
  switch (Array.isArray(schema['type']) ? schema['type'][0] : schema['type']) {
    case 'object':
      return objectExample(schema);
    case 'array':
      return [exampleOf((schema['items'] ?? {}) as JsonSchema, name)];
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
    case 'boolean':
      return false;
    default:
      if (schema['format'] === 'uri') return 'https://example.com';
      return `<${typeof schema['title'] === 'string' ? schema['title'] : name}>`;
  }
}

/** An object with its required members. */
function objectExample({ properties, required }: JsonSchema): Json {
  const names: unknown = required;
  if (!Array.isArray(names)) return {};
  const known = (properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Object.fromEntries(
    names.map((name) => [String(name), exampleOf(known[name] ?? {}, String(name))]),
  );
}
