/** The most entries of one run before it is cut in two. */
const runLimit = 512;

/** A map whose keys are texts in the order of `<`. Finding costs a logarithm, adding a short copy. */
export class OrderedMap<Entry> {
  readonly #runs: { keys: string[]; entries: Entry[] }[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): Entry | undefined {
    const run = this.#runs[this.#runOf(key)];
    if (run === undefined) return undefined;
    const index = lowerBound(run.keys, key);
    return run.keys[index] === key ? run.entries[index] : undefined;
  }

  /** Puts an entry in place; one of the same key goes. */
  set(key: string, entry: Entry): void {
    const place = this.#runOf(key);
    const run = this.#runs[place];
    if (run === undefined) {
      this.#runs.push({ keys: [key], entries: [entry] });
      this.#size++;
      return;
    }
    const index = lowerBound(run.keys, key);
    if (run.keys[index] === key) {
      run.entries[index] = entry;
      return;
    }
    run.keys.splice(index, 0, key);
    run.entries.splice(index, 0, entry);
    this.#size++;
    if (run.keys.length > runLimit) this.#cut(place);
  }

  delete(key: string): void {
    const place = this.#runOf(key);
    const run = this.#runs[place];
    if (run === undefined) return;
    const index = lowerBound(run.keys, key);
    if (run.keys[index] !== key) return;
    run.keys.splice(index, 1);
    run.entries.splice(index, 1);
    this.#size--;
    if (run.keys.length === 0) this.#runs.splice(place, 1);
  }

  /** The first entry at or above `from`, below `to`; undefined when there is none. */
  first(from: string, to: string): { key: string; entry: Entry } | undefined {
    let place = this.#runOf(from);
    let run = this.#runs[place];
    if (run === undefined) return undefined;
    let index = lowerBound(run.keys, from);
    if (index === run.keys.length) {
      run = this.#runs[++place];
      index = 0;
    }
    const key = run?.keys[index];
    const entry = run?.entries[index];
    if (key === undefined || entry === undefined || key >= to) return undefined;
    return { key, entry };
  }

  /** The entries from `from`, before `to`, in order. What changes meanwhile may or may not be seen; nothing else is missed. */
  *range(from: string, to: string): Generator<{ key: string; entry: Entry }> {
    for (let next = this.first(from, to); next !== undefined;) {
      yield next;
      next = this.first(`${next.key}\0`, to);
    }
  }

  /** The run where `key` is or would be. */
  #runOf(key: string): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle]?.keys[0] ?? '') <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  #cut(place: number): void {
    const run = this.#runs[place];
    if (run === undefined) return;
    const half = run.keys.length >>> 1;
    this.#runs.splice(place + 1, 0, {
      keys: run.keys.splice(half),
      entries: run.entries.splice(half),
    });
  }
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
