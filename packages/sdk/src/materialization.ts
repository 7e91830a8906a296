import type { JsonSchema } from '@fairlead/json';
import type { z } from 'zod';
import type { Documents } from './documents.ts';
import type { Json } from './json-value.ts';
import type { KeyRange } from './key-range.ts';
import type { Address, Scope } from './source.ts';
import type { SqlDatabase } from './sql-database.ts';

/**
 * Where the truth about what was written lives.
 *
 * - `in-destination`: checkpoint and fence are rows in the same transaction as the data.
 * - `staged`: `commit` stages; the host saves what it returns; `acknowledge` applies it, and does so
 *   again after a crash, with the same result.
 * - `at-least-once`: nowhere; documents may come twice after a crash.
 */
export type CommitPattern = 'in-destination' | 'staged' | 'at-least-once';

/** A connector that writes. A host needs nothing but this value. */
export interface Materialization<Config = unknown, Resource = unknown> {
  /** `materialize-` and the name of the system. */
  readonly name: string;
  /** What users call it, e.g. `DuckDB`. */
  readonly title: string;
  readonly config: z.ZodType<Config>;
  /** Settings of one table. */
  readonly resource: z.ZodType<Resource>;
  readonly address?: Address;
  readonly commits: CommitPattern;
  /** The settings of a table for a stream of this name, still to be parsed by `resource`. */
  resourceFor(stream: string): Json;
  /** Proves that the settings work. Throws a `Failure` that says what to change. */
  check(scope: Scope<Config>): Promise<void>;
  /** A connection, which is closed by disposing it. */
  connect(scope: Scope<Config>): Promise<Destination<Resource>>;
  /** A connection for hosts that say themselves what becomes of tables. It is closed by disposing it. */
  sql?(scope: Scope<Config>): Promise<SqlDatabase>;
}

/** A connection to a destination. */
export interface Destination<Resource = unknown> extends AsyncDisposable {
  /** What has to be done to the destination before documents of these tables fit. Only reads. */
  plan(tables: readonly Table<Resource>[]): Promise<Plan>;
  /** Does what a plan says. Doing it twice does it once. */
  apply(plan: Plan): Promise<void>;
  /**
   * What was last committed for a task and range, without taking it over; null when nothing was, or
   * the pattern keeps none.
   */
  saved(request: Pick<OpenRequest, 'task' | 'range'>): Promise<string | null>;
  /**
   * Compares the keys in a table with those of a source, each a JSON array in `keys`, in the order of the table's key
   * columns. A table that is not there has none. Only reads, and as of the last commit.
   */
  compare?(table: Table<Resource>, keys: AsyncIterable<Documents>): Promise<KeyComparison>;
  /**
   * Fences out every older writer of the same task whose range overlaps, and takes over from it.
   * At most one writer is open on a connection.
   */
  open(request: OpenRequest<Resource>): Promise<Writer<Resource>>;
}

export interface OpenRequest<Resource = unknown> {
  /** Names the task in the destination; the same in every run of it. */
  readonly task: string;
  readonly range: KeyRange;
  /** A writer's methods name a table by its index here. The tables need not exist yet. */
  readonly tables: readonly Table<Resource>[];
  /** What `commit` last returned, for a `staged` materialization. */
  readonly state?: Json;
}

/** A table as a host wants it. */
export interface Table<Resource = unknown> {
  readonly resource: Resource;
  /** In the order of the table. */
  readonly columns: readonly Column[];
  /** `merge` keeps one row for each key; `append` keeps every document. */
  readonly write: 'merge' | 'append';
  /** What a delete does to a row: it goes, it is marked, or it stays. */
  readonly deletes: 'hard' | 'soft' | 'ignore';
}

export interface Column {
  /** As the user knows it. The destination may have to spell it otherwise. */
  readonly name: string;
  /** JSON pointer into the document. The empty pointer is the whole document. */
  readonly pointer: string;
  /** What values it must take. */
  readonly schema: JsonSchema;
  /** Whether it is part of the key. Key columns are never null. */
  readonly key: boolean;
}

/** Which keys a source and a table have. */
export interface KeyComparison {
  /** How many keys the source has. */
  readonly source: number;
  /** How many rows the table has; those that are marked as deleted are none. */
  readonly rows: number;
  /** How many keys these rows have: fewer than rows where some have one in common. */
  readonly keys: number;
  /** What only the source has. */
  readonly missing: KeySample;
  /** What only the table has. */
  readonly surplus: KeySample;
}

/** How many keys there are, and some of them, each a JSON array. */
export interface KeySample {
  readonly count: number;
  readonly examples: readonly string[];
}

/** What would be done to a destination, as data. */
export interface Plan {
  readonly changes: readonly Change[];
}

export interface Change {
  /** As a user would say it: `create table orders`. */
  readonly description: string;
  /** As the destination is told: usually SQL. */
  readonly statement: string;
}

/**
 * One destination, open for one transaction after another. Calls are made one at a time. Disposing
 * rolls back what is not committed.
 */
export interface Writer<Resource = unknown> extends AsyncDisposable {
  /** What was last committed for this task and range; null when nothing was, or the pattern keeps none. */
  readonly checkpoint: string | null;
  /**
   * Makes the tables what they must be now, at once or together with the next commit, as the
   * destination can. `tables` begin with those of `open`, in the same order; more may follow.
   * @returns what was done.
   */
  alter(tables: readonly Table<Resource>[]): Promise<Plan>;
  /**
   * The stored documents for some keys (each a JSON array in `keys`), those that exist, in any
   * order, as they are after the transactions that were committed. Before the first `store` of a transaction.
   */
  load?(table: number, keys: Documents): AsyncIterable<Documents>;
  /**
   * Stages documents of one table. Nobody sees them before `commit`. Resolves when more can be taken;
   * the documents are not looked at after that.
   */
  store(table: number, documents: Documents): Promise<void>;
  /** Forgets all rows of a table as part of this transaction, because its stream is read anew. */
  truncate(table: number): Promise<void>;
  /**
   * Puts the rows of table `by`, those staged for it included, in place of those of `table`, as part
   * of this transaction: for a stream that was read anew into a table of its own. `by` is gone then, and the next `alter`
   * makes both what they must be before they are stored to again.
   */
  replace?(table: number, by: number): Promise<void>;
  /**
   * Makes what was staged visible, all at once, together with `checkpoint` where the pattern has it.
   * @returns for `staged`: what the host must save before it calls `acknowledge`.
   */
  commit(checkpoint: string): Promise<Json>;
  /** Applies what `commit` returned. Only of `staged`; repeated after a crash until it succeeds. */
  acknowledge?(state: Json): Promise<void>;
}
