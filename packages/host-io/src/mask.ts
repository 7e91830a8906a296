import type { JsonSchema } from '@fairlead/json';

/** Replaces secrets in a text. */
export type Mask = (text: string) => string;

/** A mask for the values that a config has in the secret places of its form. */
export function maskSecrets(schema: JsonSchema, config: unknown): Mask {
  const found = new Set<string>();
  gather(schema, config, found);
  // Longer ones first, for one may be a part of another.
  const secrets = [...found].sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((now, secret) => now.replaceAll(secret, '****'), text);
}

/** A mask that has nothing to hide. */
export const noMask: Mask = (text) => text;

/** A line of a secret of several, such as a private key, is a secret when it is this long. */
const leastLine = 8;

function gather(schema: unknown, value: unknown, found: Set<string>): void {
  if (!isRecord(schema)) return;
  if (schema['secret'] === true) {
    if (typeof value === 'string' || typeof value === 'number') addForms(String(value), found);
    return;
  }
  for (const options of [schema['oneOf'], schema['anyOf'], schema['allOf']]) {
    if (Array.isArray(options)) for (const option of options) gather(option, value, found);
  }
  if (Array.isArray(value)) for (const item of value) gather(schema['items'], item, found);
  if (!isRecord(value)) return;
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  for (const [name, member] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name);
    gather(known ? properties[name] : schema['additionalProperties'], member, found);
  }
}

/** Adds a secret in the forms in which it may get into a message. */
function addForms(secret: string, found: Set<string>): void {
  if (secret === '') return;
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  for (const part of [secret, ...lines.filter((line) => line.length >= leastLine)]) {
    found.add(part);
    found.add(JSON.stringify(part).slice(1, -1));
    // Through a buffer, as a lone surrogate has no such form.
    found.add(encodeURIComponent(Buffer.from(part).toString()));
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
