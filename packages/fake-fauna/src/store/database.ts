import type { Clock } from './clock.ts';
import { existsAt, isCollection, isIndex, type Collection, type Index } from './schema.ts';
import type { Listing, SchemaObject } from './schema.ts';
import { Transaction } from './transaction.ts';

/** Collections, indexes and documents with their history, and the order of transactions. */
export class Database {
  readonly clock: Clock;
  readonly #objects: SchemaObject[] = [];
  readonly #named = new Map<string, SchemaObject>();
  readonly #watchers = new Set<(ts: number) => void>();
  #last = 0;
  #serial = 0n;
  #nextId = 0n;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The time of the last transaction, or of the last read, whichever is later; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** A time that covers all that is committed. What is committed later gets a later one. */
  snapshot(): number {
    this.#last = Math.max(this.#last, this.clock.now());
    return this.#last;
  }

  /** Does all of `work` at one time, or nothing where it throws. */
  transact<Result>(work: (transaction: Transaction) => Result, ts?: number): Result {
    const transaction = this.begin(ts);
    try {
      const result = work(transaction);
      this.commit(transaction);
      return result;
    } catch (error) {
      transaction.rollback();
      throw error;
    }
  }

  /** A transaction that has written nothing. */
  begin(ts = Math.max(this.clock.now(), this.#last + 1)): Transaction {
    return new Transaction(this, ts);
  }

  commit(transaction: Transaction): void {
    if (!transaction.wrote) return;
    this.#last = Math.max(this.#last, transaction.ts);
    for (const watcher of this.#watchers) watcher(transaction.ts);
  }

  /** Calls `watcher` after each commit, until the given function is called. */
  watch(watcher: (ts: number) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** The object of a name that is there now. */
  find(listing: Listing, name: string): SchemaObject | undefined {
    const object = this.#named.get(`${listing}/${name}`);
    return object !== undefined && existsAt(object) ? object : undefined;
  }

  collection(name: string): Collection | undefined {
    const object = this.find('collections', name);
    return object !== undefined && isCollection(object) ? object : undefined;
  }

  index(name: string): Index | undefined {
    const object = this.find('indexes', name);
    return object !== undefined && isIndex(object) ? object : undefined;
  }

  /** All objects of a kind that ever were, oldest first. */
  all(listing: Listing): readonly SchemaObject[] {
    return this.#objects.filter((object) => object.listing === listing);
  }

  /** Makes an object known by its name. Gives what undoes that. */
  register(object: SchemaObject): () => void {
    const key = `${object.listing}/${object.name}`;
    const before = this.#named.get(key);
    this.#objects.push(object);
    this.#named.set(key, object);
    return () => {
      this.#objects.splice(this.#objects.indexOf(object), 1);
      if (before === undefined) this.#named.delete(key);
      else this.#named.set(key, before);
    };
  }

  nextSerial(): bigint {
    return ++this.#serial;
  }

  /** An id that nobody chose: 18 digits, growing with time. */
  nextId(): bigint {
    const byTime = (BigInt(Math.floor(this.clock.now() / 1000)) << 18n) % 900_000_000_000_000_000n;
    this.#nextId = byTime > this.#nextId ? byTime : this.#nextId + 1n;
    return this.#nextId;
  }
}
