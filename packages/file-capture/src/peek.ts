/** The beginning of a stream of chunks, and all of the stream. */
export interface Peeked {
  /** At least as many bytes as were asked for, or all there are. A copy. */
  readonly head: Uint8Array;
  /** Whether `head` is all there is. Said without reading further, so false where it just fits. */
  readonly whole: boolean;
  /** Every chunk from the first one on. Read once; closing it closes the source. */
  readonly chunks: AsyncIterableIterator<Uint8Array>;
}

/** Reads as many chunks as it takes to have `sizeBytes`. */
export async function peek(source: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let length = 0;
  let whole = false;
  while (length < sizeBytes && !whole) {
    const next = await iterator.next();
    if (next.done === true) whole = true;
    else {
      // A copy, as the source may use its buffer again before the chunk is asked for.
      taken.push(Buffer.from(next.value));
      length += next.value.length;
    }
  }
  const head = taken.length === 1 && taken[0] !== undefined ? taken[0] : Buffer.concat(taken);
  // Not a generator: one that was never started would not close the source.
  const chunks: AsyncIterableIterator<Uint8Array> = {
    async next() {
      const value = taken.shift();
      return value === undefined ? iterator.next() : { value, done: false };
    },
    async return() {
      await iterator.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]: () => chunks,
  };
  return { head, whole, chunks };
}
