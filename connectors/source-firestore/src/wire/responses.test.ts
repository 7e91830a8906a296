import { isFailure } from '@fairlead/sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageType } from '../testing/firestore-types.ts';
import { readDatabase } from './database.ts';
import { ListenResponse, readExistenceFilter, readTargetChange } from './listen-response.ts';
import { ProtoWriter } from './protobuf.ts';
import { QueryResponse } from './query-response.ts';
import * as responses from './responses.ts';

const name = 'projects/p/databases/(default)/documents/users/a';
const time = { seconds: 1_700_000_000, nanos: 5 };
const document = { name, createTime: time, updateTime: time };

/** What a server sends, by Google's own descriptors. */
function encode(type: string, value: object): Uint8Array {
  const message = messageType(type);
  expect(message.verify(value)).toBe(null);
  return message.encode(message.fromObject(value)).finish();
}

function nameAt(bytes: Uint8Array, start: number, end: number): unknown {
  const type = messageType('Document');
  return type.toObject(type.decode(bytes.subarray(start, end)))['name'];
}

describe('answers to a query', () => {
  test.each([
    {
      sent: { document, readTime: time },
      is: { hasDocument: true, hasReadTime: true, readTime: time, isDone: false },
    },
    {
      sent: { readTime: time, skippedResults: 300 },
      is: { hasDocument: false, skippedResults: 300, isDone: false },
    },
    { sent: { done: true, document }, is: { hasDocument: true, hasReadTime: false, isDone: true } },
    { sent: { transaction: Uint8Array.of(1) }, is: { hasDocument: false, hasReadTime: false } },
  ])('%j', ({ sent, is }) => {
    const bytes = encode('RunQueryResponse', sent);
    const response = new QueryResponse();
    response.read(encode('RunQueryResponse', { document, readTime: time, done: true }), 0, 0);
    response.read(Buffer.concat([Buffer.alloc(3), bytes]), 3, 3 + bytes.length);
    expect(response).toMatchObject(is);
    if (!response.hasDocument) return;
    expect(nameAt(bytes, response.documentStart - 3, response.documentEnd - 3)).toBe(name);
  });

  test('a document in two pieces is refused', () => {
    const bytes = encode('RunQueryResponse', { document });
    const twice = Buffer.concat([bytes, bytes]);
    expect(() => new QueryResponse().read(twice, 0, twice.length)).toThrow(/several pieces/);
  });
});

describe('answers to Listen', () => {
  function listen(value: object): { readonly bytes: Uint8Array; readonly event: ListenResponse } {
    const bytes = encode('ListenResponse', value);
    const event = new ListenResponse();
    event.targetIds.push(99);
    event.removedTargetIds.push(99);
    event.read(bytes, 0, bytes.length);
    return { bytes, event };
  }

  test('a document that has changed', () => {
    const sent = {
      documentChange: { document, targetIds: [1, 2_000_000_000, -3], removedTargetIds: [4] },
    };
    const { bytes, event } = listen(sent);
    expect(event).toMatchObject({
      is: 'change',
      targetIds: [1, 2_000_000_000, -3],
      removedTargetIds: [4],
    });
    expect(nameAt(bytes, event.documentStart, event.documentEnd)).toBe(name);
  });

  test.each([
    {
      sent: { documentDelete: { document: name, readTime: time, removedTargetIds: [3, 4] } },
      is: 'delete',
    },
    {
      sent: { documentRemove: { document: name, readTime: time, removedTargetIds: [3, 4] } },
      is: 'remove',
    },
  ])('a document that is gone: $is', ({ sent, is }) => {
    const { bytes, event } = listen(sent);
    expect(event).toMatchObject({ is, targetIds: [], removedTargetIds: [3, 4], readTime: time });
    expect(Buffer.from(bytes.subarray(event.nameStart, event.nameEnd)).toString()).toBe(name);
  });

  test('ids of targets may come one by one', () => {
    const inner = new ProtoWriter().message(1, new ProtoWriter().text(1, name));
    const change = inner.varint(5, 1).varint(5, 300).varint(6, -1);
    const bytes = new ProtoWriter().message(3, change).finish();
    const event = new ListenResponse();
    event.read(bytes, 0, bytes.length);
    expect(event).toMatchObject({ targetIds: [1, 300], removedTargetIds: [-1] });
  });

  test.each([
    { sent: {}, is: { type: 'no-change', targetIds: [] } },
    { sent: { targetChangeType: 'ADD', targetIds: [1] }, is: { type: 'add', targetIds: [1] } },
    {
      sent: {
        targetChangeType: 'REMOVE',
        targetIds: [1, 2],
        cause: { code: 4, message: 'timed out' },
      },
      is: { type: 'remove', targetIds: [1, 2], cause: { code: 4, message: 'timed out' } },
    },
    { sent: { targetChangeType: 'CURRENT' }, is: { type: 'current', targetIds: [] } },
    { sent: { targetChangeType: 'RESET' }, is: { type: 'reset', targetIds: [] } },
    {
      sent: { resumeToken: Uint8Array.of(1, 2), readTime: time },
      is: { type: 'no-change', targetIds: [], resumeToken: Uint8Array.of(1, 2), readTime: time },
    },
  ])('a change of targets: %j', ({ sent, is }) => {
    const message = messageType('ListenResponse').fromObject({ targetChange: sent });
    const bytes = messageType('ListenResponse').encode(message).finish();
    const event = new ListenResponse();
    event.read(bytes, 0, bytes.length);
    expect(event.is).toBe('target-change');
    expect(readTargetChange(new Uint8Array(bytes), event.start, event.end)).toEqual(is);
  });

  test('a filter with a bloom filter', () => {
    const bits = { bitmap: Uint8Array.of(1, 2), padding: 3 };
    const sent = { targetId: 7, count: 12, unchangedNames: { bits, hashCount: 5 } };
    const { bytes, event } = listen({ filter: sent });
    expect(event.is).toBe('filter');
    expect(readExistenceFilter(new Uint8Array(bytes), event.start, event.end)).toEqual({
      targetId: 7,
      count: 12,
      unchangedNames: { bitmap: Uint8Array.of(1, 2), padding: 3, hashCount: 5 },
    });
  });

  test('what is not known is nothing', () => {
    const event = new ListenResponse();
    event.read(new ProtoWriter().text(9, 'x').finish(), 0, 3);
    expect(event.is).toBe('nothing');
  });
});

