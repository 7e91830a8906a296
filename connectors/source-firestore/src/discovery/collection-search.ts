import type { Firestore } from '../client/firestore.ts';
import { documentName } from '../wire/field-path.ts';
import { boundsOfCollection } from '../wire/names.ts';
import { idAfter } from './id-after.ts';
import { KeySpace } from './key-space.ts';
import type { Found, Habit, Search } from './pattern-search.ts';

/** A place in the order of names. */
interface Place {
  readonly name: string;
  /** Whether the name itself is still to come. */
  readonly before: boolean;
}

/** How far names were looked at. */
interface Taken {
  /** The last document, if nothing is known of it. */
  readonly open: string | undefined;
  /** The document at which it ended, which is pending unless it is known. */
  readonly met: string | undefined;
}

/**
 * The search of one collection for others below its documents, also those that are missing. It reads names in and below
 * the collection: a document that is followed by the next one has nothing below it, and so costs one read. Of one that has
 * something, or may have, the collections are listed, and what is in them is passed over.
 *
 * The first documents come first, then some that are spread over the ids, and then the rest of the first ones.
 */
export class CollectionSearch implements Search {
  readonly #firestore: Firestore;
  /** Such as `users/ada/messages`. */
  readonly #path: string;
  readonly #habit: Habit;
  /** Ids of the documents of which it is known what is below them. */
  readonly #asked = new Set<string>();
  readonly #bounds: { readonly first: string; readonly after: string };
  #stage: 'first' | 'spread' | 'rest' = 'first';
  /** Where the walk through the names goes on. */
  #from: Place;
  /** A document in the walk, of which the next name tells whether anything is below it. */
  #open: string | undefined;
  /** The id that the walk saw last. */
  #last = '';
  /** Where to look while documents are spread. */
  #space: KeySpace | undefined;
  /** How many looks in a row have found no other document. */
  #vain = 0;
  /** A document whose collections are to be listed. */
  #pending: string | undefined;
  #isAtEnd = false;

  constructor(firestore: Firestore, path: string, habit: Habit) {
    this.#firestore = firestore;
    this.#path = path;
    this.#habit = habit;
    this.#bounds = boundsOfCollection(firestore.root, path);
    this.#from = { name: this.#bounds.first, before: true };
  }

  get asked(): number {
    return this.#asked.size;
  }

  get isDone(): boolean {
    return this.#isAtEnd && this.#pending === undefined;
  }

  async step(reads: number, first: number, signal: AbortSignal): Promise<Found> {
    if (this.#pending !== undefined) return await this.#list(this.#pending, signal);
    if (this.#stage === 'first' && this.asked >= first) {
      this.#stage = 'spread';
      this.#space = new KeySpace(this.#last);
    }
    if (this.#stage === 'spread' && this.#space !== undefined) {
      const point = this.#vain < mostInVain ? this.#space.next() : undefined;
      if (point !== undefined) return await this.#look(this.#space, point, reads, signal);
      this.#stage = 'rest';
    }
    return await this.#walk(reads, signal);
  }

  /** Goes on through the names. */
  async #walk(reads: number, signal: AbortSignal): Promise<Found> {
    const limit = this.#limit(Math.min(reads, mostInWalk));
    const names = await this.#names(this.#from, limit, signal);
    const { open, met } = this.#take(names, limit, this.#open);
    const last = names.at(-1);
    if (met !== undefined) this.#from = { name: this.#nameOf(idAfter(met)), before: true };
    else if (last !== undefined) this.#from = { name: last, before: false };
    this.#last = met ?? open ?? this.#last;
    this.#open = open;
    this.#isAtEnd = names.length < limit && met === undefined;
    return { reads: Math.max(1, names.length), collections: [] };
  }

  /** Looks at what comes after some id. */
  async #look(space: KeySpace, point: string, reads: number, signal: AbortSignal): Promise<Found> {
    // What is found after a look in vain may well be known.
    const limit = this.#limit(Math.min(reads, this.#vain > 0 ? 1 : mostInLook));
    const names = await this.#names({ name: this.#nameOf(point), before: true }, limit, signal);
    const found = names[0] === undefined ? undefined : this.#idIn(names[0]);
    space.found(found);
    this.#vain = found === undefined || this.#asked.has(found) ? this.#vain + 1 : 0;
    this.#take(names, limit, undefined);
    return { reads: Math.max(1, names.length), collections: [] };
  }

  /**
   * Learns from names that follow one another, of which `limit` were asked for, up to the first document that has more
   * below it, or may have.
   * @param before the document before them of which nothing is known.
   */
  #take(names: readonly string[], limit: number, before: string | undefined): Taken {
    let open = before;
    for (const name of names) {
      const id = this.#idIn(name);
      if (id !== open) this.#isBare(open);
      const isBelow = name.length > this.#nameOf(id).length;
      if (isBelow) this.#habit.bareInRow = 0;
      if (isBelow || limit === 1) {
        if (!this.#asked.has(id)) this.#pending = id;
        return { open: undefined, met: id };
      }
      open = id;
    }
    if (names.length === limit) return { open, met: undefined };
    this.#isBare(open);
    return { open: undefined, met: undefined };
  }

  /** Lists the collections below a document. One page is all of them, but for a few documents in the world. */
  async #list(id: string, signal: AbortSignal): Promise<Found> {
    const collections: string[] = [];
    for await (const collection of this.#firestore.collectionIds(this.#nameOf(id), signal)) {
      if (collections.push(`${this.#path}/${id}/${collection}`) === pageOfCollections) break;
    }
    this.#pending = undefined;
    if (collections.length === 0) this.#isBare(id);
    else {
      this.#asked.add(id);
      this.#habit.bareInRow = 0;
    }
    return { reads: 1, collections };
  }

  #isBare(id: string | undefined): void {
    if (id === undefined || this.#asked.has(id)) return;
    this.#asked.add(id);
    this.#habit.bareInRow++;
  }

  /** More names at a time the longer nothing was below; one at a time where there may be much. */
  #limit(most: number): number {
    const { bareInRow } = this.#habit;
    return Math.min(most, bareInRow < 2 ? 1 : bareInRow + 2);
  }

  async #names(from: Place, limit: number, signal: AbortSignal): Promise<readonly string[]> {
    const query = {
      from: { allDescendants: true },
      orderBy: [{ field: documentName }],
      startAt: { values: [{ reference: from.name }], before: from.before },
      endAt: { values: [{ reference: this.#bounds.after }], before: true },
      limit,
    };
    const found: string[] = [];
    const names = this.#firestore.names({ parent: this.#firestore.root, query }, signal);
    for await (const name of names) found.push(name);
    return found;
  }

  #nameOf(id: string): string {
    return `${this.#firestore.root}/${this.#path}/${id}`;
  }

  /** The id of the document of this collection that a full name is, or is below. */
  #idIn(name: string): string {
    const start = this.#nameOf('').length;
    const end = name.indexOf('/', start);
    return name.slice(start, end < 0 ? undefined : end);
  }
}

const mostInWalk = 16;
/** Fewer, so that documents are from many places. */
const mostInLook = 4;
/** After so many looks there are hardly any other documents. */
const mostInVain = 10;
/** Listed for one read. */
const pageOfCollections = 300;
