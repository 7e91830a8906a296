import { createDecipheriv } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Failure } from '@fairlead/sdk';
import { Compression } from '../../protocol/destination_sdk.gen.ts';
import { unpackZstd } from './unpack-zstd.ts';

/** How the bytes of a file are packed. */
export interface Packing {
  readonly compression: Compression;
  /** The AES key, of 32 bytes; absent where the file is not encrypted. */
  readonly key?: Uint8Array;
}

/**
 * The content of a file, piece by piece: read, decrypted and decompressed in memory only. A piece is good until the
 * next one is asked for.
 * @throws {Failure} data for a file that cannot be read, or is packed in another way.
 */
export async function* fileBytes(path: string, packing: Packing): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  try {
    const plain = packing.key === undefined ? file : decrypted(file, packing.key);
    yield* unpacked(plain, packing.compression);
  } catch (error) {
    throw asFailure(error);
  } finally {
    file.destroy();
  }
}

/** The initialisation vector comes first. */
const vectorBytes = 16;
const keyBytes = 32;

async function* decrypted(
  chunks: AsyncIterable<Buffer>,
  key: Uint8Array,
): AsyncGenerator<Uint8Array> {
  if (key.length !== keyBytes) {
    throw new Failure('data', `the key has ${key.length} bytes instead of ${keyBytes}`);
  }
  let decipher: ReturnType<typeof createDecipheriv> | undefined;
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (decipher !== undefined) {
      yield decipher.update(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < vectorBytes) continue;
    decipher = createDecipheriv('aes-256-cbc', key, head.subarray(0, vectorBytes));
    yield decipher.update(head.subarray(vectorBytes));
  }
  if (decipher === undefined) {
    throw new Failure('data', 'the file is too short to be encrypted', { hint: sendAgain });
  }
  yield decipher.final();
}

function unpacked(
  chunks: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncIterable<Uint8Array> {
  switch (compression) {
    case Compression.OFF:
      return chunks;
    case Compression.ZSTD:
      return unpackZstd(chunks);
    case Compression.GZIP:
      return pipeline(Readable.from(chunks), createGunzip({ chunkSize: 256 * 1024 }), () => {});
    default:
      throw new Failure('data', `files are compressed in a way that is not known: ${compression}`);
  }
}

/** What an error while reading means. Node's own errors have codes, and those of the decoders too. */
function asFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Failure || !('code' in error)) return error;
  const { code } = error;
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') {
    return new Failure('data', `the batch file cannot be read (${code})`, { hint: sendAgain });
  }
  const isOurs = typeof code === 'number' || /^(?:ERR_OSSL|ERR_CRYPTO|Z_)/.test(String(code));
  if (!isOurs) return error;
  return new Failure('data', 'the batch file cannot be decrypted or decompressed', {
    hint: `Its key, its compression or its content is another one than was said. ${sendAgain}`,
  });
}

const sendAgain = 'Start the sync again.';
