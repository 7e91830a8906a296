import type { FakeFauna } from '@fairlead/fake-fauna';
import {
  applyCheckpoint,
  emptyState,
  Op,
  silentLog,
  startOf,
  wholeRange,
  type Documents,
  type Json,
  type SourceEvent,
  type SourceState,
} from '@fairlead/sdk';
import { connected } from './connected.ts';

/** A row that was handed out. */
export interface Row {
  readonly ref: string;
  readonly ts: number;
  readonly [column: string]: unknown;
}

/** Reads one collection of a fake again and again into a table that is merged by `ref`, as a transaction for each checkpoint. */
export class Task {
  readonly rows = new Map<string, Row>();
  /** All that came, in order, in words. */
  readonly story: string[] = [];
  /** What came that should not have come. */
  readonly problems: string[] = [];
  state: SourceState = emptyState;
  #began = new Set<string>();
  readonly #fake: FakeFauna;
  readonly #collection: Readonly<Record<string, Json>>;
  readonly #resource: Readonly<Record<string, Json>>;
  readonly #apiVersion: '4' | '10';

  constructor(
    fake: FakeFauna,
    resource: Readonly<Record<string, Json>> & { readonly collection: string },
    collection: Readonly<Record<string, Json>> = {},
    apiVersion: '4' | '10' = '4',
  ) {
    this.#fake = fake;
    this.#resource = resource;
    this.#collection = collection;
    this.#apiVersion = apiVersion;
  }

  /**
   * Reads until it has caught up, or until `killed` says so after an event; what no checkpoint follows is lost then.
   * @throws {Failure}
   */
  async run(killed: (event: SourceEvent) => boolean = () => false): Promise<void> {
    const { port, secret, clock } = this.#fake;
    const source = connected({
      port,
      secret,
      apiVersion: this.#apiVersion,
      collection: this.#collection,
      clock: () => clock.now() / 1000,
    });
    const stateKey = String(this.#resource['collection']);
    let pending: SourceEvent[] = [];
    const events = source.pull({
      bindings: [{ stream: stateKey, stateKey, resource: this.#resource }],
      state: this.state,
      until: 'caught-up',
      range: wholeRange,
      signal: new AbortController().signal,
      log: silentLog,
    });
    for await (const event of events) {
      if (killed(event)) return;
      if (event.is === 'failed') throw event.failure;
      if (event.is !== 'checkpoint') {
        pending.push(event);
        continue;
      }
      for (const one of pending) this.#apply(one);
      pending = [];
      // As it comes back from where it was saved.
      const state = applyCheckpoint(this.state, event.patch);
      this.state = JSON.parse(JSON.stringify(state)) as SourceState;
    }
  }

  #apply(event: SourceEvent): void {
    if (event.is === 'backfill-begins') {
      this.rows.clear();
      this.#began.clear();
      this.story.push('begins');
    } else if (event.is === 'documents') this.#take(event.documents);
  }

  #take({ bytes, ends, ops }: Documents): void {
    for (const [index, end] of ends.entries()) {
      const start = startOf({ bytes, ends }, index);
      const row = JSON.parse(Buffer.from(bytes.subarray(start, end)).toString()) as Row;
      const op = ops?.[index] ?? Op.upsert;
      if (op === Op.insert && this.#began.has(row.ref)) {
        this.problems.push(`${row.ref} came before, and is said to be new`);
      }
      this.#began.add(row.ref);
      this.story.push(`${op === Op.delete ? 'delete' : 'row'} ${row.ref}@${row.ts}`);
      if (op === Op.delete) this.rows.delete(row.ref);
      else this.rows.set(row.ref, row);
    }
  }
}
