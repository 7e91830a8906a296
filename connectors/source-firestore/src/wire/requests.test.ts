import { describe, expect, test } from 'vitest';
import { messageType } from '../testing/firestore-types.ts';
import { documentName } from './field-path.ts';
import * as requests from './requests.ts';
import type { Query } from './structured-query.ts';

const database = 'projects/p/databases/(default)';
const parent = `${database}/documents`;
const readTime = { seconds: 1_700_000_000, nanos: 123_456_789 };
const time = { seconds: '1700000000', nanos: 123_456_789 };
const name = `${parent}/users/é😀`;
const byName: Query = { from: { collectionId: 'users', allDescendants: true } };
const fromUsers = { from: [{ collectionId: 'users', allDescendants: true }] };

/** What Google's own descriptors read; fails where they see a field that they do not know. */
function read(type: string, bytes: Uint8Array): unknown {
  const message = messageType(type);
  const decoded = message.decode(bytes);
  expect(Buffer.from(message.encode(decoded).finish()).length).toBe(bytes.length);
  return message.toObject(decoded, { longs: String, enums: String, bytes: String });
}

describe('requests are read as they are meant', () => {
  test.each<[string, Uint8Array, object]>([
    [
      'RunQueryRequest',
      requests.encodeRunQuery({
        parent,
        readTime,
        query: {
          from: { collectionId: 'users' },
          select: [documentName, 'a.b'],
          where: {
            all: [
              { field: 'age', op: '>=', value: 18n },
              {
                any: [
                  { field: 'f', is: 'nan' },
                  { field: 'g', is: 'not-null' },
                ],
              },
              { field: 't', op: 'in', value: { array: ['x', 1.5, null, true] } },
              { field: 'b', op: '==', value: Uint8Array.of(1, 2) },
              { field: 'c', op: '<', value: { time: readTime } },
            ],
          },
          orderBy: [{ field: 'age', direction: 'descending' }, { field: documentName }],
          startAt: { values: [18n, { reference: name }], before: false },
          endAt: { values: [-3n], before: true },
          limit: 500,
        },
      }),
      {
        parent,
        readTime: time,
        structuredQuery: {
          select: { fields: [{ fieldPath: '__name__' }, { fieldPath: 'a.b' }] },
          from: [{ collectionId: 'users' }],
          where: {
            compositeFilter: {
              op: 'AND',
              filters: [
                {
                  fieldFilter: {
                    field: { fieldPath: 'age' },
                    op: 'GREATER_THAN_OR_EQUAL',
                    value: { integerValue: '18' },
                  },
                },
                {
                  compositeFilter: {
                    op: 'OR',
                    filters: [
                      { unaryFilter: { op: 'IS_NAN', field: { fieldPath: 'f' } } },
                      { unaryFilter: { op: 'IS_NOT_NULL', field: { fieldPath: 'g' } } },
                    ],
                  },
                },
                {
                  fieldFilter: {
                    field: { fieldPath: 't' },
                    op: 'IN',
                    value: {
                      arrayValue: {
                        values: [
                          { stringValue: 'x' },
                          { doubleValue: 1.5 },
                          { nullValue: 'NULL_VALUE' },
                          { booleanValue: true },
                        ],
                      },
                    },
                  },
                },
                {
                  fieldFilter: {
                    field: { fieldPath: 'b' },
                    op: 'EQUAL',
                    value: { bytesValue: 'AQI=' },
                  },
                },
                {
                  fieldFilter: {
                    field: { fieldPath: 'c' },
                    op: 'LESS_THAN',
                    value: { timestampValue: time },
                  },
                },
              ],
            },
          },
          orderBy: [
            { field: { fieldPath: 'age' }, direction: 'DESCENDING' },
            { field: { fieldPath: '__name__' }, direction: 'ASCENDING' },
          ],
          startAt: { values: [{ integerValue: '18' }, { referenceValue: name }] },
          endAt: { values: [{ integerValue: '-3' }], before: true },
          limit: { value: 500 },
        },
      },
    ],
    [
      'RunQueryRequest',
      requests.encodeRunQuery({ parent, query: { from: { allDescendants: true }, limit: 0 } }),
      { parent, structuredQuery: { from: [{ allDescendants: true }], limit: {} } },
    ],
    [
      'ListenRequest',
      requests.encodeAddTarget(database, {
        targetId: 7,
        of: { parent, query: byName },
        from: { resumeToken: requests.resumeTokenOf(readTime) },
        expectedCount: 12,
      }),
      {
        database,
        addTarget: {
          query: { parent, structuredQuery: fromUsers },
          resumeToken: 'CgkIwMSAwcHEggM=',
          targetId: 7,
          expectedCount: { value: 12 },
        },
      },
    ],
    [
      'ListenRequest',
      requests.encodeAddTarget(database, {
        targetId: 1,
        of: { documents: [name, `${parent}/a/b`] },
        from: { readTime },
      }),
      {
        database,
        addTarget: {
          documents: { documents: [name, `${parent}/a/b`] },
          readTime: time,
          targetId: 1,
        },
      },
    ],
    ['ListenRequest', requests.encodeRemoveTarget(database, 7), { database, removeTarget: 7 }],
    [
      'PartitionQueryRequest',
      requests.encodePartitionQuery({
        parent,
        query: byName,
        partitionCount: 127,
        pageSize: 50,
        pageToken: 'next',
        readTime,
      }),
      {
        parent,
        structuredQuery: fromUsers,
        partitionCount: '127',
        pageToken: 'next',
        pageSize: 50,
        readTime: time,
      },
    ],
    [
      'ListCollectionIdsRequest',
      requests.encodeListCollectionIds({ parent, pageSize: 3, pageToken: 'x', readTime }),
      { parent, pageSize: 3, pageToken: 'x', readTime: time },
    ],
    [
      'ListDocumentsRequest',
      requests.encodeListDocuments({
        parent,
        collectionId: 'users',
        pageSize: 300,
        pageToken: 'x',
        mask: [],
        showMissing: true,
        readTime,
      }),
      {
        parent,
        collectionId: 'users',
        pageSize: 300,
        pageToken: 'x',
        mask: {},
        readTime: time,
        showMissing: true,
      },
    ],
    [
      'BatchGetDocumentsRequest',
      requests.encodeBatchGetDocuments({
        database,
        documents: [name, name],
        mask: ['a'],
        readTime,
      }),
      { database, documents: [name, name], mask: { fieldPaths: ['a'] }, readTime: time },
    ],
    [
      'RunAggregationQueryRequest',
      requests.encodeCount({ parent, query: byName, upTo: 1000, readTime }),
      {
        parent,
        structuredAggregationQuery: {
          structuredQuery: fromUsers,
          aggregations: [{ count: { upTo: { value: '1000' } }, alias: 'count' }],
        },
        readTime: time,
      },
    ],
    [
      'google.firestore.admin.v1.GetDatabaseRequest',
      requests.encodeGetDatabase(database),
      { name: database },
    ],
  ])('%s', (type, bytes, expected) => {
    expect(read(type, bytes)).toEqual(expected);
  });
});

test('methods are those of the services', () => {
  const services = new Map(
    ['google.firestore.v1.Firestore', 'google.firestore.admin.v1.FirestoreAdmin'].map(
      (service) => [service, messageTypeOfService(service)] as const,
    ),
  );
  for (const path of Object.values(requests.methods)) {
    const [, service = '', method = ''] = path.split('/');
    expect(services.get(service)).toContain(method);
  }
});

test('a resume token holds the microseconds of its instant', () => {
  const token = requests.resumeTokenOf({ seconds: 1_526_499_193, nanos: 154_974_000 });
  const decoded = Buffer.from(token);
  expect(decoded.subarray(0, 3)).toEqual(Buffer.of(0x0a, 0x09, 0x08));
  let micros = 0n;
  decoded.subarray(3).forEach((byte, i) => (micros |= BigInt(byte & 0x7f) << BigInt(7 * i)));
  expect(micros).toBe(1_526_499_193_154_974n);
});

function messageTypeOfService(service: string): string[] {
  const type = messageType(
    service.includes('admin') ? 'google.firestore.admin.v1.Database' : 'Document',
  );
  return Object.keys(type.root.lookupService(service).methods);
}
