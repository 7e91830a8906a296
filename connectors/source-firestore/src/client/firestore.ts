import type { Call, DuplexCall } from '@fairlead/grpc';
import type { FirestoreConfig } from '../settings.ts';
import type { Database } from '../wire/database.ts';
import {
  type CountQuery,
  encodeRunQuery,
  type ListDocuments,
  methods,
  type RunQuery,
} from '../wire/requests.ts';
import {
  collectionIds,
  count,
  describeDatabase,
  documents,
  get,
  type ListedDocument,
  partition,
  serverTime,
} from './calls.ts';
import { type ConnectionSetup, openConnection } from './connection.ts';
import { meteredListen, meteredQuery } from './metered-call.ts';
import { type NamesQuery, queryNames } from './names.ts';
import type { ReadMeter } from './read-meter.ts';
import { Retries, type RetriesOptions } from './retries.ts';

/**
 * One database. All but `query` and `listen` is tried again as `reactionTo` says, a limited number of times, and then
 * fails with a `Failure`; an abort throws the reason of its signal. Disposing ends the calls that run.
 *
 * Every call counts what it is billed in `reads`, `query` and `listen` too, as their answers are pulled: callers
 * add nothing.
 */
export interface Firestore extends AsyncDisposable {
  /** `projects/…/databases/…`. */
  readonly database: string;
  /** `projects/…/databases/…/documents`. */
  readonly root: string;
  /** Who reads, such as the address of a service account, where that is known. For messages. */
  readonly principal: string | undefined;
  readonly reads: ReadMeter;
  /** The failures in a row of one `query` or `listen`, and the waits after them. */
  retries(options?: RetriesOptions): Retries;
  /** The server's present, in microseconds since 1970. One read. */
  serverTime(signal: AbortSignal): Promise<number>;
  /** A query that runs, on a connection of its own kind; each answer is a `QueryResponse`. Not tried again. */
  query(request: RunQuery, signal: AbortSignal): Call;
  /** A stream of changes, on a connection of its own kind; write `encodeAddTarget`. Not tried again. */
  listen(signal: AbortSignal): DuplexCall;
  /** How many documents a query has. One read for every thousand that is begun. */
  count(query: CountQuery, signal: AbortSignal): Promise<number>;
  /**
   * At most `count` names at which a collection group falls into parts of about the same size, in the order of names;
   * none when the server cannot.
   */
  partition(
    collectionId: string,
    count: number,
    readMicros: number | undefined,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** The ids of the collections right below a document or the root. One read for each 300. */
  collectionIds(parent: string, signal: AbortSignal): AsyncIterable<string>;
  /** The documents right below a parent, from page to page as they are asked for. The mask is ignored: only names come. One read each. */
  documents(request: ListDocuments, signal: AbortSignal): AsyncIterable<ListedDocument>;
  /** The encoded `Document`s of these names as of one instant, undefined for one that is not there. One read each. */
  get(
    names: readonly string[],
    options: { readonly readMicros?: number; readonly mask?: readonly string[] },
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Uint8Array | undefined>>;
  /** The names that a query finds, in its order. One that is cut short goes on after the last name. */
  names(request: NamesQuery, signal: AbortSignal): AsyncIterable<string>;
  /** What there is to know of the database; undefined when we may not ask, or the server has no such service. */
  describeDatabase(signal: AbortSignal): Promise<Database | undefined>;
}

/**
 * The database that the settings name. The first call connects.
 * @throws {Failure} config, access: no database is named, or the credentials are none.
 */
export async function openFirestore(
  config: FirestoreConfig,
  setup: ConnectionSetup,
): Promise<Firestore> {
  const connection = await openConnection(config, setup);
  const { database, root, reads, retry, scans, listens, headers } = connection;
  return {
    database,
    root,
    principal: retry.principal,
    reads,
    retries: (options) => new Retries(retry, options),
    serverTime: (signal) => serverTime(connection, signal),
    query(request, signal) {
      const options = { signal, metadata: headers(signal) };
      const call = scans.serverStream(methods.runQuery, encodeRunQuery(request), options);
      return meteredQuery(call, reads);
    },
    listen(signal) {
      const call = listens.duplex(methods.listen, { signal, metadata: headers(signal) });
      return meteredListen(call, reads);
    },
    count: (query, signal) => count(connection, query, signal),
    partition: (collectionId, parts, readMicros, signal) =>
      partition(connection, collectionId, parts, readMicros, signal),
    collectionIds: (parent, signal) => collectionIds(connection, parent, signal),
    documents: (request, signal) => documents(connection, request, signal),
    get: (names, options, signal) => get(connection, names, options, signal),
    names: (request, signal) => queryNames(connection, request, signal),
    describeDatabase: (signal) => describeDatabase(connection, signal),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
