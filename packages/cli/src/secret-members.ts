import type { JsonSchema } from '@fairlead/json';

/** A secret that settings may hold. */
export interface SecretMember {
  readonly path: readonly string[];
  readonly title: string;
  readonly description: string;
}

/** The secrets of settings with this JSON Schema, in order; of all forms that the settings can take. */
export function secretMembers(
  schema: JsonSchema,
  path: readonly string[] = [],
): readonly SecretMember[] {
  if (schema['secret'] === true) {
    const { title, description } = schema;
    return [
      {
        path,
        title: typeof title === 'string' ? title : (path.at(-1) ?? ''),
        description: typeof description === 'string' ? description : '',
      },
    ];
  }
  const found = Object.entries(propertiesOf(schema)).flatMap(([name, member]) =>
    secretMembers(member, [...path, name]),
  );
  const inner = formsOf(schema).flatMap((form) => secretMembers(form, path));
  const known = new Set(found.map((secret) => secret.path.join('.')));
  return [...found, ...inner.filter((secret) => !known.has(secret.path.join('.')))];
}

/** `value` without its secrets: what may be shown, and what stays when a password changes. */
export function withoutSecrets(schema: JsonSchema, value: unknown): unknown {
  const hidden = new Set(secretMembers(schema).map(({ path }) => path.join('.')));
  const visit = (part: unknown, path: readonly string[]): unknown => {
    if (Array.isArray(part)) return part.map((item) => visit(item, path));
    if (typeof part !== 'object' || part === null) return part;
    const shown = Object.entries(part)
      .map(([name, member]) => [name, member, [...path, name]] as const)
      .filter(([, , at]) => !hidden.has(at.join('.')));
    return Object.fromEntries(shown.map(([name, member, at]) => [name, visit(member, at)]));
  };
  return visit(value, []);
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const { properties } = schema;
  if (!isRecord(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, JsonSchema] => isRecord(entry[1])),
  );
}

function formsOf(schema: JsonSchema): readonly JsonSchema[] {
  const forms = [schema['oneOf'], schema['anyOf'], schema['allOf'], [schema['items']]];
  return forms.flatMap((list): unknown[] => (Array.isArray(list) ? list : [])).filter(isRecord);
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
