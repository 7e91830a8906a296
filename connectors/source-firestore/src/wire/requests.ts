// The requests of `google.firestore.v1.Firestore` that a capture makes, and GetDatabase. A parent is the full
// name of a document, or `projects/…/databases/…/documents` for the whole database.
import { ProtoWriter } from './protobuf.ts';
import { encodeQuery, encodeWrapped, type Query } from './structured-query.ts';
import { encodeTime, type Time } from './time.ts';

/** The paths under which the methods are called. */
export const methods = {
  runQuery: '/google.firestore.v1.Firestore/RunQuery',
  listen: '/google.firestore.v1.Firestore/Listen',
  partitionQuery: '/google.firestore.v1.Firestore/PartitionQuery',
  listCollectionIds: '/google.firestore.v1.Firestore/ListCollectionIds',
  listDocuments: '/google.firestore.v1.Firestore/ListDocuments',
  batchGetDocuments: '/google.firestore.v1.Firestore/BatchGetDocuments',
  runAggregationQuery: '/google.firestore.v1.Firestore/RunAggregationQuery',
  getDatabase: '/google.firestore.admin.v1.FirestoreAdmin/GetDatabase',
} as const;

export interface RunQuery {
  readonly parent: string;
  readonly query: Query;
  readonly readTime?: Time;
}

/** A `RunQueryRequest`. */
export function encodeRunQuery({ parent, query, readTime }: RunQuery): Uint8Array {
  const writer = new ProtoWriter().text(1, parent).message(2, encodeQuery(query));
  if (readTime !== undefined) writer.message(7, encodeTime(readTime));
  return writer.finish();
}

/** What to listen to: a query or some documents, from now on or from where it was left. */
export interface Target {
  /** Positive, and used by no other target of the stream. */
  readonly targetId: number;
  readonly of:
    | { readonly parent: string; readonly query: Query }
    | { readonly documents: readonly string[] };
  readonly from?: { readonly resumeToken: Uint8Array } | { readonly readTime: Time };
  /** How many documents there were at that point. */
  readonly expectedCount?: number;
}

/** A `ListenRequest` that adds a target. `database` is `projects/…/databases/…`. */
export function encodeAddTarget(database: string, target: Target): Uint8Array {
  const { of, from } = target;
  const writer = new ProtoWriter();
  if ('query' in of) {
    const query = new ProtoWriter().text(1, of.parent).message(2, encodeQuery(of.query));
    writer.message(2, query);
  } else {
    const documents = new ProtoWriter();
    for (const name of of.documents) documents.text(2, name);
    writer.message(3, documents);
  }
  if (from !== undefined) {
    if ('resumeToken' in from) writer.bytes(4, from.resumeToken);
    else writer.message(11, encodeTime(from.readTime));
  }
  writer.varint(5, target.targetId);
  if (target.expectedCount !== undefined) writer.message(12, encodeWrapped(target.expectedCount));
  return new ProtoWriter().text(1, database).message(2, writer).finish();
}

/** A `ListenRequest` that removes a target. */
export function encodeRemoveTarget(database: string, targetId: number): Uint8Array {
  return new ProtoWriter().text(1, database).varint(3, targetId).finish();
}

/** The resume token of an instant, of which it holds the microseconds and nothing else. */
export function resumeTokenOf({ seconds, nanos }: Time): Uint8Array {
  const micros = BigInt(seconds) * 1_000_000n + BigInt(Math.floor(nanos / 1000));
  return new ProtoWriter().message(1, new ProtoWriter().varint(1, micros)).finish();
}

export interface PartitionQuery {
  readonly parent: string;
  /** All descendants by name, and nothing more. */
  readonly query: Query;
  /** How many names to cut at, at most. */
  readonly partitionCount: number;
  readonly pageSize?: number;
  readonly pageToken?: string;
  readonly readTime?: Time;
}

