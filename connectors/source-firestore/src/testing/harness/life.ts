import { tellEvents } from '@fairlead/testkit';
import type { Failure, SourceEvent } from '@fairlead/sdk';
import type { Change, Destination } from './destination.ts';
import { inShort, rowsOf, type Row } from './row.ts';

export interface LifeOptions {
  readonly events: AsyncIterable<SourceEvent>;
  /** The state keys of the bindings, by their index. */
  readonly stateKeys: readonly string[];
  readonly destination: Destination;
  /** What stops the source. */
  readonly controller: AbortController;
  /** How many transactions stay in the air: taken, and not durable yet. */
  readonly lag: number;
  /** Called with each event, before it is handled. */
  readonly onEvent?: ((event: SourceEvent) => void) | undefined;
  /** Which life of its task it is. */
  readonly number: number;
  /** What else a report of a test that has waited too long should say. */
  readonly describe: () => string;
}

/** A source that runs, from its start to its end or to a crash, and a destination that takes what it gives. */
export class Life {
  readonly #options: LifeOptions;
  readonly #done: Promise<void>;
  readonly #waiting = new Set<() => void>();
  readonly #recent: string[] = [];
  #changes: Change[] = [];
  #outcome: { readonly error?: unknown } | undefined;
  #isDead = false;
  #checkpoints = 0;
  #eventCount = 0;
  /** All rows that were followed by a checkpoint, by state key, in the order in which they came. */
  readonly #told = new Map<string, Row[]>();
  /** The bindings that have caught up, by state key. */
  readonly caughtUp = new Set<string>();
  readonly failures: Failure[] = [];
  /** How often each kind of event came. */
  readonly counts: Partial<Record<SourceEvent['is'], number>> = {};

  constructor(options: LifeOptions) {
    this.#options = options;
    this.#done = this.#run().then(
      () => this.#end({}),
      (error: unknown) => this.#end({ error }),
    );
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  /** How many checkpoints came. */
  get checkpoints(): number {
    return this.#checkpoints;
  }

  get hasEnded(): boolean {
    return this.#outcome !== undefined;
  }

  /** What ended it before its time, if anything did. */
  get error(): unknown {
    return this.#outcome?.error;
  }

  /** The rows of a binding that this life gave, in order. */
  rows(stateKey: string): readonly Row[] {
    return this.#told.get(stateKey) ?? [];
  }

  /** The rows of a binding that this life gave in a few words each, sorted. */
  told(stateKey: string): string[] {
    return this.rows(stateKey).map(inShort).toSorted();
  }

