import type { JsonSchema } from '@fairlead/json';
import { z } from 'zod';

/**
 * The JSON Schema of settings as a user writes them, which is also their form: everything inline,
 * `order` by position unless set, `oneOf` with a `discriminator` for unions, `secret` on secrets,
 * other members allowed, since hosts add their own.
 */
export function settingsSchema(schema: z.ZodType): JsonSchema {
  const known = made.get(schema) ?? makeSettingsSchema(schema);
  made.set(schema, known);
  return known;
}

const made = new WeakMap<z.ZodType, JsonSchema>();

function makeSettingsSchema(schema: z.ZodType): JsonSchema {
  const raw = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', reused: 'inline' });
  const { $schema: _dialect, '~standard': _standard, ...rest } = raw as Record<string, unknown>;
  return tidy(rest);
}

function tidy(node: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === 'additionalProperties' && value === false) continue;
    if (key === 'properties' && isRecord(value)) result[key] = orderProperties(value);
    else if ((key === 'anyOf' || key === 'oneOf') && Array.isArray(value)) union(result, value);
    else if (Array.isArray(value))
      result[key] = value.map((item) => (isRecord(item) ? tidy(item) : item));
    else if (isRecord(value) && key !== 'default') result[key] = tidy(value);
    else result[key] = value;
  }
  return result;
}

function orderProperties(properties: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(properties).map(([name, value], order) => [
    name,
    isRecord(value) ? { order, ...tidy(value) } : value,
  ]);
  return Object.fromEntries(entries);
}

/** Writes a union; where its members share a constant, that constant tells them apart. */
function union(result: Record<string, unknown>, members: readonly unknown[]): void {
  const tidied = members.filter(isRecord).map(tidy);
  const discriminator = sharedConstant(tidied);
  if (discriminator === undefined) {
    result['anyOf'] = tidied;
    return;
  }
  result['type'] ??= 'object';
  result['discriminator'] = { propertyName: discriminator };
  result['oneOf'] = tidied.map((member) => {
    const properties = { ...(member['properties'] as Record<string, unknown>) };
    const constant = properties[discriminator] as Record<string, unknown>;
    properties[discriminator] = { ...constant, default: constant['const'], order: 0 };
    return { ...member, properties };
  });
}

function sharedConstant(members: readonly Record<string, unknown>[]): string | undefined {
  const first = members[0]?.['properties'];
  if (members.length < 2 || !isRecord(first)) return undefined;
  return Object.keys(first).find((name) =>
    members.every((member) => {
      const properties = member['properties'];
      const property = isRecord(properties) ? properties[name] : undefined;
      return isRecord(property) && 'const' in property;
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON Schema of documents that `schema` describes. */
export function documentSchema(schema: z.ZodType): JsonSchema {
  const raw = z.toJSONSchema(schema, { io: 'output', target: 'draft-2020-12', reused: 'inline' });
  const { $schema: _dialect, '~standard': _standard, ...rest } = raw as Record<string, unknown>;
  return rest;
}
