// The calls with small answers. Each is tried again as long as that is of use.
import { randomUUID } from 'node:crypto';
import { type Call, type CallOptions, GrpcError, Status } from '@fairlead/grpc';
import { type Database, readDatabase } from '../wire/database.ts';
import { DocumentHeader } from '../wire/document-header.ts';
import { documentName } from '../wire/field-path.ts';
import { compareNameTexts } from '../wire/names.ts';
import { malformed } from '../wire/protobuf.ts';
import {
  type CountQuery,
  encodeBatchGetDocuments,
  encodeCount,
  encodeGetDatabase,
  encodeListCollectionIds,
  encodeListDocuments,
  encodePartitionQuery,
  type ListDocuments,
  methods,
} from '../wire/requests.ts';
import {
  type BatchGetResponse,
  readAggregationResponse,
  readBatchGetResponse,
  readCollectionIdsPage,
  readDocumentsPage,
  readPartitionPage,
} from '../wire/responses.ts';
import { microsOf, timeOfMicros } from '../wire/time.ts';
import { type Connection, escaped } from './connection.ts';
import { retrying } from './retries.ts';

/** As many as Firestore gives unless asked. */
const pageSize = 300;

/** A document's name, and whether it is there or only has others below it. */
export interface ListedDocument {
  readonly name: string;
  readonly isMissing: boolean;
}

/** The server's present: the time as of which it says that a document of a name just made up is not there. */
export async function serverTime(connection: Connection, signal: AbortSignal): Promise<number> {
  return retrying(connection.retry, signal, async () => {
    const absent = `${connection.root}/fairlead/${randomUUID()}`;
    let micros: number | undefined;
    await batchGet(connection, { documents: [absent] }, signal, ({ readTime }) => {
      if (readTime !== undefined) micros = microsOf(readTime);
    });
    if (micros === undefined) throw malformed('it does not say as of when it was read');
    return micros;
  });
}

/** What `Firestore.count` says. */
export async function count(
  connection: Connection,
  query: CountQuery,
  signal: AbortSignal,
): Promise<number> {
  const request = encodeCount(query);
  return retrying(connection.retry, signal, async () => {
    let counted: number | undefined;
    const call = stream(connection, methods.runAggregationQuery, request, signal);
    await eachMessage(call, (bytes, start, end) => {
      counted = readAggregationResponse(bytes, start, end).counts.values().next().value ?? counted;
    });
    if (counted === undefined) throw malformed('the count is not there');
    connection.reads.add(Math.max(1, Math.ceil(counted / 1000)));
    return counted;
  });
}

