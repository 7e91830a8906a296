import type { JsonSchema } from '@fairlead/json';
import { settingsSchema } from '@fairlead/sdk';
import { namesOf } from './connectors/choose-connector.ts';
import type { InstalledConnector } from './connectors/find-connectors.ts';
import { loadMaterialization, loadSource } from './connectors/load-connector.ts';
import { pipelineSettingsSchema } from './file/pipeline-settings.ts';

/**
 * The JSON Schema of a pipeline file for editors, with the settings of all these connectors. As
 * the command does, it refuses unknown keys, so that an editor underlines them.
 */
export async function pipelineSchema(
  installed: readonly InstalledConnector[],
): Promise<JsonSchema> {
  const base = strict(pipelineSettingsSchema());
  const properties = isRecord(base['properties']) ? base['properties'] : {};
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Fairlead Pipeline',
    ...base,
    properties: {
      ...properties,
      source: { ...recordOf(properties['source']), ...(await endSchema('source', installed)) },
      destination: {
        ...recordOf(properties['destination']),
        ...(await endSchema('destination', installed)),
      },
    },
  };
}

/** A group with the name of one connector and its settings. */
async function endSchema(
  kind: InstalledConnector['kind'],
  installed: readonly InstalledConnector[],
): Promise<JsonSchema> {
  const members = new Map<string, JsonSchema>();
  for (const connector of installed.filter((candidate) => candidate.kind === kind)) {
    const { title, config } = await (kind === 'source' ? loadSource : loadMaterialization)(
      connector,
    );
    const schema = { ...withVariables(settingsSchema(config)), title };
    const [shortName = connector.name] = namesOf(connector);
    // Of two connectors with one short name the first has it, as when a pipeline is read.
    for (const name of [shortName, connector.name]) {
      if (!members.has(name)) members.set(name, schema);
    }
  }
  return {
    type: 'object',
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: false,
    properties: Object.fromEntries(members),
  };
}

/** A schema in which no object takes members that it does not name. */
function strict(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, (node) =>
    isRecord(node['properties']) && node['additionalProperties'] === undefined
      ? { ...node, additionalProperties: false }
      : node,
  );
}

const variable = { type: 'string', pattern: String.raw`\$\{(env|file):[^}]+\}` };

/** A schema in which a variable may stand for a number or a boolean. */
function withVariables(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, (node) => {
    const { type, title, description, order, ...rest } = node;
    if (type !== 'number' && type !== 'integer' && type !== 'boolean') return node;
    const about = { title, description, order };
    return { ...about, anyOf: [{ type, ...rest }, variable] };
  });
}

function mapSchema(schema: JsonSchema, change: (node: JsonSchema) => JsonSchema): JsonSchema {
  const inner = Object.entries(schema).map(([key, value]): [string, unknown] => {
    if (key === 'properties' && isRecord(value)) {
      const members = Object.entries(value).map(([name, member]) => [
        name,
        isRecord(member) ? mapSchema(member, change) : member,
      ]);
      return [key, Object.fromEntries(members)];
    }
    if (key === 'default' || key === 'enum' || key === 'const') return [key, value];
    if (Array.isArray(value)) {
      return [key, value.map((item) => (isRecord(item) ? mapSchema(item, change) : item))];
    }
    return [key, isRecord(value) ? mapSchema(value, change) : value];
  });
  return change(Object.fromEntries(inner));
}

function recordOf(value: unknown): JsonSchema {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
