import { GrpcError, Status, type DuplexCall } from '@fairlead/grpc';
import type { Failure, Log } from '@fairlead/sdk';
import type { Firestore } from '../client/firestore.ts';
import { reactionTo, reactionToStatus, type Reaction } from '../client/reaction.ts';
import type { Retries } from '../client/retries.ts';
import { BloomFilter } from '../wire/bloom.ts';
import { DocumentHeader } from '../wire/document-header.ts';
import { ListenResponse, readExistenceFilter, readTargetChange } from '../wire/listen-response.ts';
import { encodeAddTarget, encodeRemoveTarget } from '../wire/requests.ts';
import { microsOf, timeOfMicros } from '../wire/time.ts';
import { queryOf, withoutBounds } from './extent.ts';
import type { Part } from './part.ts';
import { Watchdog } from './watchdog.ts';

/** What a stream tells of its parts, beside what it tells them. */
export interface ListenEvents {
  /** The server has told everything of these parts up to their `told`. */
  reached(parts: readonly Part[]): void;
  /** The server gave up on telling a part all that has changed since its point. */
  behind(part: Part, reaction: Reaction): void;
  /** What was before the point of a part cannot be had any more. */
  lost(part: Part, failure: Failure): void;
  /** Nothing can be heard of a part, or of any when it is undefined. */
  failed(failure: unknown): void;
}

export interface ListenSetup {
  readonly firestore: Firestore;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly events: ListenEvents;
  /** Resolves once there is room for more changes. */
  readonly room: () => Promise<void>;
  /** After how much silence a connection counts as lost. The server sends something every 30 s. */
  readonly silenceMs: number;
}

/** How often a stream may fail in a row, which takes some minutes. */
const mostFailures = 24;

/** One call of Listen, made anew whenever it ends, with the targets of some parts. */
export class ListenStream {
  readonly #setup: ListenSetup;
  readonly #parts = new Map<number, Part>();
  readonly #response = new ListenResponse();
  readonly #header = new DocumentHeader();
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #retries: Retries;
  #call: DuplexCall | undefined;
  /** Done when the stream is. It never rejects. */
  readonly done: Promise<void>;

  constructor(setup: ListenSetup, parts: readonly Part[]) {
    this.#setup = setup;
    this.#signal = AbortSignal.any([setup.signal, this.#stop.signal]);
    for (const part of parts) this.#parts.set(part.targetId, part);
    this.#retries = setup.firestore.retries({ where: this.#name, attempts: mostFailures });
    this.done = this.#run();
  }

  get parts(): readonly Part[] {
    return [...this.#parts.values()];
  }

  /** What users call its parts, in messages. */
  get #name(): string {
    return [...new Set(this.parts.map(({ lane }) => lane.name))].join(', ');
  }

