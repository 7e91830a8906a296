import { describe, expect, test } from 'vitest';
import { constrain, strictest, type ProposedBinding } from './constraints.ts';
import { people, peopleBinding, testCollection } from './test-specs.ts';

const proposed: ProposedBinding = {
  collection: people,
  groupBy: ['id'],
  deltaUpdates: false,
  backfill: 0,
  last: undefined,
};

/** `field TYPE`, one for each constraint. */
function told(over: Partial<ProposedBinding>): string[] {
  return constrain({ ...proposed, ...over }).map(
    ({ field, constraint }) => `${field} ${constraint.type}`,
  );
}

const values = ['amount FIELD_OPTIONAL', 'name FIELD_OPTIONAL', 'flow_published_at FIELD_OPTIONAL'];

test.each<[string, Partial<ProposedBinding>, string[]]>([
  [
    'a new table needs its key and its document',
    {},
    ['id LOCATION_REQUIRED', ...values, 'flow_document FIELD_REQUIRED'],
  ],
  [
    'a table of delta updates needs nothing',
    { deltaUpdates: true },
    ['id FIELD_OPTIONAL', ...values, 'flow_document FIELD_OPTIONAL'],
  ],
  [
    'an existing table keeps its key and its document',
    { last: peopleBinding() },
    ['id FIELD_REQUIRED', ...values, 'flow_document FIELD_REQUIRED'],
  ],
  [
    'the key of an existing table does not change',
    { last: peopleBinding(), collection: withKey('/amount'), groupBy: ['amount'] },
    [
      'id INCOMPATIBLE',
      'amount FIELD_FORBIDDEN',
      'name FIELD_OPTIONAL',
      'flow_document FIELD_REQUIRED',
    ],
  ],
  [
    'a backfill allows another key',
    { last: peopleBinding(), backfill: 1, collection: withKey('/amount'), groupBy: ['amount'] },
    [
      'id FIELD_OPTIONAL',
      'amount LOCATION_REQUIRED',
      'name FIELD_OPTIONAL',
      'flow_document FIELD_REQUIRED',
    ],
  ],
  [
    'another projection of the document is forbidden',
    {
      collection: { ...people, projections: [{ field: 'doc' }, { field: 'flow_document' }] },
      groupBy: [],
    },
    ['doc FIELD_REQUIRED', 'flow_document FIELD_FORBIDDEN'],
  ],
  [
    'the document stays in the field where it is',
    {
      collection: { ...people, projections: [{ field: 'doc' }, { field: 'flow_document' }] },
      groupBy: [],
      last: peopleBinding(),
    },
    ['doc FIELD_FORBIDDEN', 'flow_document FIELD_REQUIRED'],
  ],
  [
    'a document whose field is gone asks for a backfill',
    {
      collection: { ...people, projections: [{ field: 'doc' }] },
      groupBy: [],
      last: peopleBinding(),
    },
    ['doc LOCATION_REQUIRED', 'doc INCOMPATIBLE'],
  ],
  [
    'nothing but null is no column',
    {
      collection: testCollection(
        'c',
        [],
        [
          { ptr: '/a', types: ['null'] },
          { ptr: '/b', types: [] },
        ],
      ),
      groupBy: [],
    },
    ['a FIELD_FORBIDDEN', 'b FIELD_FORBIDDEN', 'flow_document FIELD_REQUIRED'],
  ],
])('%s', (_, over, expected) => {
  expect(told(over)).toEqual(expected);
});

describe('what cannot be', () => {
  test.each<[string, Partial<ProposedBinding>, string]>([
    ['a key that may be missing', { groupBy: ['amount'] }, '"amount" may be null or missing'],
    ['a key that is no field', { groupBy: ['nobody'] }, '"nobody", which there is not'],
    [
      'standard updates of a table that has delta updates',
      { last: peopleBinding({ deltaUpdates: true }) },
      'has documents of delta updates',
    ],
  ])('%s', (_, over, message) => {
    expect(() => told(over)).toThrow(message);
  });

  test.each<[string, Partial<ProposedBinding>]>([
    [
      'delta updates of a table that has standard updates',
      { last: peopleBinding(), deltaUpdates: true },
    ],
    [
      'standard updates after a backfill',
      { last: peopleBinding({ deltaUpdates: true }), backfill: 1 },
    ],
    [
      'a key with a default',
      {
        collection: testCollection('c', ['/k'], [{ ptr: '/k', types: ['string'], default: 'x' }]),
        groupBy: ['k'],
      },
    ],
  ])('%s can be', (_, over) => {
    expect(told(over).length).toBeGreaterThan(0);
  });
});

test('a runtime that knows one constraint of a field gets the strictest', () => {
  const collection = { ...people, projections: [{ field: 'doc' }] };
  const constraints = constrain({ ...proposed, collection, groupBy: [], last: peopleBinding() });
  expect(strictest(constraints)).toEqual({
    doc: expect.objectContaining({ type: 'INCOMPATIBLE' }),
  });
});

function withKey(pointer: string) {
  return testCollection(
    'c',
    [pointer],
    [
      { ptr: '/id', types: ['integer'], exists: 'MUST' },
      { ptr: '/amount', types: ['integer'], exists: 'MUST' },
      { ptr: '/name', types: ['string'] },
    ],
  );
}
