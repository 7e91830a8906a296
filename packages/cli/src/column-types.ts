import type { JsonSchema } from '@fairlead/json';

/** A member of a stream's documents and what it holds, in a word. */
export interface ColumnType {
  readonly name: string;
  /** `integer`, `string date-time`, `number|string`; `any` where nothing is known. */
  readonly type: string;
}

/** The members of documents with this schema, in order. */
export function columnTypes({ properties }: JsonSchema): readonly ColumnType[] {
  if (typeof properties !== 'object' || properties === null) return [];
  return Object.entries(properties).map(([name, schema]) => ({ name, type: typeOf(schema) }));
}

/** What values of a schema are, in a word. That they may be null is not said. */
export function typeOf(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return 'any';
  const { type, format, anyOf, oneOf } = schema as JsonSchema;
  const forms = [anyOf, oneOf].find((list) => Array.isArray(list));
  if (Array.isArray(forms)) return oneOfEach(forms.map(typeOf));
  const types = (Array.isArray(type) ? type : [type]).filter((name) => typeof name === 'string');
  const named = types.filter((name) => name !== 'null');
  if (named.length === 0) return types.length === 0 ? 'any' : 'null';
  const suffix = typeof format === 'string' ? ` ${format}` : '';
  return `${oneOfEach(named)}${suffix}`;
}

function oneOfEach(types: readonly string[]): string {
  const named = types.filter((type) => type !== 'null');
  return [...new Set(named)].join('|') || 'null';
}
