import type { JsonSchema } from '@fairlead/json';
import { settingsSchema } from '@fairlead/sdk';
import { z } from 'zod';
import { schemaProblems } from './schema-problems.ts';

/**
 * Where settings are not as a form needs them: a title in Title Case and a description that ends
 * with a period for each, a default for booleans, passwords and the like marked as secret, unions
 * that can be told apart, and room for members that hosts add.
 */
export function settingsProblems(settings: z.ZodType): string[] {
  const schema = settingsSchema(settings);
  // As zod has it, since the form leaves out what it must not say.
  const raw = z.toJSONSchema(settings, { io: 'input', reused: 'inline', unrepresentable: 'any' });
  return [...schemaProblems(schema), ...formProblems(schema, ''), ...closedProblems(raw, '')];
}

function closedProblems(node: unknown, path: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const deeper = Object.entries(node).flatMap(([key, item]) =>
    closedProblems(item, `${path}/${key}`),
  );
  if (!('additionalProperties' in node && node.additionalProperties === false)) return deeper;
  return [`${path || '/'}: refuses other members, and hosts add their own`, ...deeper];
}

function formProblems(schema: JsonSchema, path: string): string[] {
  const problems: string[] = [];
  for (const [name, property] of entriesOf(schema['properties'])) {
    const at = `${path}/${name}`;
    if (!('const' in property)) problems.push(...labelProblems(property, at));
    problems.push(...secretProblems(name, property, at), ...formProblems(property, at));
  }
  const { oneOf, items } = schema;
  if (isRecord(items)) problems.push(...formProblems(items, `${path}/[]`));
  if (Array.isArray(oneOf)) problems.push(...unionProblems(schema, oneOf, path));
  return problems;
}

function labelProblems(property: JsonSchema, at: string): string[] {
  const { title, description, type } = property;
  const problems: string[] = [];
  if (typeof title !== 'string' || title === '') problems.push(`${at}: has no title`);
  else if (!isTitleCase(title)) problems.push(`${at}: the title "${title}" is not in Title Case`);
  if (typeof description !== 'string' || description === '') {
    problems.push(`${at}: has no description`);
  } else if (!/^[^a-z].*\.$/su.test(description)) {
    problems.push(`${at}: the description is no sentence that ends with a period`);
  }
  if (type === 'boolean' && !('default' in property)) problems.push(`${at}: has no default`);
  return problems;
}

/** Words of an instruction about a secret, such as `tokenUrl` or `passwordFile`, are none. */
const secretName = /(password|secret|token|api_?key|private_?key)s?$/i;

function secretProblems(name: string, property: JsonSchema, at: string): string[] {
  const isSecret = property['secret'] === true;
  if (isSecret && property['type'] !== 'string') return [`${at}: is secret and no string`];
  if (!isSecret && property['type'] === 'string' && secretName.test(name)) {
    return [`${at}: is not marked as secret`];
  }
  return [];
}

function unionProblems(schema: JsonSchema, options: readonly unknown[], path: string): string[] {
  const { discriminator } = schema;
  const name = isRecord(discriminator) ? discriminator['propertyName'] : undefined;
  const at = path || '/';
  if (typeof name !== 'string') return [`${at}: has forms that no constant tells apart`];
  const constants = options.map((option) => {
    const properties = isRecord(option) ? option['properties'] : undefined;
    const property = isRecord(properties) ? properties[name] : undefined;
    return isRecord(property) ? property['const'] : undefined;
  });
  const unique = new Set(constants).size === constants.length && !constants.includes(undefined);
  return [
    ...(unique ? [] : [`${at}: has forms that ${name} does not tell apart`]),
    ...options
      .filter(isRecord)
      .flatMap((option, index) => formProblems(option, `${path}/${index}`)),
  ];
}

const smallWords = new Set(
  'a an and as at but by for from if in into is not of on or per than the to up via with'.split(
    ' ',
  ),
);

function isTitleCase(title: string): boolean {
  const words = title.split(/[\s/-]+/u);
  return words.every((word, index) => {
    if (index > 0 && smallWords.has(word)) return true;
    return !/^\p{Ll}/u.test(word.replace(/^[("']/u, ''));
  });
}

function entriesOf(value: unknown): [string, JsonSchema][] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => (isRecord(item) ? [[name, item]] : []));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
