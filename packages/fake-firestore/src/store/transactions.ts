import { randomBytes } from 'node:crypto';
import type { TransactionOptions, Write } from '../protocol/write.gen.ts';
import { planMatches, type Plan } from '../query/plan.ts';
import { GrpcError, Status } from '@fairlead/grpc';
import { invalid } from '../invalid.ts';
import { microsOf, type Micros } from '../time/micros.ts';
import type { CommitOutcome, Store } from './store.ts';

/** What a transaction has seen. All of it is as of one instant. */
export interface Transaction {
  readonly id: Uint8Array;
  readonly database: string;
  readonly readOnly: boolean;
  readonly readAt: Micros;
  readonly startedAt: Micros;
  readonly paths: Set<string>;
  readonly plans: Plan[];
}

/** How long a transaction may take: 270 seconds, as at Firestore. */
const lifetime = 270e6;

/** The open transactions. They are optimistic: the second of two that conflict fails when it commits. */
export class Transactions {
  readonly #store: Store;
  readonly #open = new Map<string, Transaction>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** A transaction that reads the present, or the instant that its options name. @throws {GrpcError} */
  begin(database: string, options: TransactionOptions | undefined): Transaction {
    this.#store.database(database);
    const mode = options?.mode;
    const wanted = mode?.case === 'readOnly' ? mode.value.readTime : undefined;
    const startedAt = this.#store.readNow();
    const readAt = wanted === undefined ? startedAt : microsOf(wanted);
    this.#store.checkReadTime(readAt);
    const transaction = {
      id: new Uint8Array(randomBytes(16)),
      database,
      readOnly: mode?.case === 'readOnly',
      readAt,
      startedAt,
      paths: new Set<string>(),
      plans: [],
    };
    this.#open.set(textOf(transaction.id), transaction);
    return transaction;
  }

  /** An open transaction. @throws {GrpcError} invalid argument */
  find(database: string, id: Uint8Array): Transaction {
    const transaction = this.#open.get(textOf(id));
    const late =
      transaction !== undefined && this.#store.readNow() - transaction.startedAt > lifetime;
    if (transaction === undefined || late || transaction.database !== database) {
      throw invalid('The referenced transaction has expired or is no longer valid.');
    }
    return transaction;
  }

  /** Forgets a transaction. @throws {GrpcError} invalid argument */
  rollback(database: string, id: Uint8Array): void {
    this.#open.delete(textOf(this.find(database, id).id));
  }

  /**
   * Commits writes, in a transaction unless `id` is empty.
   * @throws {GrpcError} aborted, when something that the transaction has read has changed since
   */
  commit(database: string, writes: readonly Write[], id: Uint8Array): CommitOutcome {
    if (id.length === 0) return this.#store.commit(database, writes);
    const transaction = this.find(database, id);
    this.#open.delete(textOf(id));
    if (transaction.readOnly && writes.length > 0) {
      throw invalid('A read-only transaction cannot write.');
    }
    if (!transaction.readOnly && this.#hasConflict(transaction)) {
      throw new GrpcError(
        Status.ABORTED,
        'Transaction lock timeout: another transaction came first.',
      );
    }
    return this.#store.commit(database, writes);
  }

  #hasConflict({ database, readAt, paths, plans }: Transaction): boolean {
    const since = this.#store.database(database).commitsBetween(readAt, Infinity);
    return since.some(({ changes }) =>
      changes.some(
        ({ path, before, after }) =>
          paths.has(path) ||
          plans.some((plan) => planMatches(plan, before) || planMatches(plan, after)),
      ),
    );
  }
}

function textOf(id: Uint8Array): string {
  return Buffer.from(id).toString('latin1');
}
