import { setMaxListeners } from 'node:events';
import { Failure, isFailure, sleepFor, type Json, type Log, type SourceEvent } from '@fairlead/sdk';
import type { Firestore } from '../client/firestore.ts';
import { causeOf, reactionTo } from '../client/reaction.ts';
import type { Position } from '../state/cursor.ts';
import { inParallel } from '../in-parallel.ts';
import { Lane } from './lane.ts';
import { Listening } from './listening.ts';
import { deletedNames } from './deleted-names.ts';
import { Output } from './output.ts';
import { Part } from './part.ts';
import { anewAfterLoss } from './reshape.ts';
import { Scans, usualSizes, type ScanSizes } from './scans.ts';
import { prepared, startsOf, type Start, type StartBinding } from './start.ts';
import { Wakeup } from './wakeup.ts';

export interface CaptureRequest {
  readonly firestore: Firestore;
  readonly bindings: readonly StartBinding[];
  readonly until: 'caught-up' | 'forever';
  readonly signal: AbortSignal;
  readonly log: Log;
  /** The most queries at a time. */
  readonly scanParallelism: number;
  /** What to do when changes were missed: read all anew, or hand out only what has changed. */
  readonly whenHistoryIsLost: 'reload' | 'update';
  /** The instant at which all that is there is read, in microseconds since 1970, or the present; any when undefined. */
  readonly snapshot?: number | 'now' | undefined;
  /** After how much silence a stream of changes counts as lost. */
  readonly silenceMs?: number | undefined;
  readonly sizes?: ScanSizes | undefined;
  /** Done after some time, or with an abort. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/** The server sends something every 30 s. */
const usualSilenceMs = 100_000;
/** So many lanes are counted and parted at the same time. */
const preparedAtOnce = 8;
/** A checkpoint follows so many bytes of documents, unless it would be too soon after the last, */
const checkpointBytes = 1024 * 1024;
const soonMs = 20;
/** or so long after the first of them, */
const checkpointMs = 100;
/** or so long after the last, when there is nothing but a later point to resume from. */
const idleCheckpointMs = 30_000;

/** Reads collections and listens to them, and puts both together. */
export class Capture {
  readonly #request: CaptureRequest;
  readonly #output: Output;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #changes = new Wakeup();
  readonly #lanes: Lane[] = [];
  readonly #listening: Listening;
  #nextTarget = 1;
  /** The server's present when the capture began: what has caught up with it is caught up. */
  #present = 0;
  #failure: { readonly error: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #savedAtMs = performance.now();
  readonly #isReading = new Set<Lane>();
  readonly #isBehind = new Set<Lane>();

