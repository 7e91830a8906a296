import {
  applyCheckpoint,
  type CheckpointEvent,
  type DocumentsEvent,
  Failure,
  isFailure,
  type Json,
  type Log,
  patchBetween,
  type SourceEvent,
  type SourceState,
  type StatePatch,
} from '@fairlead/sdk';
import { ofStream } from '../failures.ts';
import type { FunctionTable } from './function-table.ts';
import { TableRows } from './table-rows.ts';

export interface GatheringOptions {
  /** By the source's bindings. */
  readonly tables: readonly FunctionTable[];
  /** Their state keys, in the same order. */
  readonly stateKeys: readonly string[];
  readonly state: SourceState;
  /** How much room an answer has for rows and the state of the source together, in bytes. */
  readonly roomBytes: number;
  /** Whether one of the streams can fail by itself. */
  readonly apart: boolean;
  readonly log: Log;
}

/** What an answer will say: takes the events of a source in order. */
export class Gathering {
  readonly tables: readonly TableRows[];
  readonly #options: GatheringOptions;
  readonly #failures = new Map<number, Failure>();
  /** Bindings that have reached the present, and nothing came of them since. */
  readonly #caughtUp = new Set<number>();
  /** Tables that have taken something since the last checkpoint. */
  readonly #open = new Set<TableRows>();
  #state: SourceState;
  #stateBytes: number;
  /** What patches have added to the state at most since it was last measured. */
  #patchBytes = 0;
  #rowBytes = 0;
  #moved = false;
  #isWorth = false;

  constructor(options: GatheringOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#stateBytes = sizeOf(options.state);
    this.tables = options.tables.map((table) => new TableRows(table));
  }

  /** After the last checkpoint. */
  get state(): SourceState {
    return this.#state;
  }

