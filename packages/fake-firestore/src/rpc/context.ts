import type { Timestamp } from '@bufbuild/protobuf/wkt';
import type { Counters } from '../counters.ts';
import type { Faults } from '../faults/faults.ts';
import type { TransactionOptions } from '../protocol/write.gen.ts';
import type { Settings } from '../settings.ts';
import type { Store } from '../store/store.ts';
import type { Transaction, Transactions } from '../store/transactions.ts';
import { microsOf, type Micros } from '../time/micros.ts';
import type { Listeners } from '../listen/listeners.ts';
import type { Pace } from './pace.ts';

/** What all calls of one server share. */
export interface Context {
  readonly store: Store;
  readonly transactions: Transactions;
  readonly settings: Settings;
  readonly counters: Counters;
  readonly faults: Faults;
  readonly listeners: Listeners;
  readonly pace: Pace;
}

/** As of when a call reads. */
export interface Snapshot {
  readonly at: Micros;
  /** The transaction that has to remember what is read. */
  readonly transaction: Transaction | undefined;
  /** Whether the call itself began that transaction, which it then has to tell. */
  readonly begun: boolean;
}

/** How a request says as of when it reads. */
export type Consistency =
  | { readonly case: 'transaction'; readonly value: Uint8Array }
  | { readonly case: 'newTransaction'; readonly value: TransactionOptions }
  | { readonly case: 'readTime'; readonly value: Timestamp }
  | { readonly case: undefined; readonly value?: undefined };

/** As of when a request reads `database`: now, unless it says otherwise. @throws {GrpcError} */
export function snapshotFor(
  { store, transactions }: Context,
  database: string,
  consistency: Consistency,
): Snapshot {
  store.database(database);
  switch (consistency.case) {
    case 'transaction': {
      const transaction = transactions.find(database, consistency.value);
      return { at: transaction.readAt, transaction, begun: false };
    }
    case 'newTransaction': {
      const transaction = transactions.begin(database, consistency.value);
      return { at: transaction.readAt, transaction, begun: true };
    }
    case 'readTime':
      return { at: readTimeOf(store, consistency.value), transaction: undefined, begun: false };
    case undefined:
      return { at: store.readNow(), transaction: undefined, begun: false };
  }
}

/** The instant of a read time that may be absent. @throws {GrpcError} when it cannot be read */
export function readTimeOf(store: Store, readTime: Timestamp | undefined): Micros {
  if (readTime === undefined) return store.readNow();
  const at = microsOf(readTime);
  store.checkReadTime(at);
  return at;
}