  constructor(request: CaptureRequest) {
    this.#request = request;
    this.#output = new Output(request.bindings.length);
    this.#signal = AbortSignal.any([request.signal, this.#stop.signal]);
    // Every query, stream and wait listens to it.
    setMaxListeners(0, this.#signal);
    this.#listening = this.#createListening();
  }

  /** What is read, until everything has caught up, or for ever. An abort ends it with a last checkpoint. */
  async *events(): AsyncGenerator<SourceEvent, void, undefined> {
    const work = this.#work();
    try {
      yield* this.#output.events();
      await work;
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#request.signal.throwIfAborted();
    } finally {
      this.#stop.abort();
      await work;
    }
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    const scanning: Promise<void>[] = [];
    try {
      await this.#begin();
      const scans = this.#createScans();
      scanning.push(scans.run().catch((error: unknown) => this.#fail(this.#explained(error))));
      await this.#untilDone(scans);
    } catch (error) {
      this.#fail(error);
    }
    this.#stop.abort();
    this.#changes.wake();
    await Promise.all([...scanning, this.#listening.ended()]);
    clearTimeout(this.#timer);
    this.#conclude();
  }

  /** A snapshot that cannot be read is a matter of the settings. */
  #explained(error: unknown): unknown {
    const { snapshot } = this.#request;
    if (typeof snapshot !== 'number' || !isFailure(error)) return error;
    if (reactionTo(causeOf(error), '').do !== 'repin') return error;
    return new Failure('config', 'the database cannot be read as it was at that time any more', {
      where: 'advanced.snapshotTime',
      hint: 'Take a time of the last hour, or a whole minute of the last seven days if the database has point-in-time recovery.',
      cause: error,
    });
  }

  async #begin(): Promise<void> {
    const { firestore, bindings, snapshot, log } = this.#request;
    this.#present = await firestore.serverTime(this.#signal);
    const at = typeof snapshot === 'number' ? snapshot : this.#present;
    const starts = startsOf(bindings, firestore, at);
    for (const { isBackfill, bindings: begun } of starts) {
      if (!isBackfill) continue;
      for (const { index } of begun) this.#output.say({ is: 'backfill-begins', binding: index });
    }
    const ready = await inParallel(
      starts,
      preparedAtOnce,
      (start, signal) => prepared(start, firestore, signal, log),
      this.#signal,
    );
    const lanes = ready.map((start) => this.#laneOf(start));
    this.#lanes.push(...lanes);
    const listening = snapshot === undefined ? lanes : lanes.filter(({ isRead }) => isRead);
    this.#listening.begin(listening);
    this.#checkpoint();
  }

  #laneOf(start: Start): Lane {
    const { firestore } = this.#request;
    const lane = new Lane({ ...start, output: this.#output, root: firestore.root });
    const { positions } = start;
    lane.parts = positions.map((position, index) =>
      this.#partOf(lane, position, positions[index + 1]?.from),
    );
    lane.isDirty = true;
    if (start.isBackfill || !lane.isRead) this.#isReading.add(lane);
    this.#isBehind.add(lane);
    return lane;
  }

  #partOf(lane: Lane, position: Position, to: Part['to']): Part {
    return new Part(lane, this.#nextTarget++, position, to);
  }

  #createListening(): Listening {
    const { firestore, log, silenceMs = usualSilenceMs } = this.#request;
    return new Listening({
      firestore,
      log,
      silenceMs,
      signal: this.#signal,
      room: () => this.#output.room(this.#signal),
      partOf: (lane, position, to) => this.#partOf(lane, position, to),
      advanced: () => this.#advanced(),
      changed: () => this.#moved(),
      readAnew: (lane, failure) => this.#readAnew(lane, failure),
      failed: (error) => this.#fail(error),
    });
  }

  #createScans(): Scans {
    const {
      firestore,
      scanParallelism,
      log,
      sizes = usualSizes,
      silenceMs = usualSilenceMs,
    } = this.#request;
    return new Scans({
      sizes,
      silenceMs,
      firestore,
      log,
      signal: this.#signal,
      parallelism: scanParallelism,
      lanes: () => this.#lanes,
      room: () => this.#output.room(this.#signal),
      advanced: () => this.#advanced(),
      isHeard: (lane) => this.#listening.has(lane),
      changes: this.#changes,
    });
  }

  /** Reads a lane anew, as what has changed since its point is not told any more. */
  async #readAnew(lane: Lane, failure: Failure): Promise<void> {
    const { firestore, log, whenHistoryIsLost, sleep = sleepFor } = this.#request;
    if (lane.parts.some(({ isOver }) => isOver)) return;
    for (const part of lane.parts) part.leave();
    this.#listening.leave(lane);
    this.#checkpoint();
    if (lane.reloadsInMs > 0) await sleep(lane.reloadsInMs, this.#signal);
    lane.reloadedAtMs = performance.now();
    const now = await firestore.serverTime(this.#signal);
    const isKept = await this.#tellDeletes(lane, now);
    const isReload = !isKept && whenHistoryIsLost === 'reload';
    log.warn(
      `${isKept ? 'changes were not told' : 'changes were missed'}: ${remedy(isKept, isReload)}`,
      {
        collection: lane.extent.key,
        error: failure,
      },
    );
    if (isReload) {
      for (const { index } of lane.bindings) {
        if (this.#isReading.has(lane)) this.#output.say({ is: 'backfill-ends', binding: index });
        this.#output.say({ is: 'backfill-begins', binding: index });
      }
    }
    const start = await prepared(anewAfterLoss(lane, now, isReload), firestore, this.#signal, log);
    lane.parts = start.positions.map((position) => this.#partOf(lane, position, undefined));
    lane.isDirty = true;
    this.#isReading.add(lane);
    this.#isBehind.add(lane);
    this.#checkpoint();
    this.#listening.begin([lane]);
    this.#changes.wake();
  }

  /**
   * Hands out what is gone of a lane since the points of its parts, found by comparing all names: a read for each, at both
   * instants. @returns false when that cannot be found out: what was there at one of the points cannot be read any more, or not counted.
   */
  async #tellDeletes(lane: Lane, until: number): Promise<boolean> {
    const { firestore } = this.#request;
    const none: ReadonlySet<string> = new Set();
    try {
      for (const part of lane.parts) {
        const slice = { from: part.from, to: part.to };
        const search = { since: part.handover.point, until, born: undefined, died: none };
        const all = { ...search, extent: lane.extent, slice };
        for await (const gone of deletedNames(firestore, all, this.#signal)) {
          const known = gone.filter((name) => part.handover.ranges.isHandedOut(name));
          lane.deleted(known, until);
        }
      }
      return true;
    } catch (error) {
      this.#signal.throwIfAborted();
      const { do: doing } = reactionTo(causeOf(error), lane.name, firestore.principal);
      if (doing === 'repin' || doing === 'unsupported') return false;
      throw error;
    }
  }

  /** Documents were handed out, or something was read to its end. */
  #advanced(): void {
    if (this.#signal.aborted) return;
    for (const lane of this.#isReading) if (lane.isRead) this.#endBackfill(lane);
    const { uncommittedBytes } = this.#output;
    if (uncommittedBytes >= checkpointBytes && performance.now() - this.#savedAtMs > soonMs) {
      this.#checkpoint();
    } else if (uncommittedBytes > 0) {
      this.#timer ??= setTimeout(() => this.#checkpoint(), checkpointMs);
    }
  }

  /** Points have moved. A point to resume from is saved now and then, though there is nothing to hand out. */
  #moved(): void {
    this.#changes.wake();
    const isIdle = performance.now() - this.#savedAtMs > idleCheckpointMs;
    if (isIdle && this.#lanes.some(({ hasMoved }) => hasMoved)) this.#checkpoint();
  }

  #endBackfill(lane: Lane): void {
    this.#isReading.delete(lane);
    this.#checkpoint();
    for (const { index } of lane.bindings) {
      this.#output.say({ is: 'backfill-ends', binding: index });
    }
    if (!this.#listening.has(lane)) this.#listening.begin([lane]);
    this.#changes.wake();
  }

  /** Everything that was handed out may now be committed, and where the lanes stand with it. */
  #checkpoint(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#savedAtMs = performance.now();
    const bindings: Record<string, Json> = {};
    for (const lane of this.#lanes) {
      for (const part of lane.parts) if (!part.isOver) part.settle();
    }
    const changed: Lane[] = [];
    for (const lane of this.#lanes) {
      if (!lane.isDirty && !lane.hasMoved) continue;
      const patch = lane.patch();
      if (patch === undefined) continue;
      for (const { stateKey } of lane.bindings) bindings[stateKey] = patch;
      changed.push(lane);
    }
    if (Object.keys(bindings).length > 0 || this.#output.uncommittedBytes > 0) {
      this.#output.checkpoint({ bindings });
    }
    // Said before, it would have a host that commits now commit without what is handed out here.
    for (const lane of changed) this.#tellProgress(lane);
  }

  #tellProgress(lane: Lane): void {
    if (!this.#isReading.has(lane)) return;
    const done = lane.parts.reduce((sum, { read }) => sum + read, 0);
    const total = lane.parts.reduce((sum, { count = 0 }) => sum + count, 0);
    for (const { index } of lane.bindings) {
      this.#output.say({
        is: 'progress',
        binding: index,
        unit: 'documents',
        done,
        total: Math.max(done, total),
      });
    }
  }

  async #untilDone(scans: Scans): Promise<void> {
    const { until } = this.#request;
    while (!this.#signal.aborted) {
      for (const lane of this.#isBehind) {
        if (!this.#hasCaughtUp(lane)) continue;
        this.#isBehind.delete(lane);
        if (until === 'forever') this.#sayCaughtUp(lane);
      }
      if (until === 'caught-up' && this.#lanes.every((lane) => this.#hasCaughtUp(lane))) return;
      if (scans.isSpent) throw this.#spent();
      await this.#changes.wait(this.#signal);
    }
  }

  #hasCaughtUp(lane: Lane): boolean {
    const isSure = lane.parts.every(({ isInquiring, isOver }) => !isInquiring && !isOver);
    return isSure && lane.isRead && lane.isAt(this.#present) && !this.#isReading.has(lane);
  }

  #sayCaughtUp(lane: Lane): void {
    this.#checkpoint();
    for (const { index } of lane.bindings) this.#output.say({ is: 'caught-up', binding: index });
  }

  /** The last words: what is complete. */
  #conclude(): void {
    if (this.#failure === undefined || isFailure(this.#failure.error)) this.#checkpoint();
    const { until, signal } = this.#request;
    if (this.#failure === undefined && !signal.aborted && until === 'caught-up') {
      for (const lane of this.#lanes) {
        for (const { index } of lane.bindings) {
          this.#output.say({ is: 'caught-up', binding: index });
        }
      }
    }
    this.#output.end();
  }

  #spent(): Failure {
    const { used, limit = 0 } = this.#request.firestore.reads;
    return new Failure('config', `the limit of ${limit} reads is reached, after ${used}`, {
      where: 'advanced.maxReads',
      hint: 'What was read is kept. Run it again to go on from there, or raise the limit.',
    });
  }

  #fail(error: unknown): void {
    if (this.#signal.aborted) return;
    this.#failure = { error };
    this.#stop.abort();
    this.#changes.wake();
  }
}

function remedy(isKept: boolean, isReload: boolean): string {
  if (isKept) return 'all is read anew, and what has changed is handed out';
  if (isReload) return 'all is read anew, and handed out';
  return 'all is read anew, and what has changed is handed out; what was deleted stays';
}
