import type { Json } from '@fairlead/sdk';
import type { BindingSpec, CollectionSpec, Inference } from './flow-spec.ts';

/** A location as Flow would infer it. */
export interface TestField {
  readonly ptr: string;
  readonly types: readonly string[];
  readonly exists?: 'MUST' | 'MAY';
  readonly format?: string;
  readonly contentEncoding?: string;
  readonly default?: Json;
  /** Another name than the pointer's. */
  readonly field?: string;
}

/** A collection with a root projection and one for each of these locations. */
export function testCollection(
  name: string,
  key: readonly string[],
  fields: readonly TestField[],
): CollectionSpec {
  const root = {
    field: 'flow_document',
    inference: { types: ['object'], exists: 'MUST' },
  } as const;
  const projections = fields.map(({ ptr, field = ptr.slice(1), ...rest }) => ({
    ptr,
    field,
    isPrimaryKey: key.includes(ptr),
    inference: inferenceOf(rest),
  }));
  return { name, key, projections: [...projections, root] };
}

const published: TestField = {
  ptr: '/_meta/uuid',
  field: 'flow_published_at',
  types: ['string'],
  exists: 'MUST',
  format: 'date-time',
  contentEncoding: 'uuid',
};

export const people: CollectionSpec = testCollection(
  'acmeCo/people',
  ['/id'],
  [
    { ptr: '/id', types: ['integer'], exists: 'MUST' },
    { ptr: '/amount', types: ['integer'] },
    { ptr: '/name', types: ['string'] },
    published,
  ],
);

/** A binding of the people. */
export function peopleBinding(over: BindingSpec = {}): BindingSpec {
  return {
    resourceConfig: Buffer.from('{"table":"people"}'),
    resourcePath: ['people'],
    collection: people,
    fieldSelection: { keys: ['id'], values: ['amount', 'name'], document: 'flow_document' },
    stateKey: 'people',
    ...over,
  };
}

function inferenceOf({
  types,
  exists = 'MAY',
  format,
  contentEncoding,
  default: value,
}: Omit<TestField, 'ptr' | 'field'>): Inference {
  const string = {
    ...(format === undefined ? {} : { format }),
    ...(contentEncoding === undefined ? {} : { contentEncoding }),
  };
  return {
    types,
    exists,
    ...(types.includes('string') ? { string } : {}),
    ...(value === undefined ? {} : { default: Buffer.from(JSON.stringify(value)) }),
  };
}
