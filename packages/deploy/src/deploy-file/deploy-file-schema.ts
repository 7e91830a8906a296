import { settingsSchema } from '@fairlead/sdk';
import { DeployFile } from './deploy-file.ts';

type Schema = Readonly<Record<string, unknown>>;

/** The JSON Schema of deploy.yaml for editors, which refuses unknown keys as the command does. */
export function deployFileSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Functions of Fairlead',
    ...strict(settingsSchema(DeployFile)),
  };
}

function strict(node: Schema): Schema {
  const inner = Object.entries(node).map(([key, value]): [string, unknown] => {
    if (key === 'properties' && isSchema(value)) {
      const members = Object.entries(value).map(([name, member]) => [
        name,
        isSchema(member) ? strict(member) : member,
      ]);
      return [key, Object.fromEntries(members)];
    }
    return [key, key === 'additionalProperties' && isSchema(value) ? strict(value) : value];
  });
  const made = Object.fromEntries(inner);
  const isOpen = !isSchema(node['properties']) || 'additionalProperties' in node;
  return isOpen ? made : { ...made, additionalProperties: false };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
