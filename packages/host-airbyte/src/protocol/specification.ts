import type { JsonSchema } from '@fairlead/json';
import { settingsSchema } from '@fairlead/sdk';
import type { z } from 'zod';

/**
 * The form of some settings as platforms of this protocol want it: draft 7, secrets as
 * `airbyte_secret`, choices as `oneOf` with a constant and a title for each, nothing else that
 * branches.
 */
export function connectionSpecification(settings: z.ZodType, title: string): JsonSchema {
  const form = formOf(settingsSchema(settings));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title,
    ...form,
    type: 'object',
    properties: form['properties'] ?? {},
    additionalProperties: true,
  };
}

function formOf(schema: JsonSchema): Record<string, unknown> {
  const { discriminator, ...plain } = withoutAnyOf(schema);
  const form: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(plain)) {
    if (keyword === 'secret') form['airbyte_secret'] = value;
    else if (keyword === 'properties' && isRecord(value)) {
      form[keyword] = offered(mapValues(value, formOf), plain['required']);
    } else if (keyword === 'items' && isRecord(value)) form[keyword] = formOf(value);
    else if (keyword === 'oneOf' && Array.isArray(value)) {
      form[keyword] = value
        .filter(isRecord)
        .map((variant) => titled(formOf(variant), discriminator));
    } else if (keyword === 'default' && (value === null || isRecord(value))) continue;
    else if (!unsupported.has(keyword)) form[keyword] = value;
  }
  // An object without properties is no form.
  if (form['type'] === 'object' && form['oneOf'] === undefined) form['properties'] ??= {};
  return form;
}

/** Keywords that a form has no use for. `advanced` settings are in an object, which is folded away. */
const unsupported: ReadonlySet<string> = new Set([
  'advanced',
  'additionalProperties',
  'allOf',
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'propertyNames',
  'prefixItems',
  'dependentSchemas',
  'dependentRequired',
  '$ref',
  '$defs',
]);

/**
 * Of several ways to write a setting, what a form can offer: all of them when they are texts, a list
 * rather than a single item, else the first. The connector still takes the others.
 */
function withoutAnyOf(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf)) return schema;
  const ways = anyOf.filter(isRecord).filter((way) => way['type'] !== 'null');
  const areTexts = ways.length > 1 && ways.every((way) => way['type'] === 'string');
  const chosen = areTexts ? textOf(ways) : (ways.find(isList) ?? ways[0] ?? {});
  const nullable = ways.length < anyOf.length && typeof chosen['type'] === 'string';
  const type = nullable ? { type: [chosen['type'], 'null'] } : {};
  const { default: preset, ...others } = rest;
  const fits = preset !== undefined && Array.isArray(preset) === (chosen['type'] === 'array');
  return withoutAnyOf({ ...chosen, ...type, ...others, ...(fits ? { default: preset } : {}) });
}

function isList(schema: JsonSchema): boolean {
  return schema['type'] === 'array';
}

/** A text that may be written in all of these ways: one of several, or any. */
function textOf(ways: readonly JsonSchema[]): JsonSchema {
  const words = ways.flatMap((way): unknown[] => {
    if ('const' in way) return [way['const']];
    return Array.isArray(way['enum']) ? way['enum'] : [];
  });
  const areWords = ways.every((way) => 'const' in way || 'enum' in way);
  return { type: 'string', ...(areWords ? { enum: [...new Set(words)] } : {}) };
}

/**
 * The settings that a form can offer. An object of any members is none of them, as long as it is
 * not required; a config may have it all the same.
 */
function offered(properties: Record<string, unknown>, required: unknown): Record<string, unknown> {
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name);
  const entries = Object.entries(properties);
  return Object.fromEntries(
    entries.filter(([name, property]) => isRequired(name) || !isAnyObject(property)),
  );
}

function isAnyObject(form: unknown): boolean {
  if (!isRecord(form) || form['type'] !== 'object' || form['oneOf'] !== undefined) return false;
  return !isRecord(form['properties']) || Object.keys(form['properties']).length === 0;
}

/** A variant of a choice, called by its constant unless it has a title. */
function titled(variant: Record<string, unknown>, discriminator: unknown): Record<string, unknown> {
  if (!isRecord(discriminator) || !isRecord(variant['properties'])) return variant;
  const property = variant['properties'][String(discriminator['propertyName'])];
  const constant = isRecord(property) ? property['const'] : undefined;
  return { title: String(constant), type: 'object', ...variant };
}

function mapValues(
  record: Record<string, unknown>,
  change: (value: JsonSchema) => unknown,
): Record<string, unknown> {
  const entries = Object.entries(record);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, isRecord(value) ? change(value) : value]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
