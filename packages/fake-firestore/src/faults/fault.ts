import type { Status } from '@fairlead/grpc';

/** How a call is answered, apart from what it answers. */
export interface Manner {
  /** Milliseconds before the call is begun. */
  readonly latencyMs?: number;
  /** Sends no faster than this. */
  readonly bytesPerSecond?: number;
  /** Sends pieces of at most so many bytes, each in a frame of HTTP/2 of its own; 1 for every byte. */
  readonly pieceBytes?: number;
}

/** What ends a call before its time. */
export type Ending =
  /** A status. Before the first message it is sent without headers, unless `headersFirst`. */
  | { readonly code: Status; readonly message?: string; readonly headersFirst?: boolean }
  /** A reset of the stream with a code of HTTP/2, such as 7 for REFUSED_STREAM. */
  | { readonly reset: number }
  /** A connection that takes no calls after this one, which goes on, as do those before; with a code of HTTP/2. */
  | { readonly goaway: number }
  /** Nothing more, for as long as the client waits. */
  | { readonly silence: true }
  /** The end of the connection without a word. */
  | { readonly disconnect: true };

/** One fault of one call. Without `end` the call is only answered in another manner. */
export interface Fault extends Manner {
  /** How many messages are sent before `end`; none unless told. */
  readonly afterMessages?: number;
  readonly end?: Ending;
}

/** The calls of the server, by the last part of their paths. */
export type Rpc =
  | 'GetDocument'
  | 'ListDocuments'
  | 'CreateDocument'
  | 'UpdateDocument'
  | 'DeleteDocument'
  | 'BatchGetDocuments'
  | 'BeginTransaction'
  | 'Commit'
  | 'Rollback'
  | 'RunQuery'
  | 'RunAggregationQuery'
  | 'PartitionQuery'
  | 'Write'
  | 'Listen'
  | 'ListCollectionIds'
  | 'BatchWrite'
  | 'GetDatabase';
