import { Failure, prefetch } from '@fairlead/sdk';
import type { BoundedLines } from '@fairlead/json';
import { ByteWindow } from './byte-window.ts';
import { DecodeError, type Decoder } from './decoder.ts';

/** How many bytes are gathered before they are decoded. */
const windowBytes = 1024 * 1024;

/** The longest record that is read, unless a request says otherwise. */
export const maxRecordBytes = 128 * 1024 * 1024;

export interface DecodeRequest {
  /** The text of the file from `offset` on. A chunk may change once the next one is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly decoder: Decoder;
  /** Where `chunks` begin, in bytes of text. */
  readonly offset: number;
  /** Records before `offset`. */
  readonly records: number;
  /** Names the file in failures. */
  readonly path: string;
  /** The most bytes that one record may have. */
  readonly maxRecordBytes?: number;
}

/** Some documents of a file, and the position after them. */
export interface DecodedBatch {
  readonly lines: BoundedLines;
  /** In bytes of text, after decompression and transcoding. */
  readonly offset: number;
  /** Records from the beginning of the file to `offset`. */
  readonly records: number;
  /** What a decoder that goes on here must be told. */
  readonly inside: string | undefined;
  /** Whether the file ends here. True of the last batch, which may have no documents, and no other. */
  readonly ended: boolean;
}

/**
 * The documents of a file in batches of about 1 MiB, in order. Reads one chunk ahead while the
 * consumer works; holds the chunk, 4 MiB, and the longest record.
 * @throws {Failure} data, naming file, record and byte, after the good records before it.
 */
export async function* decodeFile(
  request: DecodeRequest,
): AsyncGenerator<DecodedBatch, void, undefined> {
  const { decoder, path, maxRecordBytes: limit = maxRecordBytes } = request;
  let { offset, records } = request;
  const window = new ByteWindow();
  const chunks = prefetch(request.chunks, 0, (chunk) => chunk.length);
  let wanted = windowBytes;
  let more = true;
  try {
    for (;;) {
      while (more && window.length < wanted) {
        const next = await chunks.next();
        if (next.done === true) more = false;
        else window.append(next.value);
      }
      const bytes = window.view();
      const decoded = explain(() => decoder.decode(bytes, !more), { path, offset, records });
      window.drop(decoded.consumed);
      offset += decoded.consumed;
      records += decoded.records;
      const atEnd = !more && window.length === 0;
      const ended = atEnd && decoder.unfinished === undefined;
      if (decoded.lines.ends.length > 0 || ended) {
        yield { lines: decoded.lines, offset, records, inside: decoder.inside, ended };
      }
      if (ended) return;
      if (atEnd) throw cutOff(decoder.unfinished, path, offset);
      if (decoded.consumed > 0) wanted = windowBytes;
      else if (!more) throw new Error('a decoder left the end of a file undecoded');
      else if (window.length > limit) throw tooLong(path, offset, records, limit);
      else wanted = Math.min(Math.max(wanted, window.length) * 2, limit + 1);
    }
  } finally {
    await chunks.return();
  }
}

interface Place {
  readonly path: string;
  readonly offset: number;
  readonly records: number;
}

function explain<T>(decode: () => T, { path, offset, records }: Place): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const record = error.record < 0 ? '' : ` record ${records + error.record + 1},`;
    throw new Failure('data', error.message, {
      where: `${path},${record} byte ${offset + error.offset}`,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

function cutOff(reason = 'unexpected end', path: string, offset: number): Failure {
  return new Failure('data', reason, {
    where: `${path}, byte ${offset}`,
    hint: 'The file may not have been copied to its end.',
  });
}

function tooLong(path: string, offset: number, records: number, maxBytes: number): Failure {
  return new Failure('data', `a record has more than ${Math.round(maxBytes / 2 ** 20)} MiB`, {
    where: `${path}, record ${records + 1}, byte ${offset}`,
    hint: 'Look for a quote or bracket that is never closed.',
  });
}
