import { countOf, Failure, type Log } from '@fairlead/sdk';
import type { StreamStatus } from '../protocol/messages.ts';
import { nameStream, streamId, type StreamDescriptor } from '../protocol/stream-id.ts';
import { echoState } from './echo-state.ts';
import { Lane } from './lane.ts';
import type { Receiver } from './intake.ts';
import type { StateMessage } from './message.ts';
import type { RecordLayout } from './record-layout.ts';
import type { RowKernel, Unwrapped } from './row-kernel.ts';
import type { Inbound, RecordRun } from './split-lines.ts';
import type { SyncStream } from './sync-stream.ts';
import type { SyncTables, TablePlace } from './sync-tables.ts';
import type { Transaction } from './transaction.ts';

/** One stream on its way to its table. */
interface Track {
  readonly stream: SyncStream;
  readonly lane: Lane;
  readonly live: number;
  state: TrackState;
  /** The last status that ends the stream; undefined until there is one. */
  ended: 'COMPLETE' | 'INCOMPLETE' | undefined;
}

/** Where the rows of a stream go now. */
type TrackState =
  /** Into its table. From the start, or once its rows were replaced. */
  | { readonly is: 'live' }
  /** Into the table that replaces its own. Left when the stream is complete. */
  | { readonly is: 'beside'; readonly table: number }
  /**
   * Its table is to be emptied first, in a transaction that is not committed before the stream is
   * complete, as the destination cannot replace one table by another.
   */
  | { readonly is: 'to-empty' }
  /** The table is empty in the open transaction. Left when the stream is complete. */
  | { readonly is: 'emptied' };

/** Takes what comes in, in order, to the tables of a sync. */
export class SyncSession implements Receiver {
  readonly #transaction: Transaction;
  readonly #tracks: ReadonlyMap<string, Track>;
  readonly #log: Log;
  readonly #abandoned: readonly number[];
  /** The track of the last record. */
  #last: Track | undefined;
  #stagedBytes = 0;
  #sawStatus = false;
  #sawNoise = false;

