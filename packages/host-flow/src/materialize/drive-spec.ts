import { formatPointer, type JsonSchema } from '@fairlead/json';
import type { Json } from '@fairlead/sdk';
import type { MaterializeResponse } from '../protocol/materialize-messages.ts';
import { jsonBytes } from './answers.ts';
import type { BindingSpec, CollectionSpec, Inference, Projection } from './flow-spec.ts';

/** A collection, and the table that it goes to. */
export interface DriveCollection {
  readonly name: string;
  /** JSON pointers. */
  readonly key: readonly string[];
  readonly schema: JsonSchema;
  /** Settings of the table. */
  readonly resource: Json;
  /** Grows when the table is to be filled anew. */
  readonly backfill?: number;
  /** Names of the fields to select; otherwise all that can be and are at the root. */
  readonly fields?: readonly string[];
}

/** The collection as Flow would build it: a projection for each location, the document, and its time. */
export function buildCollection({ name, key, schema }: DriveCollection): CollectionSpec {
  const found: Projection[] = [...locations(schema, [], true)].map((projection) => ({
    ...projection,
    isPrimaryKey: key.includes(projection.ptr ?? ''),
  }));
  const string = { format: 'date-time', contentEncoding: 'uuid' };
  found.push({ field: 'flow_document', inference: { types: ['object'], exists: 'MUST' } });
  if (!found.some(({ field }) => field === publishedField)) {
    const inference: Inference = { types: ['string'], string, exists: 'MUST' };
    found.push({ ptr: '/_meta/uuid', field: publishedField, inference });
  }
  const projections = found.sort((a, b) => ((a.field ?? '') < (b.field ?? '') ? -1 : 1));
  return { name, key, projections, writeSchema: jsonBytes(schema) };
}

/** Names of the fields at a collection's key. */
export function groupBy({ key = [], projections = [] }: CollectionSpec): string[] {
  return key.map(
    (pointer) => projections.find(({ ptr }) => ptr === pointer)?.field ?? pointer.slice(1),
  );
}

type ValidatedBinding = Extract<MaterializeResponse, { is: 'validated' }>['bindings'][number];

/** The binding with the fields that were asked for, as far as the materialization allows. */
export function buildBinding(wanted: DriveCollection, validated: ValidatedBinding): BindingSpec {
  const collection = buildCollection(wanted);
  const keys = groupBy(collection);
  const { resourcePath, deltaUpdates, projectionConstraints } = validated;
  const allowed = new Map<string, string>();
  for (const { field, constraint } of projectionConstraints) {
    allowed.set(field, constraint?.type ?? 'INVALID');
  }
  const chosen = (collection.projections ?? []).filter(({ field = '', ptr = '' }) => {
    const type = allowed.get(field);
    if (type === undefined || type === 'FIELD_FORBIDDEN' || type === 'INCOMPATIBLE') return false;
    if (type !== 'FIELD_OPTIONAL' || field === 'flow_document') return true;
    const isUsual = field === publishedField || !ptr.slice(1).includes('/') || field === '_meta/op';
    return wanted.fields === undefined ? isUsual : wanted.fields.includes(field);
  });
  const document = chosen.find(({ ptr = '' }) => ptr === '')?.field ?? '';
  const values = chosen
    .map(({ field = '' }) => field)
    .filter((field) => field !== document && !keys.includes(field));
  const backfill = wanted.backfill ?? 0;
  return {
    resourceConfig: jsonBytes(wanted.resource),
    resourcePath,
    collection,
    fieldSelection: { keys, values, document },
    deltaUpdates,
    backfill,
    stateKey: [...resourcePath, ...(backfill === 0 ? [] : [`v${backfill}`])].join('.'),
  };
}

const publishedField = 'flow_published_at';

function* locations(
  schema: JsonSchema,
  path: readonly string[],
  isRequired: boolean,
): Generator<Projection> {
  const { properties, required } = schema;
  if (typeof properties !== 'object' || properties === null) return;
  const needed = new Set<unknown>(Array.isArray(required) ? required : []);
  for (const [name, property] of Object.entries(properties)) {
    // The properties of a JSON Schema are schemas.
    const inner = property as JsonSchema;
    const at = [...path, name];
    const must = isRequired && needed.has(name);
    yield { ptr: formatPointer(at), field: at.join('/'), inference: inferenceOf(inner, must) };
    yield* locations(inner, at, must);
  }
}

function inferenceOf({ type, format, minimum, maximum }: JsonSchema, must: boolean): Inference {
  const types = (Array.isArray(type) ? type : [type ?? allTypes]).flat().map(String);
  return {
    types,
    exists: must ? 'MUST' : 'MAY',
    numeric: {
      ...(typeof minimum === 'number' ? { hasMinimum: true, minimum } : {}),
      ...(typeof maximum === 'number' ? { hasMaximum: true, maximum } : {}),
    },
    ...(types.includes('string') ? { string: typeof format === 'string' ? { format } : {} } : {}),
  };
}

const allTypes = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];
