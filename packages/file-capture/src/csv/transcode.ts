import { pieceDecoder } from './text-decoder.ts';

/** Bytes that mean nothing in the encoding that they are said to have. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
  readonly encoding: string;
  /** Where the first such byte is, from the beginning of what was transcoded. */
  readonly offset: number;

  constructor(encoding: string, offset: number) {
    super(`byte ${offset} is not valid ${encoding}`);
    this.encoding = encoding;
    this.offset = offset;
  }
}

/**
 * The text of `chunks` in UTF-8, without its byte-order mark. UTF-8 is passed on as it is,
 * unchecked and with the mark: the decoder of rows looks at both.
 *
 * @throws {EncodingError} at bytes that are not of the encoding
 */
export async function* transcode(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (encoding === 'utf-8') {
    yield* chunks;
    return;
  }
  const decoder = pieceDecoder(encoding);
  let offset = 0;
  let tail = new Uint8Array(0);
  for await (const chunk of chunks) {
    const text = attempt(() => decoder.decode(chunk, { stream: true }));
    const seen = Buffer.concat([tail, chunk]);
    if (text === undefined) {
      throw new EncodingError(encoding, offset - tail.length + brokenAt(encoding, seen));
    }
    if (text !== '') yield Buffer.from(text);
    offset += chunk.length;
    tail = seen.subarray(characterBorder(encoding, seen));
    if (tail.length > longTailBytes) tail = tail.subarray(tail.length);
  }
  const text = attempt(() => decoder.decode(new Uint8Array(0), { stream: false }));
  if (text === undefined) {
    throw new EncodingError(encoding, offset - tail.length + brokenAt(encoding, tail));
  }
  if (text !== '') yield Buffer.from(text);
}

/** Text without a border for this long is not kept to locate errors: they are off by a character. */
const longTailBytes = 64 * 1024;

/** What `decode` returns; `undefined` when it throws, as decoders of broken bytes do. */
function attempt(decode: () => string): string | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Where the first character that is broken or cut off begins in `bytes`. */
function brokenAt(encoding: string, bytes: Uint8Array): number {
  const decodes = (length: number, stream: boolean) =>
    attempt(() => pieceDecoder(encoding).decode(bytes.subarray(0, length), { stream })) !==
    undefined;
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (decodes(middle, true)) good = middle;
    else bad = middle;
  }
  while (good > 0 && !decodes(good, false)) good--;
  return good;
}

/** A position in `bytes`, as late as is easily found, where no character is cut. */
function characterBorder(encoding: string, bytes: Uint8Array): number {
  if (encoding.startsWith('utf-16')) {
    const end = bytes.length & ~1;
    const high = bytes[encoding === 'utf-16le' ? end - 1 : end - 2] ?? 0;
    return high >= 0xd8 && high <= 0xdb ? end - 2 : end;
  }
  // Only in ISO-2022-JP are these also parts of characters, though not of its line feeds.
  const least = encoding === 'iso-2022-jp' ? 0x0b : 0x30;
  return bytes.findLastIndex((byte) => byte < least) + 1;
}
