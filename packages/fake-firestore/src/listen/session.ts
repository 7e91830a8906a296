import { invalid } from '../invalid.ts';
import {
  ListenResponseSchema,
  type ListenRequest,
  type ListenResponse,
} from '../protocol/listen.gen.ts';
import { MessageBatch } from '../rpc/message-batch.ts';
import type { Committed } from '../store/database.ts';
import { pointDueMs } from './due.ts';
import { consistentPoint, type Cause } from './target-change.ts';
import { Targets, type TargetsOptions } from './targets.ts';
import { Waker } from './waker.ts';
import { failsAtMs, isOver, type Watched } from './watched.ts';

export type SessionOptions = Omit<TargetsOptions, 'batch' | 'tell'>;

/** One stream of changes. All that happens on it happens in one loop, one thing after another. */
export class ListenSession {
  readonly #options: SessionOptions;
  readonly #batch: MessageBatch;
  readonly #targets: Targets;
  readonly #waker = new Waker();
  readonly #tasks: (() => Promise<void>)[] = [];
  readonly #commits: Committed[] = [];
  /** Since when something has been told that no consistent point covers. */
  #dirtySinceMs: number | undefined;
  #lastPointMs = performance.now();
  #closed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#batch = new MessageBatch(options.answer);
    const tell = (response: ListenResponse) => this.#tell(response);
    this.#targets = new Targets({ ...options, batch: this.#batch, tell });
  }

  get targetIds(): readonly number[] {
    return this.#targets.all.map(({ watch }) => watch.id);
  }

  /** Does what a client asks for, in its turn. */
  request({ change }: ListenRequest): void {
    if (change.case === 'removeTarget') {
      this.#forEach(change.value, (watched) => this.#targets.end(watched));
      return;
    }
    this.#order(() => {
      if (change.case === 'addTarget') return this.#targets.add(change.value);
      throw invalid('A request neither adds nor removes a target.');
    });
  }

  /** Begins targets anew: all of them, or one. */
  reset(id?: number): void {
    this.#forEach(id, (watched) => this.#targets.restart(watched, true));
  }

  /** Ends targets for a cause: all of them, or one. */
  remove(cause: Cause, id?: number): void {
    this.#forEach(id, (watched) => this.#targets.end(watched, cause));
  }

  /** Tells how many documents targets have, or pretends another number. */
  filter(count: number | undefined, id?: number): void {
    this.#forEach(id, (watched) => this.#targets.filter(watched, count));
  }

  /** A consistent point, as soon as there can be one. */
  heartbeat(): void {
    this.#order(async () => {
      this.#lastPointMs = -Infinity;
    });
  }

  /** Ends the stream once all that was asked for is done. */
  close(): void {
    this.#order(async () => {
      this.#closed = true;
    });
  }

  /** Ends the stream as it is. */
  stop(): void {
    this.#closed = true;
    this.#waker.wake();
  }

  /** Looks again at what there is to do. */
  wake(): void {
    this.#waker.wake();
  }

  /** Serves the stream until it is closed. @throws whatever ends it */
  async run(): Promise<void> {
    const { answer, database } = this.#options;
    const unsubscribe = database.subscribe((committed) => {
      this.#commits.push(committed);
      this.#waker.wake();
    });
    const wake = () => this.#waker.wake();
    answer.signal.addEventListener('abort', wake);
    try {
      answer.open();
      while (!this.#closed) {
        answer.signal.throwIfAborted();
        if (await this.#step()) continue;
        await this.#batch.flush();
        await this.#waker.wait(this.#nextDueMs());
      }
    } finally {
      unsubscribe();
      answer.signal.removeEventListener('abort', wake);
    }
  }

  /** Does the next thing, if there is one. */
  async #step(): Promise<boolean> {
    const task = this.#tasks.shift();
    if (task !== undefined) return done(task());
    const targets = this.#targets.all;
    const failed = targets.find(isOver);
    if (failed !== undefined) return done(this.#targets.end(failed, failed.failure?.cause));
    const committed = this.#commits.shift();
    if (committed !== undefined) return done(this.#targets.deliver(committed));
    const behind = targets.find(({ phase }) => phase.is === 'catching-up');
    if (behind !== undefined) return done(this.#targets.turn(behind));
    if (this.#pointDueMs() <= performance.now()) return done(this.#tellPoint());
    return false;
  }

  async #tellPoint(): Promise<void> {
    const { store, settings } = this.#options;
    // The queue of commits is empty: all of them up to now have been told.
    await this.#tell(consistentPoint(store.readNow()));
    this.#dirtySinceMs = undefined;
    this.#lastPointMs = performance.now();
    for (const watched of this.#targets.all) {
      if (watched.watch.once && settings.style !== 'emulator') await this.#targets.end(watched);
    }
    await this.#batch.flush();
  }

  async #tell(response: ListenResponse): Promise<void> {
    if (response.response.case === 'documentChange') this.#options.answer.bill(1);
    this.#dirtySinceMs ??= performance.now();
    await this.#batch.add(ListenResponseSchema, response);
  }

  #pointDueMs(): number {
    const { settings, listeners } = this.#options;
    return pointDueMs({
      behind: this.#targets.all.map(({ phase }) => phase.is !== 'current'),
      held: listeners.held,
      dirtySinceMs: this.#dirtySinceMs,
      lastPointMs: this.#lastPointMs,
      settings: settings.listen,
    });
  }

  #nextDueMs(): number {
    return Math.min(this.#pointDueMs(), ...this.#targets.all.map(failsAtMs));
  }

  #order(task: () => Promise<void>): void {
    this.#tasks.push(task);
    this.#waker.wake();
  }

  #forEach(id: number | undefined, act: (watched: Watched) => Promise<void>): void {
    this.#order(async () => {
      for (const watched of this.#targets.all) {
        if (id === undefined || id === watched.watch.id) await act(watched);
      }
    });
  }
}

async function done(work: Promise<void>): Promise<true> {
  await work;
  return true;
}
