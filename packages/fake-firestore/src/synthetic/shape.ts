import { fromBinary } from '@bufbuild/protobuf';
import { nameKey, plainKey, type NameKey } from '../names/name-key.ts';
import { fullName, lastSegment } from '../names/resource-name.ts';
import { DocumentSchema } from '../protocol/document.gen.ts';
import { invalid } from '../invalid.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import type { Micros } from '../time/micros.ts';
import { createIds, nestedIds, type IdPattern, type Ids } from './ids.ts';
import { createTemplate, digitsOf, type Template } from './template.ts';

/** What a synthetic collection is to hold. */
export interface ShapeOptions {
  /**
   * Relative to the root of the documents, such as `users` or `orgs/acme/users`. With a star for a
   * document it lies below every one of a synthetic collection that was declared before.
   */
  readonly collection: string;
  /** How many documents, below each parent where there are many. */
  readonly count: number;
  /** About how many bytes an encoded document has: 300 unless told, and no less than some 250. */
  readonly bytes?: number;
  readonly ids?: IdPattern;
  /** Another seed gives other ids and values. */
  readonly seed?: number;
}

/** Documents that are made when they are read. Index order is name order. */
export interface Shape {
  readonly collection: string;
  /** How many documents, below all parents together. */
  readonly count: number;
  /** What all paths begin with, and how they go on. */
  readonly prefix: string;
  readonly ids: Ids;
  /** When all its documents were created. */
  readonly createdAt: Micros;
  path(index: number): string;
  key(index: number): NameKey;
  /** The first index, not below `from`, whose key is at or above `key`; `count` when there is none. Quick when it is near `from`. */
  lowerBound(key: NameKey, from?: number): number;
  /** The index of a document; undefined when the collection has none of that path. */
  indexOf(path: string): number | undefined;
  document(index: number): StoredDocument;
  /** How the encoded document of an index is written. */
  template(index: number): Template;
}

/**
 * A shape whose documents have been there since `createdAt`, below each document of `parents` where the
 * collection says so. @throws {GrpcError} invalid argument
 */
export function createShape(
  database: string,
  options: ShapeOptions,
  createdAt: Micros,
  parents?: Shape,
): Shape {
  const { collection, bytes = 300, seed = 1 } = options;
  if (collection.split('/').length % 2 === 0 || /(^|\/)(\/|$)|\0/.test(collection)) {
    throw invalid(
      `"${collection}" is not the path of a collection, such as users or orgs/a/users.`,
    );
  }
  const count = options.count * (parents?.count ?? 1);
  if (!Number.isSafeInteger(count) || count < 0 || count >= 2 ** 31) {
    throw invalid(`A synthetic collection has 0 to 2,147,483,647 documents, not ${count}.`);
  }
  const own = createIds(options.ids ?? 'auto-id', options.count, seed);
  const ids = parents ? nestedIds(parents.ids, lastSegment(collection), own, options.count) : own;
  const prefix = parents?.prefix ?? `${collection}/`;
  const templates: Template[] = [];
  const template = (index: number): Template => {
    const digits = digitsOf(index);
    return (templates[digits] ??= createTemplate(
      { prefix: fullName(database, prefix), ids, seed, bytes, createdAt },
      digits,
    ));
  };
  const scratch = Buffer.alloc(ids.length);
  const path = (index: number): string => {
    ids.write(scratch, 0, index);
    return prefix + scratch.toString();
  };
  const length = Buffer.byteLength(prefix) + ids.length;
  const keyPrefix = nameKey(prefix.slice(0, -1));
  const key = (index: number): NameKey => {
    ids.write(scratch, 0, index);
    return keyPrefix + plainKey(scratch.toString('latin1'));
  };
  const lowerBound = (wanted: NameKey, from = 0): number => {
    let low = from;
    let step = 1;
    while (low + step < count && key(low + step - 1) < wanted) {
      low += step;
      step *= 2;
    }
    let high = Math.min(count, low + step);
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (key(middle) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    collection,
    count,
    prefix,
    ids,
    createdAt,
    path,
    key,
    lowerBound,
    indexOf(wanted) {
      if (!wanted.startsWith(prefix) || Buffer.byteLength(wanted) !== length) return;
      const index = lowerBound(nameKey(wanted));
      return index < count && path(index) === wanted ? index : undefined;
    },
    document(index) {
      const model = template(index);
      const encoded = Buffer.from(model.bytes);
      model.fill(encoded, 0, index);
      const { fields } = fromBinary(DocumentSchema, encoded);
      return { path: path(index), fields, createdAt, updatedAt: createdAt };
    },
    template,
  };
}
