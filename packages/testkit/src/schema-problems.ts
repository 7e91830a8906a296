import type { JsonSchema } from '@fairlead/json';

/** What is not as JSON Schema (draft 2020-12) has it, as far as settings and documents need it. */
export function schemaProblems(schema: unknown, path = ''): string[] {
  if (typeof schema === 'boolean') return [];
  if (!isRecord(schema)) return [`${path || 'the schema'}: is no object`];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const rule = rules.get(keyword);
    return rule === undefined ? [] : rule(value, `${path}/${keyword}`, schema);
  });
}

type Rule = (value: unknown, path: string, schema: JsonSchema) => string[];

const typeNames = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

const that =
  (holds: (value: unknown) => boolean, what: string): Rule =>
  (value, path) =>
    holds(value) ? [] : [`${path}: ${what}`];

const isString = (value: unknown) => typeof value === 'string';
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown) => Number.isInteger(value) && Number(value) >= 0;
const isType = (value: unknown) => typeof value === 'string' && typeNames.includes(value);

const schemaRule: Rule = (value, path) => schemaProblems(value, path);
const listRule: Rule = (value, path) => {
  if (!Array.isArray(value) || value.length === 0) return [`${path}: is no list of schemas`];
  return value.flatMap((item, index) => schemaProblems(item, `${path}/${index}`));
};
const membersRule: Rule = (value, path) => {
  if (!isRecord(value)) return [`${path}: is no object`];
  return Object.entries(value).flatMap(([name, item]) => schemaProblems(item, `${path}/${name}`));
};
const patternRule = that((value) => isPattern(String(value)), 'is no regular expression');
const requiredRule: Rule = (value, path, schema) => {
  if (!Array.isArray(value) || !value.every(isString)) return [`${path}: is no list of names`];
  const { properties } = schema;
  if (!isRecord(properties)) return [];
  const missing = value.filter((name) => !Object.hasOwn(properties, name));
  return missing.map((name) => `${path}: ${name} is no property`);
};

const rules = new Map<string, Rule>([
  ['$ref', () => ['a $ref, where everything must be inline']],
  ['$defs', () => ['$defs, where everything must be inline']],
  [
    'type',
    that((value) => isType(value) || (Array.isArray(value) && value.every(isType)), 'is no type'),
  ],
  ['title', that(isString, 'is no text')],
  ['description', that(isString, 'is no text')],
  ['format', that(isString, 'is no text')],
  ['contentEncoding', that(isString, 'is no text')],
  ['pattern', patternRule],
  ['enum', that((value) => Array.isArray(value) && value.length > 0, 'is no list of values')],
  ['minimum', that(isNumber, 'is no number')],
  ['maximum', that(isNumber, 'is no number')],
  ['exclusiveMinimum', that(isNumber, 'is no number')],
  ['exclusiveMaximum', that(isNumber, 'is no number')],
  ['multipleOf', that((value) => isNumber(value) && Number(value) > 0, 'is no positive number')],
  ['minLength', that(isCount, 'is no count')],
  ['maxLength', that(isCount, 'is no count')],
  ['minItems', that(isCount, 'is no count')],
  ['maxItems', that(isCount, 'is no count')],
  ['uniqueItems', that(isBoolean, 'is neither true nor false')],
  ['secret', that(isBoolean, 'is neither true nor false')],
  ['advanced', that(isBoolean, 'is neither true nor false')],
  ['multiline', that(isBoolean, 'is neither true nor false')],
  ['order', that(isCount, 'is no place in a form')],
  ['properties', membersRule],
  ['patternProperties', membersRule],
  ['additionalProperties', schemaRule],
  ['propertyNames', schemaRule],
  ['items', schemaRule],
  ['not', schemaRule],
  ['prefixItems', listRule],
  ['oneOf', listRule],
  ['anyOf', listRule],
  ['allOf', listRule],
  ['required', requiredRule],
]);

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
