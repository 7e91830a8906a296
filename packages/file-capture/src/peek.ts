/** The beginning of a stream of chunks, and all of the stream. */
export interface Peeked {
  /** At least as many bytes as were asked for, or all there are. A copy. */
  readonly head: Uint8Array;
  /** Whether `head` is all there is. */
  readonly whole: boolean;
  /** Every chunk from the first one on. Read once; closing it closes the source. */
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * Reads as many chunks as it takes to have `sizeBytes`, and one more to know whether there are any.
 * The source is closed when reading it fails.
 */
export async function peek(source: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let length = 0;
  let whole = false;
  while (length < sizeBytes) {
    const next = await iterator.next();
    if (next.done === true) {
      whole = true;
      break;
    }
    // A copy, as the source may use its buffer again before the chunk is asked for.
    taken.push(next.value.slice());
    length += next.value.length;
  }
  return { head: Buffer.concat(taken, length), whole, chunks: rest(taken, iterator) };
}

async function* rest(
  taken: Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let chunk = taken.shift(); chunk !== undefined; chunk = taken.shift()) yield chunk;
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