describe('small answers', () => {
  test.each<[string, object, (bytes: Uint8Array) => unknown, unknown]>([
    [
      'BatchGetDocumentsResponse',
      { missing: name, readTime: time },
      responses.readBatchGetResponse,
      { missing: name, readTime: time },
    ],
    [
      'BatchGetDocumentsResponse',
      { found: { name: 'abc' } },
      responses.readBatchGetResponse,
      { found: { start: 2, end: 7 } },
    ],
    [
      'PartitionQueryResponse',
      {
        partitions: [
          { values: [{ referenceValue: name }] },
          { values: [{ referenceValue: `${name}b` }] },
        ],
        nextPageToken: 'x',
      },
      responses.readPartitionPage,
      { names: [name, `${name}b`], nextPageToken: 'x' },
    ],
    [
      'ListCollectionIdsResponse',
      { collectionIds: ['a', 'é'] },
      responses.readCollectionIdsPage,
      { collectionIds: ['a', 'é'], nextPageToken: '' },
    ],
    [
      'ListDocumentsResponse',
      { documents: [{ name: 'abc' }, { name: 'd' }], nextPageToken: 'x' },
      responses.readDocumentsPage,
      {
        documents: [
          { start: 2, end: 7 },
          { start: 9, end: 12 },
        ],
        nextPageToken: 'x',
      },
    ],
    [
      'RunAggregationQueryResponse',
      { result: { aggregateFields: { count: { integerValue: 12 } } }, readTime: time },
      responses.readAggregationResponse,
      { counts: new Map([['count', 12]]), readTime: time },
    ],
    [
      'google.rpc.Status',
      { code: 9, message: 'too old' },
      responses.readStatus,
      { code: 9, message: 'too old' },
    ],
  ])('%s', (type, sent, read, expected) => {
    expect(read(new Uint8Array(encode(type, sent)))).toEqual(expected);
  });

  test('a database with all that it says', () => {
    const sent = {
      name: 'projects/p/databases/d',
      locationId: 'eur3',
      type: 1,
      databaseEdition: 2,
      pointInTimeRecoveryEnablement: 1,
      versionRetentionPeriod: { seconds: 604_800 },
      earliestVersionTime: time,
      realtimeUpdatesMode: 2,
      firestoreDataAccessMode: 1,
    };
    expect(readDatabase(encode('google.firestore.admin.v1.Database', sent))).toEqual({
      name: 'projects/p/databases/d',
      locationId: 'eur3',
      type: 'native',
      edition: 'enterprise',
      hasPointInTimeRecovery: true,
      versionRetentionSeconds: 604_800,
      earliestVersionTime: time,
      realtimeUpdates: 'disabled',
      firestoreAccess: 'enabled',
    });
  });

  test('a database in Datastore mode', () => {
    expect(readDatabase(encode('google.firestore.admin.v1.Database', { type: 2 }))).toMatchObject({
      type: 'datastore',
      edition: 'unknown',
      hasPointInTimeRecovery: false,
      realtimeUpdates: 'unknown',
    });
  });
});

test('any bytes are an answer or a failure', () => {
  const readers: readonly ((bytes: Uint8Array) => unknown)[] = [
    (bytes) => new QueryResponse().read(bytes, 0, bytes.length),
    (bytes) => new ListenResponse().read(bytes, 0, bytes.length),
    (bytes) => readTargetChange(bytes, 0, bytes.length),
    (bytes) => readExistenceFilter(bytes, 0, bytes.length),
    (bytes) => readDatabase(bytes),
    responses.readBatchGetResponse,
    responses.readPartitionPage,
    responses.readCollectionIdsPage,
    responses.readDocumentsPage,
    responses.readAggregationResponse,
    responses.readStatus,
  ];
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0x0a, 0x12, 0x1a, 0x22, 2, 4),
  );
  const bytes = fc.array(byte, { maxLength: 40 }).map((list) => Uint8Array.from(list));
  fc.assert(
    fc.property(bytes, fc.constantFrom(...readers), (message, read) => {
      try {
        read(message);
      } catch (error) {
        expect(isFailure(error) && error.kind === 'data').toBe(true);
      }
    }),
    { numRuns: 5000 },
  );
});
