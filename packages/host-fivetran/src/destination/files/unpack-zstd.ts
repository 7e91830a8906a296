import { Decompress } from 'fzstd';

/**
 * Zstandard frames, one after the other, decompressed.
 * @throws an error of the decoder, with a numeric `code`, also when the last frame is not complete.
 */
export async function* unpackZstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unpacked: Uint8Array[] = [];
  const decoder = new Decompress((data) => void unpacked.push(data));
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    decoder.push(chunk);
    yield* unpacked.splice(0);
  }
  decoder.push(new Uint8Array(), true);
  yield* unpacked.splice(0);
}
