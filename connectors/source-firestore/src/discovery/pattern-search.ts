/** The search of one collection for others below its documents. */
export interface Search {
  /** Of how many documents it is known what is below them. */
  readonly asked: number;
  /** Whether that are all. */
  readonly isDone: boolean;
  /**
   * Makes one call, for at most `reads` reads.
   * @param first how many documents are asked from the beginning; those after them are spread.
   */
  step(reads: number, first: number, signal: AbortSignal): Promise<Found>;
}

/** What one step of a search cost, and the paths of the collections it found. */
export interface Found {
  readonly reads: number;
  readonly collections: readonly string[];
}

/** What collections of one pattern are like, as far as is known. */
export interface Habit {
  /** How many documents in a row had no collection below them. */
  bareInRow: number;
}

/** The search of the collections of one pattern, such as `users/{id}/messages`, for others below their documents. */
export class PatternSearch {
  readonly pattern: string;
  readonly #open: (path: string, habit: Habit) => Search;
  /** How many documents to ask, of all collections together. */
  readonly #documents: number;
  readonly #collections = new Map<string, Search>();
  readonly #habit: Habit = { bareInRow: 2 };
  #hasMore = false;

  /** @param open begins the search of one collection. */
  constructor(pattern: string, documents: number, open: (path: string, habit: Habit) => Search) {
    this.pattern = pattern;
    this.#documents = documents;
    this.#open = open;
  }

  /** Takes up a collection of the pattern, unless it is known. The first ones are enough. */
  add(path: string): void {
    if (this.#collections.has(path)) return;
    if (this.#collections.size < mostCollections) {
      this.#collections.set(path, this.#open(path, this.#habit));
    } else this.#hasMore = true;
  }

  /** Of how many documents it is known what is below them. */
  get asked(): number {
    let asked = 0;
    for (const collection of this.#collections.values()) asked += collection.asked;
    return asked;
  }

  /** Whether as many documents as there should be, or all, were asked. */
  get isDone(): boolean {
    return this.asked >= this.#documents || this.#next === undefined;
  }

  /** Whether all documents were asked of all collections that were found. */
  get isComplete(): boolean {
    return !this.#hasMore && [...this.#collections.values()].every(({ isDone }) => isDone);
  }

  /** Searches on, for at most `reads` reads. Gives the paths of the collections that were found. */
  async turn(reads: number, signal: AbortSignal): Promise<readonly string[]> {
    const found: string[] = [];
    let left = reads;
    while (left > 0 && !this.isDone) {
      const step = await this.#next?.step(left, Math.ceil(this.#documents / 2), signal);
      if (step === undefined) break;
      left -= step.reads;
      found.push(...step.collections);
    }
    return found;
  }

  /** The collection of which the fewest documents were asked. */
  get #next(): Search | undefined {
    let next: Search | undefined;
    for (const collection of this.#collections.values()) {
      if (!collection.isDone && collection.asked < (next?.asked ?? Infinity)) next = collection;
    }
    return next;
  }
}

const mostCollections = 16;
