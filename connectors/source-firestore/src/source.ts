import { Failure, type Scope, type Source } from '@fairlead/sdk';
import { firestoreAddress } from './address.ts';
import { Capture } from './capture/capture.ts';
import { preview } from './capture/preview.ts';
import type { ScanSizes } from './capture/scans.ts';
import { checkFirestore } from './check/check-firestore.ts';
import { openFirestore, type Firestore } from './client/firestore.ts';
import { discoverStreams } from './discovery/discover-streams.ts';
import { estimateReads } from './estimate/estimate-reads.ts';
import { FirestoreConfig, FirestoreResource } from './settings.ts';
import { Cursor } from './state/cursor.ts';
import { microsOf, parseTime } from './wire/time.ts';

/** What differs where time is short, and collections are small. */
export interface FirestoreOptions {
  /** How waits between attempts are made. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Evenly spread over [0, 1). */
  readonly random?: () => number;
  /** After how much silence a stream of changes counts as lost. */
  readonly silenceMs?: number;
  readonly sizes?: ScanSizes;
}

/** Discovery is billed. */
const discoverEveryMs = 6 * 3_600_000;

/** The source, as {@link firestore} is by itself. */
export function createFirestore(
  options: FirestoreOptions = {},
): Source<FirestoreConfig, FirestoreResource, Cursor> {
  const { silenceMs, sizes, ...waits } = options;

  async function opened<T>(
    { config, log }: Pick<Scope<FirestoreConfig>, 'config' | 'log'>,
    use: (client: Firestore) => Promise<T>,
  ): Promise<T> {
    await using client = await openFirestore(config, { log, ...waits });
    return await use(client);
  }

  return {
    name: 'source-firestore',
    title: 'Google Firestore',
    config: FirestoreConfig,
    resource: FirestoreResource,
    cursor: Cursor,
    address: firestoreAddress,
    streamSetting: 'path',
    discoverEveryMs,

    check: (scope) => opened(scope, (client) => checkFirestore(client, scope.config, [], scope)),

    discover: (scope) => opened(scope, (client) => discoverStreams(client, scope.config, scope)),

    estimate: (request) =>
      opened(request, (client) => estimateReads(client, request.bindings, request.state, request)),

    async *pull({ config, bindings, state, until, wanted, signal, log }) {
      await using client = await openFirestore(config, { log, deadlineMs: silenceMs, ...waits });
      const { scanParallelism, whenHistoryIsLost, snapshotTime } = config.advanced;
      const begun = bindings.map(({ stream, stateKey, resource }, index) => ({
        index,
        stream,
        stateKey,
        resource,
        cursor: state.bindings[stateKey],
        minBackfillMs: resource.minBackfillInterval ?? config.advanced.minBackfillInterval ?? 0,
      }));
      if (wanted !== undefined) return yield* preview(client, begun, wanted, signal);
      const capture = new Capture({
        firestore: client,
        bindings: begun,
        until,
        signal,
        log,
        scanParallelism,
        whenHistoryIsLost,
        silenceMs,
        sizes,
        sleep: waits.sleep,
        snapshot: snapshotOf(snapshotTime),
      });
      yield* capture.events();
    },
  };
}

/** Google Firestore: collections at any depth, as they are and as they change. */
export const firestore = createFirestore();

function snapshotOf(text: string | undefined): number | 'now' | undefined {
  if (text === undefined || text === 'now') return text;
  const time = parseTime(text);
  if (time === undefined) {
    throw new Failure('config', `${text} is no time`, { where: 'advanced.snapshotTime' });
  }
  return microsOf(time);
}
