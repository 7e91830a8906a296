import { Failure } from '@fairlead/sdk';

/** Chunks, and how many bytes of them were read. */
export interface CountedChunks {
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
  doneBytes(): number;
}

/** `chunks`, and how many bytes of them were read, beginning with `from`. */
export function countChunks(chunks: AsyncIterable<Uint8Array>, from = 0): CountedChunks {
  let doneBytes = from;
  return {
    doneBytes: () => doneBytes,
    chunks: counted(),
  };

  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      doneBytes += chunk.length;
      yield chunk;
    }
  }
}

/**
 * `chunks` without their first `count` bytes.
 * @throws {Failure} state, when there are fewer.
 */
export async function* skipBytes(
  chunks: AsyncIterable<Uint8Array>,
  count: number,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = count;
  for await (const chunk of chunks) {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    if (skipped < chunk.length) yield skipped === 0 ? chunk : chunk.subarray(skipped);
  }
  if (left > 0) {
    throw new Failure('state', 'the file is shorter than what was read of it before', {
      where: path,
      hint: 'Start again with a new backfill.',
    });
  }
}
