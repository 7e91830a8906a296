import type { Codec, CodecName } from '../protocol/codec.ts';
import { codecs } from '../protocol/codecs.ts';
import { materializeRequests, type MaterializeRequest } from '../protocol/materialize-messages.ts';
import { messageReader } from '../protocol/message-reader.ts';
import { mostBegunBytes, StoreKernel } from '../protocol/store-kernel.ts';

/** Requests out of bytes that come in pieces. */
export interface RequestReader {
  /**
   * The requests that are whole now, in order, each good until the next is asked for. All have to be
   * taken before the next piece.
   * @throws {Failure} data, after which there is no going on.
   */
  read(chunk: Uint8Array): Iterable<MaterializeRequest>;
  /**
   * Says that no more comes.
   * @throws {Failure} data, when that is in the middle of a request.
   */
  end(): void;
}

/** A reader of requests. Stores, which are most of what comes, go through the kernel. */
export function requestReader(codec: CodecName): RequestReader {
  const reader = messageReader<MaterializeRequest>(materializeRequests, { codec });
  const kernel = new StoreKernel(codec);
  /** The beginning of a request, when it is not with the reader. */
  let begun = none;
  /** How many bytes are missing of a long one that the reader has begun; of a line it is not known. */
  let missing = 0;

  /** Has the reader go on with a long request. Answers where it ends in the chunk. */
  function* goOn(chunk: Uint8Array, at: number): Generator<MaterializeRequest, number, undefined> {
    const newlineAt = codec === 'json' ? chunk.indexOf(newline, at) : -1;
    const end = newlineAt < 0 ? Math.min(chunk.length, at + missing) : newlineAt + 1;
    missing = newlineAt < 0 ? missing - (end - at) : 0;
    yield* reader.read(chunk.subarray(at, end));
    return end;
  }

  return {
    *read(chunk) {
      let at = missing > 0 ? yield* goOn(chunk, 0) : 0;
      while (at < chunk.length) {
        at += kernel.load(begun, chunk, at);
        for (let atOnce = 1; ;) {
          const batch = kernel.take();
          if (batch !== undefined) {
            atOnce = 1;
            yield batch;
            continue;
          }
          const { rest } = kernel;
          const end = endOfFrames(codecs[codec], rest, atOnce);
          if (end === 0) break;
          atOnce = Math.min(2 * atOnce, mostAtOnce);
          kernel.skip(end);
          // Some of these are kept, and the memory of the kernel is used again.
          yield* reader.read(Buffer.from(rest.subarray(0, end)));
        }
        begun = Buffer.from(kernel.rest);
        if (begun.length <= mostBegunBytes) continue;
        missing = codec === 'json' ? Infinity : 4 + begun.readUInt32LE() - begun.length;
        yield* reader.read(begun);
        begun = none;
        at = yield* goOn(chunk, at);
      }
    },
    end() {
      reader.read(begun);
      reader.end();
    },
  };
}

const none = Buffer.alloc(0);
const newline = 0x0a;
/** How many unusual requests are read before the kernel is asked again. */
const mostAtOnce = 256;

/** Where the first frames of some bytes end, `count` at most; 0 when none does. */
function endOfFrames(codec: Codec, bytes: Uint8Array, count: number): number {
  let end = 0;
  for (let index = 0; index < count; index++) {
    const next = codec.frameEnd(bytes, end, end);
    if (next === undefined) break;
    end = next;
  }
  return end;
}
