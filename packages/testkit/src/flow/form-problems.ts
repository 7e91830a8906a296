import type { JsonSchema } from '@fairlead/json';
import { schemaProblems } from '../schema-problems.ts';

/**
 * Where a schema of settings is no form that Flow can show: it has to be an object, with a title and a
 * description for every property, secrets only as text, and room for more members at its root.
 */
export function formProblems(schema: JsonSchema): string[] {
  const problems = schemaProblems(schema).map((problem) => `schema: ${problem}`);
  if (schema['type'] !== 'object') problems.push('are no object');
  if (schema['additionalProperties'] === false) {
    problems.push('refuse members that Flow adds at the root');
  }
  return [...problems, ...propertyProblems(schema, '')];
}

function propertyProblems(schema: JsonSchema, path: string): string[] {
  const { properties } = schema;
  if (!isRecord(properties)) return [];
  return Object.entries(properties).flatMap(([name, property]) => {
    const at = `${path}/${name}`;
    if (!isRecord(property)) return [`${at}: is no schema`];
    const problems: string[] = [];
    for (const label of ['title', 'description']) {
      if (!('const' in property) && typeof property[label] !== 'string') {
        problems.push(`${at}: has no ${label}`);
      }
    }
    if (property['secret'] === true && property['type'] !== 'string') {
      problems.push(`${at}: is secret and no text`);
    }
    return [...problems, ...propertyProblems(property, at)];
  });
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
