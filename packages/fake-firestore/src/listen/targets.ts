import { GrpcError, Status } from '@fairlead/grpc';
import { invalid } from '../invalid.ts';
import type { ListenResponse, Target } from '../protocol/listen.gen.ts';
import { checkAllowed } from '../query/restrictions.ts';
import type { Answer } from '../rpc/answer.ts';
import type { MessageBatch } from '../rpc/message-batch.ts';
import type { Settings } from '../settings.ts';
import type { Committed, Database } from '../store/database.ts';
import type { Store } from '../store/store.ts';
import type { Micros } from '../time/micros.ts';
import { beginningOf } from './beginning.ts';
import { changesSince, filterOf, fullSet, type CatchUpEvent } from './catch-up.ts';
import { deltaOf, departed, windowDeltas } from './deltas.ts';
import type { Listeners } from './listeners.ts';
import { sendItem } from './send-item.ts';
import { added, current, existence, removed, reset, type Cause } from './target-change.ts';
import { belongs, membersOf, sizeOf, watchOf } from './watch.ts';
import { isOver, newWatched, type Watched } from './watched.ts';

/** The most documents of one target that are sent before anything else is looked at. */
const turnLimit = 8192;
/** A resume after a longer time is billed like a new query. */
const freeResume = 30 * 60e6;

export interface TargetsOptions {
  readonly store: Store;
  readonly database: Database;
  readonly settings: Settings;
  readonly listeners: Listeners;
  readonly answer: Answer;
  readonly batch: MessageBatch;
  /** Says something to the client. */
  readonly tell: (response: ListenResponse) => Promise<void>;
}

/** The targets of one stream, and what each of them is told. Its methods are called one after another. */
export class Targets {
  readonly #options: TargetsOptions;
  readonly #targets = new Map<number, Watched>();

  constructor(options: TargetsOptions) {
    this.#options = options;
  }

  get all(): readonly Watched[] {
    return [...this.#targets.values()];
  }

  /** Adds what a client asks for. What cannot be watched is removed at once. @throws {GrpcError} for an id that is there */
  async add(target: Target): Promise<void> {
    const { database, listeners, settings } = this.#options;
    if (this.#targets.has(target.targetId)) {
      throw invalid(`The target ${target.targetId} is already there.`);
    }
    await this.#options.tell(added(target.targetId));
    try {
      const query = target.what.case === 'query' ? target.what.value.structuredQuery : undefined;
      checkAllowed(query, settings, 'listen');
      const watched = newWatched(watchOf(target, database.name), listeners.takeFailure());
      this.#targets.set(target.targetId, watched);
      await this.#begin(watched);
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      this.#targets.delete(target.targetId);
      await this.#options.tell(
        removed(target.targetId, { code: error.code, message: error.details }),
      );
    }
  }