  /** The streams that have failed by themselves, and why. */
  get failures(): readonly Failure[] {
    return [...this.#failures.values()];
  }

  /** The streams that were read to their end; none where streams share a position. */
  get done(): readonly string[] {
    if (!this.#options.apart) return [];
    return this.tables
      .filter((_, binding) => this.#caughtUp.has(binding) && !this.#failures.has(binding))
      .map(({ table }) => table.stream);
  }

  /** Whether something was taken since the last checkpoint. */
  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Whether there is less to read than at first. */
  get hasMoved(): boolean {
    return this.#moved || this.done.length > 0;
  }

  /** Whether it had something to say at the last checkpoint: rows, or tables that are read anew. */
  get isWorth(): boolean {
    return this.#isWorth;
  }

  /** Bytes of rows and of the state, rather too many than too few. */
  get sizeBytes(): number {
    return this.#rowBytes + this.#stateBytes + this.#patchBytes;
  }

  /**
   * Takes an event. Answers false when there is no room for it: what there was at the last
   * checkpoint is the answer then, once `close` was called.
   * @throws {Failure} data, for a document that is no row, or more at one checkpoint than an answer
   * can hold.
   */
  take(event: SourceEvent): boolean {
    if (event.is === 'checkpoint') return this.#checkpoint(event.patch);
    const rows = this.tables[event.binding];
    if (rows === undefined) {
      throw new Error(`the source speaks of binding ${event.binding}, which it was not given`);
    }
    if (this.#failures.has(event.binding)) {
      if (event.is === 'documents') event.release?.();
      return true;
    }
    if (event.is === 'documents') return this.#store(rows, event);
    this.#note(rows, event);
    return true;
  }

  /** Leaves what came after the last checkpoint. Nothing can be taken afterwards. */
  close(): void {
    for (const [binding, rows] of this.tables.entries()) {
      if (!this.#open.has(rows)) continue;
      rows.undo();
      this.#caughtUp.delete(binding);
    }
    this.#open.clear();
  }

  /** Takes an event without documents. */
  #note(rows: TableRows, event: Exclude<SourceEvent, DocumentsEvent | CheckpointEvent>): void {
    const log = this.#options.log.with({ stream: rows.table.stream });
    switch (event.is) {
      case 'backfill-begins':
        log.info('backfill begins');
        this.#caughtUp.delete(event.binding);
        this.#change(rows, () => rows.renew());
        return;
      case 'backfill-ends':
        log.info('backfill ends');
        return;
      case 'failed':
        this.#fail(event.binding, event.failure);
        return;
      case 'progress':
        log.debug('progress', { unit: event.unit, done: event.done, total: event.total });
        return;
      case 'caught-up':
        log.debug('caught up');
        this.#caughtUp.add(event.binding);
        return;
      case 'schema':
        // Types are Fivetran's own affair in this protocol.
        return;
    }
  }

  #store(rows: TableRows, { binding, documents, release }: DocumentsEvent): boolean {
    this.#caughtUp.delete(binding);
    try {
      this.#change(rows, () => rows.store(documents));
      if (this.#fits()) return true;
      if (this.#isWorth && this.hasMoved) return false;
      throw this.#tooMuch(rows.table);
    } catch (error) {
      if (!this.#options.apart || !isFailure(error) || error.kind !== 'data') throw error;
      this.#fail(binding, error);
      return true;
    } finally {
      // What was taken is a copy.
      release?.();
    }
  }

  #change(rows: TableRows, change: () => void): void {
    this.#open.add(rows);
    const before = rows.sizeBytes;
    try {
      change();
    } finally {
      this.#rowBytes += rows.sizeBytes - before;
    }
  }

  /** The stream is as it was at its last checkpoint, and stays so. */
  #fail(binding: number, failure: Failure): void {
    const rows = this.tables[binding];
    if (rows === undefined) return;
    this.#change(rows, () => rows.undo());
    this.#open.delete(rows);
    this.#failures.set(binding, ofStream(failure, rows.table.stream));
    this.#options.log.warn('a stream has failed', {
      stream: rows.table.stream,
      error: failure,
    });
  }

  #checkpoint(patch: StatePatch): boolean {
    const own = this.#withoutFailed(patch);
    this.#patchBytes += sizeOf(own);
    this.#state = applyCheckpoint(this.#state, own);
    if (this.#patchBytes > this.#stateBytes + slackBytes) this.#measure();
    if (!this.#moved) {
      this.#moved = patchBetween(asJson(this.#options.state), asJson(this.#state)) !== undefined;
    }
    for (const rows of this.#open) {
      rows.mark();
      if (rows.rowCount > 0 || rows.isRenewed) this.#isWorth = true;
    }
    this.#open.clear();
    return true;
  }

  /** Whether all fits into an answer; measures the state again before it says no. */
  #fits(): boolean {
    if (this.sizeBytes <= this.#options.roomBytes) return true;
    this.#measure();
    return this.sizeBytes <= this.#options.roomBytes;
  }

  #measure(): void {
    this.#stateBytes = sizeOf(this.#state);
    this.#patchBytes = 0;
  }

  /** The patch without the positions of streams whose rows were left. */
  #withoutFailed(patch: StatePatch): StatePatch {
    if (this.#failures.size === 0 || patch.bindings === undefined) return patch;
    const keys = this.#options.stateKeys.filter((_, binding) => this.#failures.has(binding));
    const entries = Object.entries(patch.bindings).filter(([key]) => !keys.includes(key));
    return { ...patch, bindings: Object.fromEntries(entries) };
  }

  #tooMuch({ stream }: FunctionTable): Failure {
    const { roomBytes } = this.#options;
    return new Failure(
      'data',
      `there is more before its next checkpoint than the ${megabytes(roomBytes)} MB that one answer holds`,
      {
        where: `stream ${stream}`,
        hint: 'Have the source read smaller pages or batches, or run it where answers may be larger.',
      },
    );
  }
}

/** How much patches may add before the state is measured again, beside its own size. */
const slackBytes = 64 * 1024;

function sizeOf(value: SourceState | StatePatch): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function asJson({ shared, bindings }: SourceState): Json {
  return { ...(shared === undefined ? {} : { shared }), bindings };
}
