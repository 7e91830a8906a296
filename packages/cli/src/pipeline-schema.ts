import type { JsonSchema } from '@fairlead/json';
import { isFailure, settingsSchema, type Failure } from '@fairlead/sdk';
import type { InstalledConnector } from './connectors/find-connectors.ts';
import { loadConnector } from './connectors/load-connector.ts';
import { pipelineSettingsSchema } from './file/pipeline-settings.ts';

/** The schema of pipeline files for editors. */
export interface PipelineSchema {
  readonly schema: JsonSchema;
  /** Connectors that are not in it, as they cannot be loaded. */
  readonly broken: readonly Failure[];
}

/**
 * The JSON Schema of a pipeline file with the settings of all these connectors. As the command
 * does, it refuses unknown keys, so that an editor underlines them.
 */
export async function pipelineSchema(
  installed: readonly InstalledConnector[],
): Promise<PipelineSchema> {
  const base = strict(pipelineSettingsSchema());
  const properties = recordOf(base['properties']);
  const broken: Failure[] = [];
  const source = await endSchema('source', installed, broken);
  const destination = await endSchema('destination', installed, broken);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Fairlead Pipeline',
    ...base,
    properties: {
      ...properties,
      source: { ...recordOf(properties['source']), ...source },
      destination: { ...recordOf(properties['destination']), ...destination },
    },
  };
  return { schema, broken };
}

/** A group with the name of one connector and its settings. */
async function endSchema(
  kind: InstalledConnector['kind'],
  installed: readonly InstalledConnector[],
  broken: Failure[],
): Promise<JsonSchema> {
  const members = new Map<string, JsonSchema>();
  for (const connector of installed.filter((candidate) => candidate.kind === kind)) {
    const schema = await settingsOf(connector).catch((error: unknown) => {
      if (!isFailure(error)) throw error;
      broken.push(error);
      return undefined;
    });
    if (schema === undefined) continue;
    // Of two connectors with one short name the first has it, as when a pipeline is read.
    for (const name of [connector.shortName, connector.name]) {
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

async function settingsOf(connector: InstalledConnector): Promise<JsonSchema> {
  const { title, config } = await loadConnector(connector);
  return { ...withVariables(strict(withoutReferences(settingsSchema(config)))), title };
}

/** A schema in which no object takes members that it does not name. */
function strict(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, (node) =>
    isRecord(node['properties']) && node['additionalProperties'] === undefined
      ? { ...node, additionalProperties: false }
      : node,
  );
}

/**
 * A schema without what others in it refer to, which is found only at the root of a schema. It is
 * there for values that may be anything, so that nothing is said of them.
 */
function withoutReferences({ $defs: _definitions, ...schema }: JsonSchema): JsonSchema {
  return mapSchema(schema, (node) => ('$ref' in node ? {} : node));
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
