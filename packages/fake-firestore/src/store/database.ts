import { nameKey, type KeyRange, type NameKey } from '../names/name-key.ts';
import { collectionOf } from '../names/resource-name.ts';
import type { Shape } from '../synthetic/shape.ts';
import type { Micros } from '../time/micros.ts';
import { OrderedMap } from './ordered-map.ts';
import { mergeRuns, type Item, type StoredItem } from './merge-runs.ts';
import type { StoredDocument } from './stored-document.ts';

/** What a commit did to one document: undefined where there was or is none. */
export interface Change {
  readonly path: string;
  readonly key: NameKey;
  readonly before: StoredDocument | undefined;
  readonly after: StoredDocument | undefined;
}

/** What became visible at one instant. No two changes are of one document. */
export interface Committed {
  readonly at: Micros;
  readonly changes: readonly Change[];
}

interface Entry {
  readonly path: string;
  readonly collection: string;
  /** Oldest first. Before the first one there is the document of a shape, or none. */
  versions: { readonly at: Micros; readonly document: StoredDocument | undefined }[];
}

/** Says whether the documents of a collection, given by its path, are wanted. */
export type Wanted = (collection: string) => boolean;

/** The documents of one database at every instant that is kept. */
export class Database {
  readonly name: string;
  readonly createdAt: Micros;
  readonly #entries = new OrderedMap<Entry>();
  readonly #shapes: Shape[] = [];
  readonly #listeners = new Set<(committed: Committed) => void>();
  #log: Committed[] = [];

  constructor(name: string, createdAt: Micros) {
    this.name = name;
    this.createdAt = createdAt;
  }

  /** The document of a path as it was at an instant. */
  read(path: string, at: Micros): StoredDocument | undefined {
    const version = versionAt(this.#entries.get(nameKey(path)), at);
    return version === undefined ? this.#synthetic(path, at) : version.document;
  }

  /**
   * The documents with keys in `range` as they were at an instant, in name order: single ones, and runs of
   * synthetic ones. Commits that happen during the scan are not seen.
   */
  scan(range: KeyRange, at: Micros, wanted: Wanted = () => true): Iterable<Item> {
    const runs = this.#shapes
      .filter((shape) => shape.createdAt <= at)
      .map((shape) => ({
        shape,
        next: shape.lowerBound(range.from),
        end: shape.lowerBound(range.to),
      }))
      // Who wants one of the collections of a shape wants all of them that are in the range.
      .filter(({ shape, next, end }) => next < end && wanted(collectionOf(shape.path(next))));
    return mergeRuns(this.#stored(range, at, wanted), runs);
  }

  /** Makes changes visible at `at`, which lies after all that was read or written before. */
  append(at: Micros, writes: ReadonlyMap<string, StoredDocument | undefined>, keep: Micros): void {
    const changes: Change[] = [];
    for (const [path, after] of writes) {
      const before = this.read(path, at);
      if (before === after) continue;
      const key = nameKey(path);
      this.#push(key, path, { at, document: after }, keep);
      changes.push({ path, key, before, after });
    }
    if (changes.length === 0) return;
    const committed = { at, changes };
    this.#log.push(committed);
    if ((this.#log[0]?.at ?? keep) < keep && this.#log.length % 256 === 0) {
      this.#log = this.#log.filter((entry) => entry.at >= keep);
    }
    for (const listener of this.#listeners) listener(committed);
  }

  /** The commits after `from`, up to and with `to`, oldest first. */
  commitsBetween(from: Micros, to: Micros): readonly Committed[] {
    return this.#log.filter(({ at }) => at > from && at <= to);
  }

  /** Calls `listener` inside each commit that changes something, until the returned function is called. */
  subscribe(listener: (committed: Committed) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds a synthetic collection, below what is stored under the same names. */
  addShape(shape: Shape): void {
    this.#shapes.push(shape);
  }

  get shapes(): readonly Shape[] {
    return this.#shapes;
  }

  *#stored(range: KeyRange, at: Micros, wanted: Wanted): Generator<StoredItem> {
    for (const { key, entry } of this.#entries.range(range.from, range.to)) {
      if (!wanted(entry.collection)) continue;
      const version = versionAt(entry, at);
      if (version !== undefined) yield { key, document: version.document };
    }
  }

  #synthetic(path: string, at: Micros): StoredDocument | undefined {
    for (const shape of this.#shapes) {
      if (shape.createdAt > at) continue;
      const index = shape.indexOf(path);
      if (index !== undefined) return shape.document(index);
    }
    return undefined;
  }

  #push(key: NameKey, path: string, version: Entry['versions'][number], keep: Micros): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, { path, collection: collectionOf(path), versions: [version] });
      return;
    }
    // The newest version that is too old is what the oldest instant still to be read sees.
    let needless = 0;
    while ((entry.versions[needless + 1]?.at ?? Infinity) <= keep) needless++;
    entry.versions.splice(0, needless);
    entry.versions.push(version);
  }
}

function versionAt(entry: Entry | undefined, at: Micros): Entry['versions'][number] | undefined {
  if (entry === undefined) return undefined;
  for (let index = entry.versions.length - 1; index >= 0; index--) {
    const version = entry.versions[index];
    if (version !== undefined && version.at <= at) return version;
  }
  return undefined;
}
