import {
  applyCheckpoint,
  emptyState,
  type CheckpointEvent,
  type SourceState,
  type StatePatch,
} from '@fairlead/sdk';
import type { Row } from './row.ts';
import { Table } from './table.ts';

/** What happens to one binding between two checkpoints, in order. */
export type Change =
  | { readonly is: 'rows'; readonly stateKey: string; readonly rows: readonly Row[] }
  /** The binding is read anew: what it has goes. */
  | { readonly is: 'begins'; readonly stateKey: string };

/** All between two checkpoints, with the second one. */
export interface Transaction {
  readonly changes: readonly Change[];
  readonly patch: StatePatch;
  readonly committed: CheckpointEvent['committed'];
  /** Which life of the source it is from, and which of its checkpoints it is. */
  readonly origin: string;
}

/**
 * A destination with transactions, merged by key: each checkpoint makes what came before it visible, with the state.
 * What was taken is durable only once it is settled; a crash loses the rest.
 */
export class Destination {
  #durable: Transaction[] = [];
  #pending: Transaction[] = [];
  #tables = new Map<string, Table>();
  /** What the patches of the durable transactions begin with. */
  #base: SourceState = emptyState;
  #state: SourceState = emptyState;

  /** The state after what is durable. */
  get state(): SourceState {
    const patches = this.#durable.map(({ patch }) => patch);
    // As it comes back from where it was saved.
    return JSON.parse(JSON.stringify(patches.reduce(applyCheckpoint, this.#base))) as SourceState;
  }

  /** The state after all that was taken. */
  get latestState(): SourceState {
    return this.#state;
  }

  /** How many transactions are not durable yet. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  take(transaction: Transaction): void {
    this.#pending.push(transaction);
    this.#apply(transaction);
  }

  /** Makes all but the last `lag` transactions durable, and tells the source so. */
  async settle(lag = 0): Promise<void> {
    const settled = this.#pending.splice(0, Math.max(0, this.#pending.length - lag));
    this.#durable.push(...settled);
    for (const { committed } of settled) await committed?.();
  }

  /** A crash: what is not durable is lost. */
  lose(): void {
    if (this.#pending.length === 0) return;
    this.#pending = [];
    this.#tables = new Map();
    this.#state = this.#base;
    for (const transaction of this.#durable) this.#apply(transaction);
  }

  /** The rows of a binding, by path. */
  table(stateKey: string): Table {
    const table = this.#tables.get(stateKey) ?? new Table(stateKey);
    this.#tables.set(stateKey, table);
    return table;
  }

  /** What a table was given that it should not have been given, in words. */
  get problems(): readonly string[] {
    return [...this.#tables.values()].flatMap(({ problems }) => problems);
  }

  /** Puts a state in the place of what was saved; rows stay. */
  resetState(state: SourceState): void {
    this.#base = state;
    this.#state = state;
    this.#durable = this.#durable.map((transaction) => ({ ...transaction, patch: {} }));
  }

  /** Forgets the state and the rows of bindings that are no more. */
  keepOnly(stateKeys: readonly string[]): void {
    const kept = Object.entries(this.state.bindings).filter(([key]) => stateKeys.includes(key));
    this.resetState({ ...this.state, bindings: Object.fromEntries(kept) });
    this.#durable = this.#durable.map((transaction) => ({
      ...transaction,
      changes: transaction.changes.filter(({ stateKey }) => stateKeys.includes(stateKey)),
    }));
    for (const key of this.#tables.keys()) if (!stateKeys.includes(key)) this.#tables.delete(key);
  }

  #apply({ changes, patch, origin }: Transaction): void {
    for (const change of changes) {
      const table = this.table(change.stateKey);
      if (change.is === 'begins') table.begin();
      else for (const row of change.rows) table.add(row, origin);
    }
    this.#state = applyCheckpoint(this.#state, patch);
  }
}
