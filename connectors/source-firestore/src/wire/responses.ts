// Answers that are small or rare, as plain objects.
import type { Range } from './odd-encoding.ts';
import { malformed, ProtoReader } from './protobuf.ts';
import { readTimeIn, type Time } from './time.ts';

/** An answer to BatchGetDocuments: one document that was found, or the name of one that was not. */
export interface BatchGetResponse {
  /** Where the document is in the message. */
  readonly found?: Range;
  readonly missing?: string;
  readonly readTime?: Time;
}

/** @throws {Failure} data, when the message is malformed. */
export function readBatchGetResponse(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): BatchGetResponse {
  const reader = new ProtoReader(bytes, start, end);
  let response: BatchGetResponse = {};
  while (reader.next()) {
    if (reader.tag === 0x0a) {
      if (response.found !== undefined) throw malformed('a document comes in several pieces');
      const { missing: _, ...rest } = response;
      response = { ...rest, found: { start: reader.valueStart, end: reader.valueEnd } };
    } else if (reader.tag === 0x12) {
      const { found: _, ...rest } = response;
      response = { ...rest, missing: reader.text() };
    } else if (reader.tag === 0x22) response = { ...response, readTime: readTimeIn(reader) };
  }
  return response;
}

/** Names between which the documents of a query fall into parts of about the same size; pages are in no order. */
export interface PartitionPage {
  readonly names: readonly string[];
  /** '' on the last page. */
  readonly nextPageToken: string;
}

/** @throws {Failure} data, when the message is malformed or a partition has no name. */
export function readPartitionPage(bytes: Uint8Array, start = 0, end = bytes.length): PartitionPage {
  const reader = new ProtoReader(bytes, start, end);
  const names: string[] = [];
  let nextPageToken = '';
  while (reader.next()) {
    if (reader.tag === 0x0a) names.push(nameInCursor(reader.message()));
    else if (reader.tag === 0x12) nextPageToken = reader.text();
  }
  return { names, nextPageToken };
}

export interface CollectionIdsPage {
  readonly collectionIds: readonly string[];
  /** '' on the last page. */
  readonly nextPageToken: string;
}

/** @throws {Failure} data, when the message is malformed. */
export function readCollectionIdsPage(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): CollectionIdsPage {
  const reader = new ProtoReader(bytes, start, end);
  const collectionIds: string[] = [];
  let nextPageToken = '';
  while (reader.next()) {
    if (reader.tag === 0x0a) collectionIds.push(reader.text());
    else if (reader.tag === 0x12) nextPageToken = reader.text();
  }
  return { collectionIds, nextPageToken };
}

export interface DocumentsPage {
  /** Where the documents are in the message. One that is missing has neither fields nor times. */
  readonly documents: readonly Range[];
  /** '' on the last page. */
  readonly nextPageToken: string;
}

/** @throws {Failure} data, when the message is malformed. */
export function readDocumentsPage(bytes: Uint8Array, start = 0, end = bytes.length): DocumentsPage {
  const reader = new ProtoReader(bytes, start, end);
  const documents: Range[] = [];
  let nextPageToken = '';
  while (reader.next()) {
    if (reader.tag === 0x0a) documents.push({ start: reader.valueStart, end: reader.valueEnd });
    else if (reader.tag === 0x12) nextPageToken = reader.text();
  }
  return { documents, nextPageToken };
}

/** An answer to RunAggregationQuery: counts by alias. An answer may have none and follow later. */
export interface AggregationResponse {
  readonly counts: ReadonlyMap<string, number>;
  readonly readTime?: Time;
}

/** @throws {Failure} data, when the message is malformed or a count is no integer. */
export function readAggregationResponse(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): AggregationResponse {
  const reader = new ProtoReader(bytes, start, end);
  const counts = new Map<string, number>();
  let readTime: Time | undefined;
  while (reader.next()) {
    if (reader.tag === 0x0a) readCounts(reader.message(), counts);
    else if (reader.tag === 0x1a) readTime = readTimeIn(reader);
  }
  return { counts, ...(readTime === undefined ? {} : { readTime }) };
}

/** A `google.rpc.Status`. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
}

/** @throws {Failure} data, when the message is malformed. */
export function readStatus(bytes: Uint8Array, start = 0, end = bytes.length): RpcStatus {
  const reader = new ProtoReader(bytes, start, end);
  let code = 0;
  let message = '';
  while (reader.next()) {
    if (reader.tag === 0x08) code = reader.int32();
    else if (reader.tag === 0x12) message = reader.text();
  }
  return { code, message };
}

function nameInCursor(cursor: ProtoReader): string {
  let name = '';
  while (cursor.next()) {
    if (cursor.tag !== 0x0a) continue;
    const value = cursor.message();
    while (value.next()) if (value.tag === 0x2a) name = value.text();
  }
  if (name === '') throw malformed('a partition has no name');
  return name;
}

function readCounts(result: ProtoReader, counts: Map<string, number>): void {
  while (result.next()) {
    if (result.tag !== 0x12) continue;
    const entry = result.message();
    let alias = '';
    let count: bigint | undefined;
    while (entry.next()) {
      if (entry.tag === 0x0a) alias = entry.text();
      if (entry.tag !== 0x12) continue;
      const value = entry.message();
      while (value.next()) if (value.tag === 0x10) count = value.int64();
    }
    if (count === undefined) throw malformed('a count is no integer');
    counts.set(alias, Number(count));
  }
}