  /** Waits for something to become true, which is looked at after each event. @throws when the life ends before, or it takes too long. */
  async until(isTrue: () => boolean, what: string, limitMs = 20_000): Promise<void> {
    if (isTrue()) return;
    await new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle();
      };
      const look = () => {
        if (isTrue()) finish(resolve);
        else if (this.#outcome !== undefined) {
          const { error } = this.#outcome;
          const reason = error === undefined ? 'by itself' : `with ${String(error)}`;
          finish(() => reject(this.#report(`the source ended ${reason} before ${what}`, error)));
        }
      };
      const timer = setTimeout(
        () => finish(() => reject(this.#report(`waited ${limitMs} ms in vain until ${what}`))),
        limitMs,
      );
      this.#waiting.add(look);
      look();
    });
  }

  /** Waits until all bindings have caught up. */
  async present(limitMs?: number): Promise<void> {
    const { stateKeys } = this.#options;
    await this.until(
      () => stateKeys.every((key) => this.caughtUp.has(key)),
      'all bindings had caught up',
      limitMs,
    );
  }

  /** Waits for its own end. @throws what it threw. */
  async finished(limitMs = 30_000): Promise<void> {
    await this.#within(limitMs, 'it ended');
    const error = this.#outcome?.error;
    if (error instanceof Error) throw error;
    if (error !== undefined) throw this.#report(`it threw ${String(error)}`);
    if (this.#changes.length > 0) {
      throw this.#report('it ended with documents that no checkpoint follows');
    }
    await this.#options.destination.settle();
  }

  /** Stops the source as a host does that is told to stop: what was handed out with a checkpoint counts. */
  async stop(limitMs = 10_000): Promise<void> {
    this.#options.controller.abort(new Error('told to stop'));
    await this.#within(limitMs, 'it ended after an abort');
    await this.#options.destination.settle();
  }

  /** A crash: what is not durable is lost, and so is what the source has not handed out. */
  async kill(): Promise<void> {
    this.#isDead = true;
    this.#options.controller.abort(new Error('killed'));
    this.#options.destination.lose();
    await this.#within(10_000, 'it ended after an abort');
  }

  async #within(limitMs: number, what: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(this.#report(`waited ${limitMs} ms in vain until ${what}`)),
        limitMs,
      );
    });
    try {
      await Promise.race([this.#done, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #run(): Promise<void> {
    const { events, onEvent } = this.#options;
    for await (const event of events) {
      if (this.#isDead) return;
      this.#eventCount++;
      this.counts[event.is] = (this.counts[event.is] ?? 0) + 1;
      this.#remember(event);
      onEvent?.(event);
      await this.#take(event);
      for (const look of this.#waiting) look();
      // A host is killed between two events too.
      if (this.#isDead) return;
    }
  }

  async #take(event: SourceEvent): Promise<void> {
    const { destination, lag, number } = this.#options;
    switch (event.is) {
      case 'documents': {
        const stateKey = this.#stateKey(event.binding);
        this.#changes.push({ is: 'rows', stateKey, rows: rowsOf(event.documents) });
        event.release?.();
        return;
      }
      case 'backfill-begins':
        this.#changes.push({ is: 'begins', stateKey: this.#stateKey(event.binding) });
        return;
      case 'checkpoint': {
        this.#checkpoints++;
        const origin = `life ${number}, checkpoint ${this.#checkpoints}`;
        const { patch, committed } = event;
        destination.take({ changes: this.#changes, patch, committed, origin });
        for (const change of this.#changes) if (change.is === 'rows') this.#tell(change);
        this.#changes = [];
        await destination.settle(lag);
        return;
      }
      case 'caught-up':
        this.caughtUp.add(this.#stateKey(event.binding));
        return;
      case 'failed':
        this.failures.push(event.failure);
        return;
      default:
    }
  }

  #tell({ stateKey, rows }: { readonly stateKey: string; readonly rows: readonly Row[] }): void {
    const told = this.#told.get(stateKey) ?? [];
    for (const row of rows) told.push(row);
    this.#told.set(stateKey, told);
  }

  #stateKey(binding: number): string {
    const key = this.#options.stateKeys[binding];
    if (key === undefined) throw new Error(`an event is about binding ${binding}, which is none`);
    return key;
  }

  #end(outcome: { readonly error?: unknown }): void {
    const isOwn = this.#options.controller.signal.aborted;
    this.#outcome = isOwn && !isMistake(outcome.error) ? {} : outcome;
    for (const look of this.#waiting) look();
  }

  #remember(event: SourceEvent): void {
    if (event.is === 'documents') {
      const { binding, documents } = event;
      this.#recent.push(`${binding}: ${documents.ends.length} documents`);
    } else this.#recent.push(...tellEvents([event]).map((text) => text.slice(0, 300)));
    if (this.#recent.length > 60) this.#recent.splice(0, 30);
  }

  #report(what: string, cause?: unknown): Error {
    const { stateKeys, destination, describe } = this.#options;
    const sizes = stateKeys.map((key) => `${key}: ${destination.table(key).size} rows`);
    const lines = [
      what,
      `life ${this.#options.number}, ${this.#eventCount} events, ${this.#checkpoints} checkpoints; caught up: ${[...this.caughtUp].join(', ') || 'none'}`,
      ...sizes,
      `state ${JSON.stringify(destination.latestState).slice(0, 1500)}`,
      `without a checkpoint: ${this.#changes.length} changes`,
      'the last events:',
      ...this.#recent.slice(-25).map((text) => `  ${text}`),
      describe(),
    ];
    return new Error(lines.join('\n'), { cause });
  }
}

/** What is no word about the abort that was asked for. */
function isMistake(error: unknown): boolean {
  if (!(error instanceof Error)) return error !== undefined;
  return !['told to stop', 'killed'].includes(error.message) && error.name !== 'AbortError';
}
