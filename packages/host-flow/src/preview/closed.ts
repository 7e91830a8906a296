import { Failure, type Json } from '@fairlead/sdk';

/**
 * Proves that a sourced schema is closed, as the runtime demands.
 * @throws {Failure} data, when an object that has properties may have others.
 */
export function assertClosed(schema: Json, collection: string, path = ''): void {
  if (typeof schema !== 'object' || schema === null) return;
  if (isList(schema)) {
    schema.forEach((item, index) => assertClosed(item, collection, `${path}/${index}`));
    return;
  }
  const { properties } = schema;
  if (isMap(properties) && schema['additionalProperties'] !== false) {
    throw new Failure('data', 'a sourced schema is not closed', {
      where: `collection ${collection}, schema ${path === '' ? 'root' : path}`,
      hint: 'Every object with properties has to say "additionalProperties": false.',
    });
  }
  for (const [keyword, inner] of Object.entries(schema)) {
    const at = `${path}/${keyword}`;
    if (keyword !== 'properties') {
      if (schemaKeywords.has(keyword)) assertClosed(inner, collection, at);
    } else if (isMap(inner)) {
      for (const [name, one] of Object.entries(inner)) {
        assertClosed(one, collection, `${at}/${name}`);
      }
    }
  }
}

const schemaKeywords: ReadonlySet<string> = new Set([
  'items',
  'prefixItems',
  'contains',
  'anyOf',
  'oneOf',
  'allOf',
  'if',
  'then',
  'else',
  'not',
]);

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
