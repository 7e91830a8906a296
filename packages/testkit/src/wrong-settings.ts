import type { JsonSchema } from '@fairlead/json';

/** Settings that a schema must refuse. */
export interface WrongForm {
  readonly what: string;
  readonly settings: unknown;
  /** What the message has to mention. */
  readonly mentions: string;
}

/** Good settings with one thing wrong each: no object at all, a missing member, one of another type. */
export function wrongSettings(schema: JsonSchema, good: unknown): WrongForm[] {
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const members = isRecord(good) ? good : {};
  const wrong: WrongForm[] = [null, 42, 'settings', []].map((settings) => ({
    what: `${JSON.stringify(settings)} as settings`,
    settings,
    mentions: '',
  }));
  for (const name of required) {
    const { [name]: _left, ...rest } = members;
    wrong.push({ what: `no ${name}`, settings: rest, mentions: name });
  }
  for (const [name, property] of Object.entries(properties)) {
    const value = isRecord(property) ? misfit(property['type']) : undefined;
    if (value === undefined) continue;
    const settings = { ...members, [name]: value };
    wrong.push({ what: `${JSON.stringify(value)} as ${name}`, settings, mentions: name });
  }
  return wrong;
}

/** A value that is of another type for certain; undefined when there is none. */
function misfit(type: unknown): unknown {
  switch (type) {
    case 'string':
      return 42;
    case 'boolean':
    case 'integer':
    case 'number':
      return 'neither';
    case 'array':
    case 'object':
      return 'text';
    default:
      return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