  /** Lets a new target catch up, from where it says it is. @throws {GrpcError} */
  async #begin(watched: Watched): Promise<void> {
    const { store, database, settings, answer } = this.#options;
    const { watch } = watched;
    const beginning = beginningOf(watch, store, settings);
    if (typeof beginning === 'string') return this.restart(watched, beginning === 'reset');
    const at = store.readNow();
    const events = changesSince(watch, database, beginning.since, at, settings.listen);
    if (at - beginning.since > freeResume) answer.bill(sizeOf(watch, database, at));
    this.#catchUp(watched, events, at);
  }

  /** Begins anew with all documents. */
  async restart(watched: Watched, withReset: boolean): Promise<void> {
    const { store, database } = this.#options;
    if (withReset) await this.#options.tell(reset(watched.watch.id));
    const at = store.readNow();
    this.#catchUp(watched, fullSet(watched.watch, database, at), at);
  }

  #catchUp(watched: Watched, events: Iterator<CatchUpEvent>, at: Micros): void {
    const { database } = this.#options;
    watched.phase = { is: 'catching-up', events };
    watched.snapshotAt = at;
    watched.sentBefore = watched.sent;
    watched.waiting = [];
    watched.rest = undefined;
    if (watched.watch.windowed) watched.members = membersOf(watched.watch, database, at);
  }

  /** Tells a target some of what it has to catch up on. */
  async turn(watched: Watched): Promise<void> {
    const { settings, answer, database } = this.#options;
    const { phase, watch, failure } = watched;
    if (phase.is !== 'catching-up') return;
    // Whoever had a turn goes behind the others.
    this.#targets.delete(watch.id);
    this.#targets.set(watch.id, watched);

    const limit = Math.min(
      failure?.afterDocuments ?? Infinity,
      watched.sentBefore + settings.listen.catchUpLimit,
    );
    let turn = Math.min(settings.listen.turnDocuments, turnLimit);
    while (turn > 0) {
      const event = watched.rest ?? next(phase.events);
      watched.rest = undefined;
      if (event === undefined) return this.#becomeCurrent(watched);
      if (event.is === 'gone') {
        await this.#options.tell(
          departed(database, event.path, [watch.id], watched.snapshotAt, event.deleted),
        );
      } else if (event.is === 'filter') await this.#options.tell(existence(event.filter));
      else if (watched.sent >= limit) {
        await this.#options.batch.flush();
        const cause = { code: Status.DEADLINE_EXCEEDED, message: 'datastore operation timed out' };
        return this.end(watched, isOver(watched) && failure ? failure.cause : cause);
      } else {
        const most = Math.min(turn, limit - watched.sent);
        const { sent, rest } = await sendItem(event.item, watch.id, most, database, {
          batch: this.#options.batch,
          answer,
        });
        watched.sent += sent;
        turn -= sent;
        watched.rest = rest && { is: 'items', item: rest };
      }
    }
    await this.#options.batch.flush();
  }

  async #becomeCurrent(watched: Watched): Promise<void> {
    const { answer } = this.#options;
    const { watch, waiting } = watched;
    watched.phase = { is: 'current' };
    if (watched.sent === 0 && watch.resumeAt === undefined) answer.bill(1);
    await this.#options.tell(current(watch.id, watched.snapshotAt));
    watched.waiting = [];
    for (const committed of waiting) {
      // The first of them may have begun it anew.
      if (committed.at > watched.snapshotAt) await this.#deliverTo([watched], committed);
    }
  }

  /** Tells a commit to the targets that are current; the others will hear of it later. */
  async deliver(committed: Committed): Promise<void> {
    const ready: Watched[] = [];
    for (const watched of this.#targets.values()) {
      if (committed.at <= watched.snapshotAt) continue;
      if (watched.phase.is === 'current') ready.push(watched);
      else watched.waiting.push(committed);
    }
    await this.#deliverTo(ready, committed);
  }

  async #deliverTo(ready: readonly Watched[], { at, changes }: Committed): Promise<void> {
    const { database, settings } = this.#options;
    if (settings.style === 'emulator') {
      const touched = ready.filter(({ watch }) =>
        changes.some(({ before, after }) => belongs(watch, before) || belongs(watch, after)),
      );
      for (const watched of touched) await this.restart(watched, true);
      return;
    }
    const plain = ready.filter(({ watch }) => !watch.windowed);
    const watches = plain.map(({ watch }) => watch);
    for (const change of changes) {
      const delta = deltaOf(change, watches, database, at, settings.listen);
      if (delta === undefined) continue;
      for (const watched of plain) if (belongs(watched.watch, change.after)) watched.sent++;
      await this.#options.tell(delta);
    }
    for (const watched of ready.filter(({ watch }) => watch.windowed)) {
      const members = membersOf(watched.watch, database, at);
      for (const delta of windowDeltas(watched.watch, watched.members, members, database, at)) {
        if (delta.response.case === 'documentChange') watched.sent++;
        await this.#options.tell(delta);
      }
      watched.members = members;
    }
  }

  /** Ends a target: because the client says so, or for a cause. */
  async end({ watch }: Watched, cause?: Cause): Promise<void> {
    if (this.#targets.delete(watch.id)) await this.#options.tell(removed(watch.id, cause));
  }

  /** Tells how many documents a target has, or pretends another number. */
  filter({ watch }: Watched, count: number | undefined): Promise<void> {
    const { store, database, tell } = this.#options;
    const filter = filterOf(watch, database, store.readNow());
    return tell(existence(count === undefined ? filter : { ...filter, count }));
  }
}

function next(events: Iterator<CatchUpEvent>): CatchUpEvent | undefined {
  const { value, done: ended } = events.next();
  return ended === true ? undefined : value;
}
