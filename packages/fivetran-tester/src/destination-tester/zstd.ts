import { compress, decompress, init } from '@bokuweb/zstd-wasm';

let ready: Promise<void> | undefined;

/** One frame of zstd. */
export async function packZstd(bytes: Uint8Array): Promise<Uint8Array> {
  await prepared();
  return compress(bytes, 3);
}

/** What a frame of zstd holds. */
export async function unpackZstd(packed: Uint8Array): Promise<Uint8Array> {
  await prepared();
  return decompress(packed);
}

/** Another `init` would take away the memory that the functions work on. */
function prepared(): Promise<void> {
  return (ready ??= init());
}
