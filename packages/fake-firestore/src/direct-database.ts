import { create } from '@bufbuild/protobuf';
import { fullName } from './names/resource-name.ts';
import { DocumentMaskSchema, DocumentSchema } from './protocol/document.gen.ts';
import { WriteSchema, type Write } from './protocol/write.gen.ts';
import { documentsOf } from './query/run-plan.ts';
import type { StoredDocument } from './store/stored-document.ts';
import type { Store } from './store/store.ts';
import type { Shape, ShapeOptions } from './synthetic/shape.ts';
import type { Micros } from './time/micros.ts';
import { toFields, type Plain } from './values/to-value.ts';
import { everything } from './query/name-bounds.ts';

/** A write by path: it replaces a document, changes some top-level fields of one, or deletes it. */
export type DirectWrite =
  | { readonly set: string; readonly fields: { readonly [key: string]: Plain } }
  | { readonly update: string; readonly fields: { readonly [key: string]: Plain } }
  | { readonly delete: string };

/** One database, written and read by a test without a client. Paths are relative, such as `users/ada`. */
export class DirectDatabase {
  /** In full: `projects/demo/databases/(default)`. */
  readonly name: string;
  readonly #store: Store;

  constructor(store: Store, name: string) {
    this.#store = store;
    this.name = name;
  }

  /** Commits writes at one instant, which it gives. @throws {GrpcError} what a client would be told */
  commit(...writes: readonly DirectWrite[]): Micros {
    return this.#store.commit(
      this.name,
      writes.map((write) => this.#message(write)),
    ).at;
  }

  set(path: string, fields: { readonly [key: string]: Plain }): Micros {
    return this.commit({ set: path, fields });
  }

  update(path: string, fields: { readonly [key: string]: Plain }): Micros {
    return this.commit({ update: path, fields });
  }

  delete(path: string): Micros {
    return this.commit({ delete: path });
  }

  /** An instant that sees all that was committed, and nothing that will be. */
  now(): Micros {
    return this.#store.readNow();
  }

  /** A document as it was at an instant, or is now. */
  read(path: string, at: Micros = this.now()): StoredDocument | undefined {
    return this.#store.database(this.name).read(path, at);
  }

  /** All documents by path, in name order, as they were at an instant or are now. Synthetic ones are made for it. */
  model(at: Micros = this.now()): ReadonlyMap<string, StoredDocument> {
    const items = this.#store.database(this.name).scan(everything, at);
    return new Map(Array.from(documentsOf(items), (document) => [document.path, document]));
  }

  /** Declares a collection whose documents are there from now on, without being stored. */
  synthesise(options: ShapeOptions): Shape {
    return this.#store.synthesise(this.name, options);
  }

  /** Changes fields of some synthetic documents, in commits of 500. They are stored from then on. */
  mutate(shape: Shape, indexes: Iterable<number>, fields: { readonly [key: string]: Plain }): void {
    let writes: DirectWrite[] = [];
    for (const index of indexes) {
      writes.push({ update: shape.path(index), fields });
      if (writes.length < 500) continue;
      this.commit(...writes);
      writes = [];
    }
    if (writes.length > 0) this.commit(...writes);
  }

  #message(write: DirectWrite): Write {
    if ('delete' in write) {
      const value = fullName(this.name, write.delete);
      return create(WriteSchema, { operation: { case: 'delete', value } });
    }
    const path = 'set' in write ? write.set : write.update;
    const fields = [...toFields(write.fields)];
    const value = create(DocumentSchema, { name: fullName(this.name, path), fields });
    const message = create(WriteSchema, { operation: { case: 'update', value } });
    if ('update' in write) {
      const fieldPaths = fields.map(({ key }) => `\`${key.replaceAll(/[\\`]/g, '\\$&')}\``);
      message.updateMask = create(DocumentMaskSchema, { fieldPaths });
    }
    return message;
  }
}
