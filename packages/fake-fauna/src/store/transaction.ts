import type { FaunaObject } from '../values/value.ts';
import type { Database } from './database.ts';
import { Documents } from './documents.ts';
import type { Collection, Index, Listing, SchemaObject } from './schema.ts';
import { putVersion, type Version } from './version.ts';

/** Writes of one time. They are seen at once by whoever evaluates the same query, and can be undone. */
export class Transaction {
  readonly ts: number;
  readonly #database: Database;
  readonly #undo: (() => void)[] = [];
  readonly #made = new Set<SchemaObject>();

  constructor(database: Database, ts: number) {
    this.#database = database;
    this.ts = ts;
  }

  get wrote(): boolean {
    return this.#undo.length > 0;
  }

  /** Whether this transaction made an object. */
  made(object: SchemaObject): boolean {
    return this.#made.has(object);
  }

  /** Writes a version of a document, at the time of the transaction or another; no fields delete it. */
  put(
    collection: Collection,
    id: bigint,
    fields: FaunaObject | undefined,
    ts: number = this.ts,
  ): void {
    this.#undo.push(collection.documents.put(id, { ts, fields }));
  }

  /** Takes versions out of the history of a document. */
  forget(collection: Collection, id: bigint, unwanted: (version: Version) => boolean): void {
    this.#undo.push(collection.documents.remove(id, unwanted));
  }

  createCollection(name: string, fields: FaunaObject): Collection {
    const documents = new Documents();
    return this.#create({ ...this.#object('collections', name, fields), documents });
  }

  createIndex(
    name: string,
    fields: FaunaObject,
    options: { readonly hidden: boolean; readonly activeFrom: number },
  ): Index {
    return this.#create({ ...this.#object('indexes', name, fields), ...options });
  }

  /** Makes an object of the schema that is neither a collection nor an index. */
  createOther(listing: Listing, name: string, fields: FaunaObject): SchemaObject {
    return this.#create(this.#object(listing, name, fields));
  }

  /** Writes a version of an object of the schema; no fields delete it. */
  change(object: SchemaObject, fields: FaunaObject | undefined): void {
    this.#undo.push(putVersion(object.versions, { ts: this.ts, fields }));
  }

  /** Has something undone when the transaction is. */
  undoing(undo: () => void): void {
    this.#undo.push(undo);
  }

  rollback(): void {
    for (const undo of this.#undo.splice(0).toReversed()) undo();
  }

  #object<Of extends Listing>(listing: Of, name: string, fields: FaunaObject) {
    const serial = this.#database.nextSerial();
    return { listing, name, serial, versions: [{ ts: this.ts, fields }] };
  }

  #create<Made extends SchemaObject>(object: Made): Made {
    this.#made.add(object);
    this.#undo.push(this.#database.register(object));
    return object;
  }
}
