import type { JsonSchema } from '@fairlead/json';
import { settingsSchema, type Json, type Materialization } from '@fairlead/sdk';
import { z } from 'zod';

/** Settings of a connection that Flow's users know and that this host acts on. */
export const HostConfig = z.object({
  hardDelete: z.boolean().default(false).meta({
    title: 'Hard Delete',
    description:
      'Rows go when their documents are deleted at the source. Otherwise they stay, and the field _meta/op tells you of the delete.',
  }),
});

/** Settings of a table that this host acts on. */
export const HostResource = z.object({
  delta_updates: z.boolean().default(false).meta({
    title: 'Delta Updates',
    description: 'Your table gets a row for every change, instead of one for each key.',
    'x-delta-updates': true,
  }),
});

/** The JSON Schema of a connection's settings as Flow's users write them. */
export function configForm(materialization: Materialization): JsonSchema {
  return withProperties(settingsSchema(materialization.config), settingsSchema(HostConfig));
}

/**
 * The JSON Schema of a table's settings. The one that takes the name of a collection is marked, so
 * that Flow fills it in, and so is one for a schema.
 */
export function resourceForm(materialization: Materialization): JsonSchema {
  const form = withProperties(
    settingsSchema(materialization.resource),
    settingsSchema(HostResource),
  );
  const properties = propertiesOf(form);
  const isMarked = Object.values(properties).some((property) => nameKeyword in property);
  const own = isMarked ? undefined : nameProperty(materialization, properties);
  const marked = Object.entries(properties).map(([name, property]) => {
    if (name === own) return [name, { ...property, [nameKeyword]: true }];
    const isSchema = name === 'schema' && property['type'] === 'string';
    return [name, isSchema ? { ...property, [schemaKeyword]: true } : property];
  });
  const required = new Set(Array.isArray(form['required']) ? form['required'] : []);
  if (own !== undefined) required.add(own);
  return { ...form, properties: Object.fromEntries(marked), required: [...required] };
}

/** Where a table is, from the outside in: the values of the settings that say so. */
export function resourcePath(form: JsonSchema, resource: Json): string[] {
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) return [];
  const settings = Object.entries(resource);
  const properties = propertiesOf(form);
  return [schemaKeyword, nameKeyword].flatMap((keyword) =>
    settings.flatMap(([name, value]) =>
      properties[name]?.[keyword] === true && typeof value === 'string' ? [value] : [],
    ),
  );
}

const nameKeyword = 'x-collection-name';
const schemaKeyword = 'x-schema-name';

/** The setting that the materialization fills with a stream's name. */
function nameProperty(
  materialization: Materialization,
  properties: Readonly<Record<string, JsonSchema>>,
): string | undefined {
  const probe = 'name';
  const resource = materialization.resourceFor(probe);
  const found = Object.entries(resource ?? {}).find(([, value]) => value === probe)?.[0];
  if (found !== undefined) return found;
  return Object.entries(properties).find(([, { type }]) => type === 'string')?.[0];
}

/** A form with the properties of another one after its own, which count when both have one. */
function withProperties(form: JsonSchema, more: JsonSchema): JsonSchema {
  const own = propertiesOf(form);
  const after = Object.keys(own).length;
  const added = Object.entries(propertiesOf(more)).map(([name, property], index) => [
    name,
    { ...property, order: after + index },
  ]);
  return { ...form, properties: { ...Object.fromEntries(added), ...own } };
}

function propertiesOf(form: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const { properties } = form;
  // The schemas come from `settingsSchema`, whose properties are schemas.
  return typeof properties === 'object' && properties !== null
    ? (properties as Record<string, JsonSchema>)
    : {};
}
