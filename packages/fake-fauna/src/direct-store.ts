import { toFields, toPlain, type Plain } from './plain.ts';
import type { Settings } from './settings.ts';
import type { Database } from './store/database.ts';
import { merged, stored } from './store/merge-fields.ts';
import { existsAt, type Collection } from './store/schema.ts';
import type { Transaction } from './store/transaction.ts';
import { liveVersion } from './store/version.ts';
import { Shape, type ShapeOptions } from './synthetic/shape.ts';
import { timeText } from './values/time-text.ts';
import { objectOf, schemaRef, type FaunaObject, type Value } from './values/value.ts';

type Fields = { readonly [key: string]: Plain };

/** When a write is made. */
export interface WriteOptions {
  /**
   * The time of the transaction, in microseconds; the present unless told. A time before that of another version is
   * written into the history behind it.
   */
  readonly ts?: number;
}

export interface DocumentOptions extends WriteOptions {
  /** When the document ceases to be, in microseconds. */
  readonly ttl?: number;
}

export interface CollectionOptions extends WriteOptions {
  /** For how many days versions are kept; null keeps all. */
  readonly historyDays?: number | null;
  readonly ttlDays?: number;
}

export interface IndexOptions extends WriteOptions {
  /** The collection, several, or `_` for all. */
  readonly source: string | readonly string[];
  /** Fields such as `ts`, `ref` and `data.name`. */
  readonly terms?: readonly string[];
  /** A field that begins with `-` descends. */
  readonly values?: readonly string[];
  readonly active?: boolean;
  readonly hidden?: boolean;
}

/** A document as it is at some time. */
export interface StoredDocument {
  readonly id: string;
  readonly ts: number;
  /** `data`, `ttl` and so on, as on the wire. */
  readonly fields: Fields;
}

/** Writes of one transaction. */
export interface DirectTransaction {
  /** Creates a document or replaces it. */
  set(
    collection: string,
    id: string | number | bigint,
    data: Fields,
    options?: { readonly ttl?: number },
  ): void;
  delete(collection: string, id: string | number | bigint): void;
}

/** The database without a client: to fill it, to change it and to compare with it. */
export class DirectStore {
  readonly database: Database;
  readonly #settings: Settings;

  constructor(database: Database, settings: Settings) {
    this.database = database;
    this.#settings = settings;
  }

