/** How the server behaves where Firestore may behave in several ways. Each can be changed while it runs. */
export interface Settings {
  /**
   * `emulator`: what the official emulator does otherwise. A reset and the whole result after every write
   * and on every resume; no partitions, no scan of names backwards, no cursor beyond the orders it names.
   */
  style: 'production' | 'emulator';
  /** Whether calls need the header that routes them, as those about named databases do at Google. Off by default. */
  requireRoutingHeader: boolean;
  /** Ends queries that take longer, or answer more, with UNAVAILABLE. Google cuts them after 60 s. */
  queryCut: { readonly afterMs?: number; readonly afterDocuments?: number };
  /** How many documents of queries, and of listeners that catch up, are sent a second, all together. No limit by default. */
  documentsPerSecond: number;
  /** About how many documents lie between two points of a partition: 128. */
  partitionDocuments: number;
  /** Whether PartitionQuery works; else it is UNIMPLEMENTED. */
  partitions: boolean;
  /** Refuses queries for which somebody would have to make an index. Off by default. */
  requireIndexes: boolean;
  /** `datastore`: every call but GetDatabase is refused, as in a database of that mode. */
  mode: 'native' | 'datastore';
  edition: 'standard' | 'enterprise';
  /** Whether Listen works. It may be off in a database of the enterprise edition. */
  realtimeUpdates: boolean;
  /** Whether anything works but GetDatabase. It may be off there too. */
  dataAccess: boolean;
  listen: ListenSettings;
}

/** What is left to the server on a stream of changes. */
export interface ListenSettings {
  /** Milliseconds between signs of life: 30,000. */
  heartbeatMs: number;
  /** Which documents deleted while a client was away it is not told of: `all` may be forgotten at Google. */
  forgetDeletes: 'none' | 'all' | ((path: string) => boolean);
  /** When a resumed target is told how many documents it has: always, only when deletes were forgotten, or never. */
  filterOnResume: 'always' | 'forgotten' | 'never';
  /** What a resume that is too old gets: an end with FAILED_PRECONDITION, a reset, or all documents as if new. */
  tooOldResume: 'remove' | 'reset' | 'full';
  /** The age from which on a resume is too old, in milliseconds, where that is less than the retention. */
  resumeLimitMs: number;
  /** Whether a query may have cursors. */
  cursors: boolean;
  /** Whether a query may leave its collection open. */
  kindless: boolean;
  /** How a document is reported that changed and no longer belongs to a target. */
  leaving: 'remove' | 'change';
  /** How a document that was deleted is reported: as that, or like one that no longer belongs, with the reason left out. */
  deletes: 'delete' | 'remove';
  /** The least milliseconds between a change and the consistent point that covers it. */
  consistentPointDelayMs: number;
  /** Ends targets that have to catch up on more documents with DEADLINE_EXCEEDED. */
  catchUpLimit: number;
  /** How many documents of one target are sent before another that is catching up has its turn. */
  turnDocuments: number;
}

/** What holds unless something else is asked for. */
export function defaultSettings(): Settings {
  return {
    style: 'production',
    requireRoutingHeader: false,
    queryCut: {},
    documentsPerSecond: Infinity,
    partitionDocuments: 128,
    partitions: true,
    requireIndexes: false,
    mode: 'native',
    edition: 'standard',
    realtimeUpdates: true,
    dataAccess: true,
    listen: {
      heartbeatMs: 30_000,
      forgetDeletes: 'none',
      filterOnResume: 'always',
      tooOldResume: 'remove',
      resumeLimitMs: Infinity,
      cursors: true,
      kindless: true,
      leaving: 'remove',
      deletes: 'delete',
      consistentPointDelayMs: 0,
      catchUpLimit: Infinity,
      turnDocuments: Infinity,
    },
  };
}
