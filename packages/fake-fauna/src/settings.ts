/** How the server behaves. Each can be changed while it runs. */
export interface Settings {
  /** How many microseconds reads are behind, but for what the client has seen by `X-Last-Seen-Txn`. None by default. */
  replicaLagMicros: number;
  /** How long an index over more than 128 documents takes to be built, in microseconds. No time by default. */
  indexBuildMicros: number;
  /** `history_days` of collections that do not say: 0, as in the open-source server; null keeps all. */
  defaultHistoryDays: number | null;
  /** Whether a request has to name version 4 of the language; the real server would answer in version 2.1. On by default. */
  requireApiVersion: boolean;
  /** How many elements of pages are sent a second, all together. No limit by default. */
  documentsPerSecond: number;
  /** How many milliseconds pass between signs of life of a stream of events. */
  heartbeatMs: number;
}

/** What holds unless something else is asked for. */
export function defaultSettings(): Settings {
  return {
    replicaLagMicros: 0,
    indexBuildMicros: 0,
    defaultHistoryDays: 0,
    requireApiVersion: true,
    documentsPerSecond: Infinity,
    heartbeatMs: 10_000,
  };
}