/** A `PartitionQueryRequest`. */
export function encodePartitionQuery(request: PartitionQuery): Uint8Array {
  const writer = new ProtoWriter().text(1, request.parent).message(2, encodeQuery(request.query));
  writer.varint(3, request.partitionCount);
  if (request.pageToken !== undefined) writer.text(4, request.pageToken);
  if (request.pageSize !== undefined) writer.varint(5, request.pageSize);
  if (request.readTime !== undefined) writer.message(6, encodeTime(request.readTime));
  return writer.finish();
}

export interface ListCollectionIds {
  readonly parent: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
  readonly readTime?: Time;
}

/** A `ListCollectionIdsRequest`. */
export function encodeListCollectionIds(request: ListCollectionIds): Uint8Array {
  const writer = new ProtoWriter().text(1, request.parent);
  if (request.pageSize !== undefined) writer.varint(2, request.pageSize);
  if (request.pageToken !== undefined) writer.text(3, request.pageToken);
  if (request.readTime !== undefined) writer.message(4, encodeTime(request.readTime));
  return writer.finish();
}

export interface ListDocuments {
  readonly parent: string;
  /** Without it: of all collections right below the parent. */
  readonly collectionId?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
  /** Paths of the fields to return; none returns names and times. All when absent. */
  readonly mask?: readonly string[];
  /** Whether also documents that are not there, but have some below them. */
  readonly showMissing?: boolean;
  readonly readTime?: Time;
}

/** A `ListDocumentsRequest`. */
export function encodeListDocuments(request: ListDocuments): Uint8Array {
  const writer = new ProtoWriter().text(1, request.parent);
  if (request.collectionId !== undefined) writer.text(2, request.collectionId);
  if (request.pageSize !== undefined) writer.varint(3, request.pageSize);
  if (request.pageToken !== undefined) writer.text(4, request.pageToken);
  if (request.mask !== undefined) writer.message(7, encodeMask(request.mask));
  if (request.readTime !== undefined) writer.message(10, encodeTime(request.readTime));
  if (request.showMissing === true) writer.varint(12, 1);
  return writer.finish();
}

export interface BatchGetDocuments {
  /** `projects/…/databases/…`. */
  readonly database: string;
  /** Full names, each once. */
  readonly documents: readonly string[];
  readonly mask?: readonly string[];
  readonly readTime?: Time;
}

/** A `BatchGetDocumentsRequest`. */
export function encodeBatchGetDocuments(request: BatchGetDocuments): Uint8Array {
  const writer = new ProtoWriter().text(1, request.database);
  for (const name of request.documents) writer.text(2, name);
  if (request.mask !== undefined) writer.message(3, encodeMask(request.mask));
  if (request.readTime !== undefined) writer.message(7, encodeTime(request.readTime));
  return writer.finish();
}

export interface CountQuery {
  readonly parent: string;
  readonly query: Query;
  /** Where to stop counting, which also bounds what it costs. */
  readonly upTo?: number;
  readonly readTime?: Time;
}

/** A `RunAggregationQueryRequest` for one count, whose alias is {@link countAlias}. */
export function encodeCount({ parent, query, upTo, readTime }: CountQuery): Uint8Array {
  const count = new ProtoWriter();
  if (upTo !== undefined) count.message(1, encodeWrapped(upTo));
  const aggregation = new ProtoWriter().message(1, count).text(7, countAlias);
  const aggregations = new ProtoWriter().message(1, encodeQuery(query)).message(3, aggregation);
  const writer = new ProtoWriter().text(1, parent).message(2, aggregations);
  if (readTime !== undefined) writer.message(6, encodeTime(readTime));
  return writer.finish();
}

/** By what name an answer to {@link encodeCount} has the count. */
const countAlias = 'count';

/** A `GetDatabaseRequest` of the admin service. */
export function encodeGetDatabase(database: string): Uint8Array {
  return new ProtoWriter().text(1, database).finish();
}

function encodeMask(paths: readonly string[]): ProtoWriter {
  const writer = new ProtoWriter();
  for (const path of paths) writer.text(1, path);
  return writer;
}