  /** Makes a collection. Gives the time of the transaction, as all writes do. */
  createCollection(name: string, options: CollectionOptions = {}): number {
    const { historyDays = this.#settings.defaultHistoryDays, ttlDays } = options;
    const fields = objectOf({
      ...(historyDays === null ? {} : { history_days: BigInt(historyDays) }),
      ...(ttlDays === undefined ? {} : { ttl_days: BigInt(ttlDays) }),
      name,
    });
    if (this.database.collection(name) !== undefined) throw exists(name);
    return this.#write(options, (transaction) => void transaction.createCollection(name, fields));
  }

  createIndex(name: string, options: IndexOptions): number {
    const { source, terms = [], values = [], active = true, hidden = false } = options;
    if (this.database.index(name) !== undefined) throw exists(name);
    const sources: Value[] =
      source === '_'
        ? ['_']
        : [source].flat().map((one: string) => schemaRef(this.#collection(one)));
    const fields = objectOf({
      active,
      serialized: true,
      name,
      source: sources.length === 1 ? (sources[0] ?? null) : sources,
      ...(terms.length === 0 ? {} : { terms: terms.map(fieldOf) }),
      ...(values.length === 0 ? {} : { values: values.map(fieldOf) }),
      partitions: 1n,
    });
    return this.#write(
      options,
      (transaction) => void transaction.createIndex(name, fields, { hidden, activeFrom: 0 }),
    );
  }

  deleteCollection(name: string, options: WriteOptions = {}): number {
    const collection = this.#collection(name);
    return this.#write(options, (transaction) => transaction.change(collection, undefined));
  }

  deleteIndex(name: string, options: WriteOptions = {}): number {
    const index = this.database.index(name);
    if (index === undefined) throw missing(name);
    return this.#write(options, (transaction) => transaction.change(index, undefined));
  }

  /** Changes settings of a collection or an index, such as `{ history_days: 1 }` or `{ active: false }`. */
  configure(listing: 'collections' | 'indexes', name: string, fields: Fields): number {
    const object = this.database.find(listing, name);
    if (object === undefined) throw missing(name);
    const before = object.versions.at(-1)?.fields ?? new Map<string, Value>();
    return this.#write({}, (transaction) =>
      transaction.change(object, merged(before, toFields(fields, this.database))),
    );
  }

  /** Creates a document or replaces it. */
  set(
    collection: string,
    id: string | number | bigint,
    data: Fields,
    options: DocumentOptions = {},
  ): number {
    return this.transaction(
      (transaction) => transaction.set(collection, id, data, options),
      options,
    );
  }

  delete(collection: string, id: string | number | bigint, options: WriteOptions = {}): number {
    return this.transaction((transaction) => transaction.delete(collection, id), options);
  }

  /** Does several writes at one time. */
  transaction(work: (transaction: DirectTransaction) => void, options: WriteOptions = {}): number {
    return this.#write(options, (transaction) => {
      work({
        set: (collection, id, data, { ttl } = {}) => {
          const fields: Fields = {
            data,
            ...(ttl === undefined ? {} : { ttl: { '@ts': timeText(BigInt(ttl) * 1000n) } }),
          };
          const content = stored(toFields(fields, this.database));
          transaction.put(this.#collection(collection), BigInt(id), content);
        },
        delete: (collection, id) => {
          transaction.put(this.#collection(collection), BigInt(id), undefined);
        },
      });
    });
  }

  /** A collection of any size whose documents are computed when they are read; it is made if it is not there. */
  synthesise({
    collection: name,
    ...options
  }: ShapeOptions & { readonly collection: string }): Shape {
    if (this.database.collection(name) === undefined) this.createCollection(name);
    const collection = this.#collection(name);
    if (collection.documents.shape !== undefined) throw exists(name);
    const shape = new Shape(collection, options, this.database.snapshot());
    collection.documents.synthesise(shape);
    return shape;
  }

  /** A document at a time, now unless told; undefined where there is none. */
  read(
    collection: string,
    id: string | number | bigint,
    at = Infinity,
  ): StoredDocument | undefined {
    const versions = this.#collection(collection).documents.versions(BigInt(id));
    const version = liveVersion(versions, at, this.database.last);
    if (version === undefined) return undefined;
    return { id: String(id), ts: version.ts, fields: plainFields(version.fields) };
  }

  /** All stored documents of a collection at a time, by id; synthetic ones only where they were written to. */
  documents(collection: string, at = Infinity): StoredDocument[] {
    return this.#collection(collection).documents.stored.flatMap(({ id }) => {
      const document = this.read(collection, id, at);
      return document === undefined ? [] : [document];
    });
  }

  #write(options: WriteOptions, work: (transaction: Transaction) => void): number {
    return this.database.transact((transaction) => {
      work(transaction);
      return transaction.ts;
    }, options.ts);
  }

  #collection(name: string): Collection {
    const collection = this.database.collection(name);
    if (collection === undefined || !existsAt(collection)) throw missing(name);
    return collection;
  }
}

function plainFields(fields: FaunaObject): Fields {
  return Object.fromEntries([...fields].map(([name, value]) => [name, toPlain(value)]));
}

function fieldOf(path: string): Value {
  const reverse = path.startsWith('-');
  const field = path.replace(/^-/, '').split('.');
  return objectOf(reverse ? { field, reverse } : { field });
}

function missing(name: string): RangeError {
  return new RangeError(`There is no "${name}".`);
}

function exists(name: string): RangeError {
  return new RangeError(`There is a "${name}" already.`);
}
