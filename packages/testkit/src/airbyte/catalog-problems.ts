import { isObject, schemasIn, typesOf, type JsonObject } from './json-schema.ts';
import { idOfStream, type CatalogStream } from './message.ts';

/** Where streams are not described as a platform needs it. */
export function catalogProblems(streams: readonly CatalogStream[]): string[] {
  const problems: string[] = [];
  if (streams.length === 0) problems.push('there are no streams');
  const seen = new Set<string>();
  for (const stream of streams) {
    const id = idOfStream(stream);
    if (seen.has(id)) problems.push(`${id}: is there twice`);
    seen.add(id);
    problems.push(...streamProblems(stream).map((problem) => `${id}: ${problem}`));
  }
  return problems;
}

function streamProblems(stream: CatalogStream): string[] {
  const { json_schema: schema, supported_sync_modes: modes } = stream;
  const problems: string[] = [];
  if (!typesOf(schema).includes('object') || !isObject(schema['properties'])) {
    problems.push('its schema is no object with properties');
  }
  for (const [path, part] of schemasIn(schema)) {
    problems.push(...partProblems(part).map((problem) => `${path}: ${problem}`));
  }
  const key = stream.source_defined_primary_key ?? [];
  for (const path of key) {
    if (path.length !== 1) problems.push(`its key ${path.join('.')} is no field`);
    const property = propertyAt(schema, path);
    if (property === undefined) problems.push(`its key ${path.join('.')} is not in its schema`);
    else if (typesOf(property).some((type) => type === 'object' || type === 'array')) {
      problems.push(`its key ${path.join('.')} is no scalar`);
    }
  }
  const cursor = stream.default_cursor_field ?? [];
  if (cursor.length > 0 && propertyAt(schema, cursor) === undefined) {
    problems.push(`its cursor ${cursor.join('.')} is not in its schema`);
  }
  if (new Set(modes).size < modes.length) problems.push('has a mode twice');
  if (stream.is_resumable === true && stream.source_defined_cursor !== true) {
    problems.push('is resumable, and does not say that its cursor is its own');
  }
  if (modes.includes('incremental') && stream.is_resumable === false) {
    problems.push('is incremental, and says that it cannot be resumed');
  }
  return problems;
}

function partProblems(part: JsonObject): string[] {
  const problems = ['$ref', 'allOf', 'not', 'if', 'patternProperties']
    .filter((name) => name in part)
    .map((name) => `has ${name}`);
  if (part['additionalProperties'] === false) problems.push('refuses other members');
  return problems;
}

/** The schema of the member at a path; undefined when it is not declared. */
function propertyAt(schema: JsonObject, path: readonly string[]): JsonObject | undefined {
  let place: JsonObject | undefined = schema;
  for (const step of path) {
    const properties: unknown = place?.['properties'];
    const next: unknown = isObject(properties) ? properties[step] : undefined;
    place = isObject(next) ? next : undefined;
  }
  return place;
}
