import { Failure } from '@fairlead/sdk';
import { bufferOf } from './buffer-of.ts';
import type { CodecName } from './codec.ts';
import { codecs } from './codecs.ts';
import type { MessageSet } from './message-set.ts';

/** Messages out of bytes that come in pieces. */
export interface MessageReader<Message> {
  /**
   * The messages that are whole now, in order. They are views of the chunk where they can be, so
   * it must stay as it is while they are in use.
   * @throws {Failure} data, after which there is no going on.
   */
  read(chunk: Uint8Array): readonly Message[];
  /**
   * Says that no more comes.
   * @throws {Failure} data, when that is in the middle of a message.
   */
  end(): void;
}

export interface ReaderOptions {
  readonly codec: CodecName;
  /** Whether fields that nobody knows are a failure, as the runtime has it with responses. */
  readonly strict?: boolean;
  /** The longest message; 64 MiB unless given. */
  readonly maxMessageBytes?: number;
}

/** A reader at the start of its input. `Message` is what the set is made of. */
export function messageReader<Message extends { readonly is: string }>(
  set: MessageSet,
  { codec: name, strict = false, maxMessageBytes = 64 * 1024 * 1024 }: ReaderOptions,
): MessageReader<Message> {
  const codec = codecs[name];
  const begun = new Begun();
  const tooLong = () =>
    new Failure('data', `a ${set.what} is longer than ${maxMessageBytes} bytes`);
  return {
    read(chunk) {
      const bytes = begun.with(chunk);
      const ends: number[] = [];
      let start = 0;
      let searched = begun.searched;
      for (;;) {
        const announced = codec.announcedLength(bytes, start);
        if (announced !== undefined && announced > maxMessageBytes) throw tooLong();
        const end = codec.frameEnd(bytes, start, searched);
        if (end === undefined) break;
        if (end - start > maxMessageBytes) throw tooLong();
        ends.push(end);
        start = end;
        searched = end;
      }
      if (bytes.length - start > maxMessageBytes) throw tooLong();
      begun.keep(bytes, start);
      // The table of the set is what its type of message is made of.
      return codec.read(set, bytes, ends, strict) as readonly Message[];
    },
    end() {
      if (begun.isEmpty) return;
      throw new Failure('data', `the input ended in the middle of a ${set.what}`);
    },
  };
}

/** The beginning of a message whose end has not come. It grows by doubling. */
class Begun {
  #buffer = Buffer.alloc(0);
  #length = 0;
  /** Whether the bytes that were last handed out are of our own memory. */
  #isJoined = false;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Up to where there is no end of a message. */
  get searched(): number {
    return this.#length;
  }

  /** What has begun with what follows: the chunk itself when nothing has. */
  with(chunk: Uint8Array): Uint8Array {
    this.#isJoined = this.#length > 0;
    if (!this.#isJoined) return chunk;
    const needed = this.#length + chunk.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#length);
    return this.#buffer.subarray(0, needed);
  }

  /** Keeps what begins at `start` of the bytes that were last handed out. */
  keep(bytes: Uint8Array, start: number): void {
    this.#length = bytes.length - start;
    if (start === 0 && this.#isJoined) return;
    // Messages are views of the old memory, so the rest moves to new.
    this.#buffer = Buffer.from(bufferOf(bytes).subarray(start));
  }
}