  add(part: Part): void {
    this.#parts.set(part.targetId, part);
    if (this.#call !== undefined) this.#ask(this.#call, part);
  }

  /** Leaves a part to others. The stream ends with its last one. */
  remove(part: Part): void {
    if (!this.#parts.delete(part.targetId)) return;
    void this.#call?.write(encodeRemoveTarget(this.#setup.firestore.database, part.targetId));
    if (this.#parts.size === 0) this.#stop.abort();
  }

  async #run(): Promise<void> {
    const { firestore, events, log } = this.#setup;
    while (!this.#signal.aborted) {
      try {
        await this.#listen();
        log.debug('the server has ended a stream of changes');
      } catch (error) {
        if (this.#signal.aborted) return;
        try {
          const reaction = reactionTo(error, this.#name, firestore.principal);
          if (reaction.do === 'repin') for (const part of this.parts) this.#lose(part, reaction);
          else if (!this.#goOnWithoutBounds(this.parts, reaction)) {
            await this.#retries.after(error, this.#signal);
          }
        } catch (failure) {
          if (this.#signal.aborted) return;
          return events.failed(failure);
        }
      } finally {
        this.#call = undefined;
      }
    }
  }

  /** One call, to its end. */
  async #listen(): Promise<void> {
    const { firestore, silenceMs, room } = this.#setup;
    const call = firestore.listen(this.#signal);
    const watchdog = new Watchdog(call, silenceMs);
    try {
      for (const part of this.#parts.values()) this.#ask(call, part);
      this.#call = call;
      for await (const { bytes, bounds, count } of call) {
        watchdog.refresh();
        for (let i = 0; i < 2 * count; i += 2) {
          const pending = this.#take(bytes, bounds[i] ?? 0, bounds[i + 1] ?? 0);
          if (pending !== undefined) await pending;
        }
        await room();
        watchdog.refresh();
      }
    } catch (error) {
      throw watchdog.explain(error, 'the stream of changes', this.#name);
    } finally {
      watchdog.stop();
    }
  }

  #ask(call: DuplexCall, part: Part): void {
    part.beginCatchUp();
    const { lane, from, to, targetId, count, handover } = part;
    const { extent, select, takesBounds } = lane;
    const bounded = takesBounds ? extent : withoutBounds(extent);
    const target = encodeAddTarget(this.#setup.firestore.database, {
      targetId,
      of: { parent: extent.parent, query: queryOf(bounded, { from, to }, { select }) },
      from: { readTime: timeOfMicros(handover.point) },
      ...(count === undefined || bounded !== extent ? {} : { expectedCount: count }),
    });
    void call.write(target);
  }

  /** Takes a message; what it gives has to be waited for before the next. */
  #take(bytes: Uint8Array, start: number, end: number): Promise<void> | undefined {
    const response = this.#response;
    response.read(bytes, start, end);
    switch (response.is) {
      case 'nothing':
        return undefined;
      case 'target-change':
        return this.#targetChange(bytes);
      case 'filter': {
        const filter = readExistenceFilter(bytes, response.start, response.end);
        const part = this.#parts.get(filter.targetId);
        const { bitmap, padding, hashCount } = filter.unchangedNames ?? {};
        if (part === undefined) return undefined;
        // Without bounds others are counted, too.
        if (!part.lane.takesBounds && part.lane.extent.isGroup) part.doubt = {};
        else
          part.doubt = {
            count: filter.count,
            ...(bitmap === undefined
              ? {}
              : { names: new BloomFilter(bitmap, padding ?? 0, hashCount ?? 0) }),
          };
        return undefined;
      }
      case 'change': {
        this.#header.read(bytes, response.documentStart, response.documentEnd);
        for (const id of response.targetIds) this.#parts.get(id)?.changed(bytes, this.#header);
        const left = this.#partsWith(response.removedTargetIds);
        if (left.length === 0) return undefined;
        const name = bytes.slice(this.#header.nameStart, this.#header.nameEnd);
        return this.#verifyGone(name, microsOf(this.#header.updateTime), left);
      }
      case 'delete': {
        const name = bytes.slice(response.nameStart, response.nameEnd);
        const micros = microsOf(response.readTime);
        for (const part of this.#partsWith(response.removedTargetIds)) part.deleted(name, micros);
        return undefined;
      }
      case 'remove': {
        const name = bytes.slice(response.nameStart, response.nameEnd);
        const left = this.#partsWith(response.removedTargetIds);
        if (left.length === 0) return undefined;
        return this.#verifyGone(name, microsOf(response.readTime), left);
      }
    }
  }

  /** The server does not say why a document is in a target no longer: it is asked whether it is there. */
  async #verifyGone(name: Uint8Array, micros: number, parts: readonly Part[]): Promise<void> {
    const text = Buffer.from(name).toString();
    const { firestore } = this.#setup;
    const found = await firestore.get([text], { readMicros: micros, mask: [] }, this.#signal);
    if (found.get(text) !== undefined) return;
    for (const part of parts) part.deleted(name, micros);
  }

  #targetChange(bytes: Uint8Array): undefined {
    const { start, end } = this.#response;
    const { type, targetIds, cause, readTime } = readTargetChange(bytes, start, end);
    const parts = targetIds.length === 0 ? this.parts : this.#partsWith(targetIds);
    if (type === 'reset') for (const part of parts) part.reset();
    if (type === 'current') for (const part of parts) part.isCurrent = true;
    if (type === 'remove') {
      for (const part of parts) this.#removed(part, cause);
      return;
    }
    if (readTime === undefined) return;
    const micros = microsOf(readTime);
    const told = parts.filter(({ isCurrent }) => isCurrent);
    for (const part of told) part.told = Math.max(part.told, micros);
    if (told.length === 0) return;
    this.#retries.progress();
    this.#setup.events.reached(told);
  }

  /** The server has ended a target that was not given up. */
  #removed(
    part: Part,
    cause: { readonly code: number; readonly message: string } | undefined,
  ): void {
    const { events, firestore } = this.#setup;
    const { code = 14, message = 'the server has ended it without a word' } = cause ?? {};
    const reaction = reactionToStatus(code, message, part.lane.name, firestore.principal);
    if (reaction.do === 'repin') return this.#lose(part, reaction);
    if (reaction.do === 'fail' || reaction.do === 'unsupported') {
      if (!this.#goOnWithoutBounds([part], reaction)) throw reaction.failure;
      if (this.#call !== undefined && this.#parts.has(part.targetId)) this.#ask(this.#call, part);
      return;
    }
    if (!part.isCurrent) {
      this.#parts.delete(part.targetId);
      if (this.#parts.size === 0) this.#stop.abort();
      return events.behind(part, reaction);
    }
    // One that had caught up begins again at its point, with all others of the stream.
    throw reaction.failure;
  }

  /**
   * Whether the server may have refused the bounds of names of these parts; then none are asked for any more, and parts
   * that are only a slice are given up.
   */
  #goOnWithoutBounds(parts: readonly Part[], reaction: Reaction): boolean {
    const { cause } = reaction.failure;
    if (!(cause instanceof GrpcError) || cause.code !== Status.INVALID_ARGUMENT) return false;
    const bounded = parts.filter(({ lane, from, to }) => {
      const isSlice = from !== undefined || to !== undefined;
      return lane.takesBounds && (lane.extent.isGroup || isSlice);
    });
    for (const part of bounded) {
      part.lane.takesBounds = false;
      if (part.from !== undefined || part.to !== undefined) this.#lose(part, reaction);
    }
    return bounded.length > 0;
  }

  #lose(part: Part, { failure }: Reaction): void {
    this.#parts.delete(part.targetId);
    if (this.#parts.size === 0) this.#stop.abort();
    this.#setup.events.lost(part, failure);
  }

  /** The parts with these targets. */
  #partsWith(ids: readonly number[]): readonly Part[] {
    return ids.flatMap((id) => this.#parts.get(id) ?? []);
  }
}
