import { Decompress } from 'fzstd';

/**
 * Zstandard frames, one after the other, decompressed.
 * @throws an error of the decoder, with a numeric `code`, also when the last frame is not complete.
 */
export async function* unpackZstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unpacked: Uint8Array[] = [];
  const decoder = new Decompress((data) => void unpacked.push(data));
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += pieceBytes) {
      decoder.push(chunk.subarray(from, from + pieceBytes));
      for (const data of unpacked.splice(0)) yield data;
    }
  }
  decoder.push(new Uint8Array(), true);
  for (const data of unpacked.splice(0)) yield data;
}

/** All that the decoder is given at a time it unpacks at once, and four bytes may be a block of 128 KiB. */
const pieceBytes = 512;