/** What `Firestore.partition` says. */
export async function partition(
  connection: Connection,
  collectionId: string,
  partitionCount: number,
  readMicros: number | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (partitionCount < 1) return [];
  const names = new Set<string>();
  let pageToken = '';
  do {
    const request = encodePartitionQuery({
      parent: connection.root,
      query: {
        from: { collectionId, allDescendants: true },
        orderBy: [{ field: documentName }],
      },
      partitionCount,
      pageSize,
      ...tokenOf(pageToken),
      ...readTimeOf(readMicros),
    });
    const bytes = await retrying(connection.retry, signal, async () => {
      try {
        return await unary(connection, methods.partitionQuery, request, signal);
      } catch (error) {
        if (hasCode(error, Status.UNIMPLEMENTED)) return undefined;
        throw error;
      }
    });
    if (bytes === undefined) return [];
    connection.reads.add(1);
    const page = readPartitionPage(bytes);
    for (const name of page.names) names.add(name);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return [...names].sort(compareNameTexts);
}

/** What `Firestore.collectionIds` says. */
export async function* collectionIds(
  connection: Connection,
  parent: string,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  let pageToken = '';
  do {
    const request = encodeListCollectionIds({ parent, pageSize, ...tokenOf(pageToken) });
    const bytes = await retrying(connection.retry, signal, () =>
      unary(connection, methods.listCollectionIds, request, signal),
    );
    connection.reads.add(1);
    const page = readCollectionIdsPage(bytes);
    yield* page.collectionIds;
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
}

/** What `Firestore.documents` says. */
export async function* documents(
  connection: Connection,
  list: ListDocuments,
  signal: AbortSignal,
): AsyncGenerator<ListedDocument, void, undefined> {
  const header = new DocumentHeader();
  let pageToken = list.pageToken ?? '';
  do {
    // Nothing but names is handed out, so nothing else needs to come.
    const request = encodeListDocuments({ pageSize, ...list, mask: [], ...tokenOf(pageToken) });
    const bytes = await retrying(connection.retry, signal, () =>
      unary(connection, methods.listDocuments, request, signal),
    );
    const page = readDocumentsPage(bytes);
    connection.reads.add(Math.max(1, page.documents.length));
    for (const { start, end } of page.documents) {
      header.read(bytes, start, end);
      yield { name: nameIn(bytes, header), isMissing: !header.hasUpdateTime };
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
}

/** What `Firestore.get` says. */
export async function get(
  connection: Connection,
  names: readonly string[],
  { readMicros, mask }: { readonly readMicros?: number; readonly mask?: readonly string[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array | undefined>> {
  const found = new Map<string, Uint8Array | undefined>();
  const header = new DocumentHeader();
  const wanted = new Set(names);
  if (wanted.size === 0) return found;
  // Those after a failure are read at the instant of those before it.
  let at = readMicros;
  await retrying(connection.retry, signal, async () => {
    const rest = [...wanted].filter((name) => !found.has(name));
    if (rest.length === 0) return;
    const request = {
      documents: rest,
      ...(mask === undefined ? {} : { mask }),
      ...readTimeOf(at),
    };
    await batchGet(connection, request, signal, (response, bytes) => {
      if (response.readTime !== undefined) at ??= microsOf(response.readTime);
      if (response.missing !== undefined) found.set(response.missing, undefined);
      if (response.found === undefined) return;
      const { start, end } = response.found;
      header.read(bytes, start, end);
      // A copy, as the next pull may write over the bytes.
      found.set(nameIn(bytes, header), new Uint8Array(bytes.subarray(start, end)));
    });
    if (found.size < wanted.size) throw malformed('not every document is answered');
  });
  return found;
}

/** What `Firestore.describeDatabase` says. */
export async function describeDatabase(
  connection: Connection,
  signal: AbortSignal,
): Promise<Database | undefined> {
  const { database } = connection;
  const request = encodeGetDatabase(database);
  const metadata = connection.headers(signal, `name=${escaped(database)}`);
  const bytes = await retrying(connection.retry, signal, async () => {
    try {
      return await unary(connection, methods.getDatabase, request, signal, metadata);
    } catch (error) {
      if (hasCode(error, Status.PERMISSION_DENIED, Status.UNIMPLEMENTED)) return undefined;
      throw error;
    }
  });
  return bytes === undefined ? undefined : readDatabase(bytes);
}

function unary(
  { calls, headers, deadlineMs }: Connection,
  path: string,
  request: Uint8Array,
  signal: AbortSignal,
  metadata: NonNullable<CallOptions['metadata']> = headers(signal),
): Promise<Uint8Array> {
  return calls.unary(path, request, { deadlineMs, signal, metadata });
}

function stream(
  { calls, headers, deadlineMs }: Connection,
  path: string,
  request: Uint8Array,
  signal: AbortSignal,
): Call {
  return calls.serverStream(path, request, { deadlineMs, signal, metadata: headers(signal) });
}

/** One BatchGetDocuments; each document is counted when its answer has come. */
async function batchGet(
  connection: Connection,
  request: Omit<Parameters<typeof encodeBatchGetDocuments>[0], 'database'>,
  signal: AbortSignal,
  take: (response: BatchGetResponse, bytes: Uint8Array) => void,
): Promise<void> {
  const bytes = encodeBatchGetDocuments({ database: connection.database, ...request });
  const call = stream(connection, methods.batchGetDocuments, bytes, signal);
  await eachMessage(call, (message, start, end) => {
    const response = readBatchGetResponse(message, start, end);
    if (response.found !== undefined || response.missing !== undefined) connection.reads.add(1);
    take(response, message);
  });
}

async function eachMessage(
  call: Call,
  take: (bytes: Uint8Array, start: number, end: number) => void,
): Promise<void> {
  for await (const { bytes, bounds, count: messageCount } of call) {
    for (let i = 0; i < 2 * messageCount; i += 2) take(bytes, bounds[i] ?? 0, bounds[i + 1] ?? 0);
  }
}

function nameIn(bytes: Uint8Array, { nameStart, nameEnd }: DocumentHeader): string {
  return Buffer.from(bytes.subarray(nameStart, nameEnd)).toString();
}

function tokenOf(pageToken: string): { readonly pageToken?: string } {
  return pageToken === '' ? {} : { pageToken };
}

function readTimeOf(micros: number | undefined) {
  return micros === undefined ? {} : { readTime: timeOfMicros(micros) };
}

function hasCode(error: unknown, ...codes: readonly Status[]): boolean {
  return error instanceof GrpcError && codes.includes(error.code);
}
