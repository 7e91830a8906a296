import type { Firestore } from '../client/firestore.ts';
import type { Found, Search } from './pattern-search.ts';

/**
 * The search of one collection for others below its documents, on a server that does not search names of any
 * collection: the documents are listed, also those that are missing, and of each one the collections below it.
 */
export class CollectionListing implements Search {
  readonly #firestore: Firestore;
  readonly #path: string;
  #documents: AsyncIterator<{ readonly name: string }> | undefined;
  #pending: string | undefined;
  #asked = 0;
  #isAtEnd = false;

  constructor(firestore: Firestore, path: string) {
    this.#firestore = firestore;
    this.#path = path;
  }

  get asked(): number {
    return this.#asked;
  }

  get isDone(): boolean {
    return this.#isAtEnd;
  }

  async step(_reads: number, _first: number, signal: AbortSignal): Promise<Found> {
    if (this.#pending === undefined) {
      this.#documents ??= this.#list(signal);
      const { value, done } = await this.#documents.next();
      if (done === true) this.#isAtEnd = true;
      else this.#pending = value.name;
      return { reads: 1, collections: [] };
    }
    const document = this.#pending;
    const collections: string[] = [];
    for await (const id of this.#firestore.collectionIds(document, signal)) {
      const path = `${document}/${id}`.slice(this.#firestore.root.length + 1);
      if (collections.push(path) === pageOfCollections) break;
    }
    this.#pending = undefined;
    this.#asked++;
    return { reads: 1, collections };
  }

  #list(signal: AbortSignal): AsyncIterator<{ readonly name: string }> {
    const slash = this.#path.lastIndexOf('/');
    const { root } = this.#firestore;
    const request = {
      parent: slash < 0 ? root : `${root}/${this.#path.slice(0, slash)}`,
      collectionId: this.#path.slice(slash + 1),
      // Every document of a page is read, whether it is asked or not.
      pageSize: 1,
      mask: [],
      showMissing: true,
    };
    return this.#firestore.documents(request, signal)[Symbol.asyncIterator]();
  }
}

/** Listed for one read. */
const pageOfCollections = 300;
