import { nameKey, rangeBelow, type NameKey } from '../names/name-key.ts';
import { collectionOf } from '../names/resource-name.ts';
import type { Database } from '../store/database.ts';
import type { Item } from '../store/merge-runs.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import type { Micros } from '../time/micros.ts';

/** A document of a collection, or only the place of one: a missing document, with others below it. */
export interface Child {
  readonly path: string;
  readonly document: StoredDocument | undefined;
}

/** The ids of the collections right below a document or the root, in order, those after `after`. */
export function* collectionIds(
  database: Database,
  parent: string,
  at: Micros,
  after?: string,
): Generator<string> {
  const prefix = parent === '' ? '' : `${parent}/`;
  const { from: start, to } = rangeBelow(parent);
  let from = after === undefined ? start : rangeBelow(prefix + after).to;
  for (;;) {
    const path = firstPath(database.scan({ from, to }, at));
    if (path === undefined) return;
    const id = path.slice(prefix.length).split('/')[0] ?? '';
    yield id;
    from = rangeBelow(prefix + id).to;
  }
}

/** The documents of a collection in name order, missing ones included, those after the path `after`. */
export function* childrenOf(
  database: Database,
  collection: string,
  at: Micros,
  after?: string,
): Generator<Child> {
  const { from: start, to } = rangeBelow(collection);
  let from: NameKey = after === undefined ? start : rangeBelow(after).to;
  for (;;) {
    const item = first(database.scan({ from, to }, at));
    if (item === undefined) return;
    if (item.is === 'run' && collectionOf(item.shape.path(item.from)) === collection) {
      // Nothing lies between the documents of a run.
      for (let index = item.from; index < item.to; index++) {
        yield { path: item.shape.path(index), document: item.shape.document(index) };
      }
      from = rangeBelow(item.shape.path(item.to - 1)).to;
      continue;
    }
    const found = item.is === 'run' ? item.shape.path(item.from) : item.document.path;
    const id = found.slice(collection.length + 1).split('/')[0] ?? '';
    const path = `${collection}/${id}`;
    const exists = item.is === 'document' && item.document.path === path;
    yield { path, document: exists ? item.document : undefined };
    from = exists ? rangeBelow(path).to : afterAll(path);
  }
}

function afterAll(path: string): NameKey {
  return `${nameKey(path)}\x03`;
}

function firstPath(items: Iterable<Item>): string | undefined {
  const item = first(items);
  return item?.is === 'run' ? item.shape.path(item.from) : item?.document.path;
}

function first(items: Iterable<Item>): Item | undefined {
  for (const item of items) return item;
  return undefined;
}