  constructor(
    transaction: Transaction,
    streams: readonly SyncStream[],
    { places, abandoned }: Pick<SyncTables, 'places' | 'abandoned'>,
    options: {
      readonly log: Log;
      readonly kernel: RowKernel;
      readonly now: () => number;
    },
  ) {
    this.#transaction = transaction;
    this.#log = options.log;
    this.#abandoned = abandoned;
    const canReplace = transaction.writer.replace !== undefined;
    this.#tracks = new Map(
      streams.map((stream, index) => {
        const place = places[index] ?? { route: { is: 'live' }, live: index, beside: undefined };
        const lane = new Lane(stream, options.kernel, options.now);
        const state = startOfTrack(place, canReplace);
        return [stream.id, { stream, lane, live: place.live, state, ended: undefined }];
      }),
    );
  }

  /** Empties what nobody will complete, before anything else is stored. */
  async begin(): Promise<void> {
    for (const table of this.#abandoned) await this.#transaction.truncate(table);
    for (const { stream, state } of this.#tracks.values()) {
      const { oldest } = this.#transaction.memoryOf(stream.id);
      const building = state.is === 'beside' ? stream.generationId : undefined;
      if (state.is === 'beside' && stream.generationId === undefined) {
        await this.#transaction.truncate(state.table);
      }
      this.#transaction.remember(stream.id, {
        ...(oldest === undefined ? {} : { oldest }),
        ...(building === undefined ? {} : { building }),
      });
    }
  }

  /**
   * Takes one thing. After an error the session is of no more use.
   * @throws {Failure} config, for a record of a stream that is not in the catalog; data; what the
   * writer throws.
   */
  async take(inbound: Inbound): Promise<void> {
    switch (inbound.is) {
      case 'records':
        return await this.#records(inbound);
      case 'noise':
        return this.#tellNoise();
      case 'message': {
        const { message, line } = inbound;
        if (message.is === 'state') this.#state(message, line);
        else if (message.is === 'status') await this.#status(message.stream, message.status);
        return;
      }
    }
  }

  /**
   * Takes records, as `Lane.unwrap` does, from the kernel's input.
   * @throws {Failure} as {@link take}.
   */
  async unwrap(layout: RecordLayout, from: number, to: number): Promise<Unwrapped> {
    const track = this.#trackOf(layout);
    if (track.state.is === 'to-empty') await this.#empty(track);
    const before = track.lane.sizeBytes;
    const unwrapped = track.lane.unwrap(layout, from, to);
    this.#stagedBytes += track.lane.sizeBytes - before;
    if (this.#isMuch(track)) await this.#storeMuch(track);
    return unwrapped;
  }

  /** Commits when the transaction has lasted long enough, or has become large. */
  async commitIfDue(): Promise<void> {
    if (this.#transaction.isDue && !this.#isHeld) await this.commit();
  }

  /** Makes durable what has come so far, as far as no stream has to be complete before. */
  async commit(): Promise<void> {
    await this.#storeAll();
    if (!this.#isHeld) await this.#transaction.commit();
  }

  /**
   * Ends the sync after the last line.
   * @throws {Failure} transient, when a stream is not complete, after what may be was made durable.
   */
  async finish(): Promise<void> {
    for (const track of this.#tracks.values()) {
      // Hosts that know no generations may know no statuses either.
      const isOld = !this.#sawStatus && track.stream.generationId === undefined;
      if (isOld) await this.#complete(track);
    }
    await this.commit();
    const open = [...this.#tracks.values()].filter(({ ended }) => ended !== 'COMPLETE');
    if (open.length === 0) return;
    const names = open.map(({ stream }) => nameStream(stream.descriptor)).join(', ');
    throw new Failure('transient', `the source has not completed ${names}`, {
      hint: 'See the log of the source, and sync again.',
    });
  }

  /** Whether nothing may be committed before some stream is complete. */
  get #isHeld(): boolean {
    return [...this.#tracks.values()].some(({ state }) => state.is === 'emptied');
  }

  async #records(run: RecordRun): Promise<void> {
    const track = this.#trackOf(run);
    if (track.state.is === 'to-empty') await this.#empty(track);
    track.lane.add(run);
    this.#stagedBytes += run.bytes.length;
    if (this.#isMuch(track)) await this.#storeMuch(track);
  }

  #isMuch({ lane }: Track): boolean {
    return lane.sizeBytes >= batchBytes || this.#stagedBytes > mostStagedBytes;
  }

  async #storeMuch(track: Track): Promise<void> {
    if (track.lane.sizeBytes >= batchBytes) await this.#store(track);
    else await this.#storeAll();
  }

  #trackOf({ stream }: Pick<RecordRun, 'stream'>): Track {
    const { descriptor } = this.#last?.stream ?? {};
    const isSame = stream.name === descriptor?.name && stream.namespace === descriptor.namespace;
    const track = isSame ? this.#last : this.#tracks.get(streamId(stream));
    if (track === undefined) throw unknownStream(stream);
    this.#last = track;
    return track;
  }

  #state({ stream, state }: StateMessage, line: Uint8Array): void {
    const id = stream && streamId(stream);
    let recordCount = 0;
    for (const track of this.#tracks.values()) {
      if (id !== undefined && track.stream.id !== id) continue;
      recordCount += track.lane.recordCount;
      track.lane.recordCount = 0;
    }
    this.#transaction.echo(echoState(line, state, { recordCount, rejectedRecordCount: 0 }));
  }

  async #status(stream: StreamDescriptor, status: StreamStatus): Promise<void> {
    this.#sawStatus = true;
    const track = this.#tracks.get(streamId(stream));
    if (track === undefined) return;
    if (status === 'COMPLETE') await this.#complete(track);
    else if (status === 'INCOMPLETE') track.ended ??= status;
  }

  async #complete(track: Track): Promise<void> {
    if (track.ended !== undefined) return;
    await this.#store(track);
    track.ended = 'COMPLETE';
    const { state, stream, live } = track;
    if (state.is === 'live') return;
    if (state.is === 'beside') await this.#transaction.replace(live, state.table);
    else if (state.is === 'to-empty') await this.#empty(track);
    track.state = { is: 'live' };
    const { generationId } = stream;
    this.#transaction.remember(
      stream.id,
      generationId === undefined ? {} : { oldest: generationId },
    );
    await this.commit();
  }

  async #storeAll(): Promise<void> {
    for (const track of this.#tracks.values()) await this.#store(track);
  }

  async #store(track: Track): Promise<void> {
    const { lane, live } = track;
    if (lane.isEmpty) return;
    this.#stagedBytes -= lane.sizeBytes;
    const documents = lane.take();
    const { state } = track;
    if (state.is === 'live') this.#rememberLive(track);
    const table = state.is === 'beside' ? state.table : live;
    if (countOf(documents) > 0) await this.#transaction.store(table, documents);
  }

  /** Empties the table of a stream of which nothing was taken, in a transaction after what came before. */
  async #empty(track: Track): Promise<void> {
    await this.commit();
    await this.#transaction.truncate(track.live);
    track.state = { is: 'emptied' };
  }

  /** What is now in the table of a stream: nothing older than this sync, unless it is known, or may be. */
  #rememberLive({ stream }: Track): void {
    const { generationId, minimumGenerationId } = stream;
    if (generationId === undefined) return;
    const memory = this.#transaction.memoryOf(stream.id);
    const oldest = memory.oldest ?? minimumGenerationId ?? 0;
    if (memory.oldest === undefined) this.#transaction.remember(stream.id, { ...memory, oldest });
  }

  #tellNoise(): void {
    // A line of log for each would drown what else there is to read.
    if (!this.#sawNoise) this.#log.warn('passing over input that is no message');
    this.#sawNoise = true;
  }
}

/** Records of one stream are stored when there are so many. */
const batchBytes = 512 * 1024;
/** So much is gathered of all streams together. */
const mostStagedBytes = 16 * 1024 * 1024;

function startOfTrack({ route, beside }: TablePlace, canReplace: boolean): TrackState {
  if (route.is === 'live' || beside === undefined) return { is: 'live' };
  return canReplace ? { is: 'beside', table: beside } : { is: 'to-empty' };
}

function unknownStream(stream: StreamDescriptor): Failure {
  return new Failure('config', 'the input has a stream that is not in the catalog', {
    where: `stream ${nameStream(stream)}`,
  });
}
