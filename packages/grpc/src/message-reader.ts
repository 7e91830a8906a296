import { prefixLength } from './frame.ts';
import { GrpcError } from './grpc-error.ts';
import { Status } from './status.ts';

/**
 * Some messages in the order they came. Message `i` is `bytes[bounds[2 * i] .. bounds[2 * i + 1])`.
 * All of it is valid until the next pull, which may reuse both arrays: what is kept has to be copied, as by
 * `bytes.slice`. `bytes` is no `Buffer`, whose `slice` would not.
 */
export interface Messages {
  readonly bytes: Uint8Array;
  /** At least `2 * count` numbers; what follows means nothing. */
  readonly bounds: Int32Array;
  readonly count: number;
}

export interface MessageReaderOptions {
  /** The longest message that is taken. */
  readonly maxMessageBytes: number;
  /** The code of the error for a compressed message: the two ends name it differently. */
  readonly compressedCode: Status;
}

/** As much as is put together for one pull, unless a single message is longer. */
const batchLength = 64 * 1024;
/** Arrays longer than this are not kept for the next pull. */
const keptLength = 1024 * 1024;

/**
 * Cuts chunks with any borders into messages. What lies in one chunk is handed out where it lies; chunks
 * that share a message are copied together, once. Throws a `GrpcError` for what is no frame.
 */
export class MessageReader {
  readonly #options: MessageReaderOptions;
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** How much must be there before anything can be handed out: a prefix, or a prefix and its message. */
  #needed = prefixLength;
  #buffer: Uint8Array = empty;
  #bounds = new Int32Array(128);

  constructor(options: MessageReaderOptions) {
    this.#options = options;
  }

  /** Whether what has come, and is not handed out, ends within a message. */
  get endsInMessage(): boolean {
    if (this.#length === 0) return false;
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [bytes];
    let at = 0;
    while (at + prefixLength <= bytes.length) at += prefixLength + bytes.readUInt32BE(at + 1);
    return at !== bytes.length;
  }

  /** Whether a pull is worth while and more chunks would only be memory. */
  get isFull(): boolean {
    return this.#length >= batchLength && this.#length >= this.#needed;
  }

  /** Forgets what has come. */
  clear(): void {
    this.#chunks = [];
    this.#length = 0;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The messages that are complete, or nothing as long as there is none. */
  take(): Messages | undefined {
    while (this.#length >= this.#needed) {
      const messages = this.#cut(this.#gather());
      if (messages.count > 0) return messages;
    }
    return undefined;
  }

  /** Takes the first chunks out of the queue, in one piece that holds what is needed. */
  #gather(): Uint8Array {
    const chunks = this.#chunks;
    const [first] = chunks;
    if (first === undefined) return empty;
    let count = 1;
    let length = first.length;
    for (; count < chunks.length; count++) {
      const next = chunks[count]?.length ?? 0;
      if (length >= this.#needed && length + next > batchLength) break;
      length += next;
    }
    this.#length -= length;
    if (count === 1) {
      if (chunks.length === 1) this.#chunks = [];
      else chunks.shift();
      return first;
    }
    const buffer = this.#bufferOf(length);
    let at = 0;
    for (let i = 0; i < count; i++) {
      const chunk = chunks[i] ?? empty;
      buffer.set(chunk, at);
      at += chunk.length;
    }
    if (count === chunks.length) this.#chunks = [];
    else chunks.splice(0, count);
    return buffer.length === length ? buffer : buffer.subarray(0, length);
  }

  #bufferOf(length: number): Uint8Array {
    if (length <= this.#buffer.length) return this.#buffer;
    if (length > keptLength) return Buffer.allocUnsafeSlow(length);
    // The first chunk may lie in the old buffer, which lives on until it is copied.
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(keptLength, 2 ** Math.ceil(Math.log2(length))));
    return this.#buffer;
  }

  /** Finds the messages in `bytes`, and puts what is left back at the head of the queue. */
  #cut(bytes: Uint8Array): Messages {
    const length = bytes.length;
    let bounds = this.#bounds;
    let filled = 0;
    let at = 0;
    let needed = prefixLength;
    while (length - at >= prefixLength) {
      const size =
        // The last byte may set the sign: a length that large is refused below.
        (byte(bytes, at + 1) << 24) |
        (byte(bytes, at + 2) << 16) |
        (byte(bytes, at + 3) << 8) |
        byte(bytes, at + 4);
      if (byte(bytes, at) !== 0 || size < 0 || size > this.#options.maxMessageBytes) {
        if (filled > 0) break;
        throw this.#refuse(byte(bytes, at), size >>> 0);
      }
      if (size > length - at - prefixLength) {
        needed = prefixLength + size;
        break;
      }
      if (filled === bounds.length) {
        const wider = new Int32Array(2 * filled);
        wider.set(bounds);
        bounds = wider;
        this.#bounds = wider;
      }
      at += prefixLength;
      bounds[filled] = at;
      at += size;
      bounds[filled + 1] = at;
      filled += 2;
    }
    this.#needed = needed;
    if (at < length) {
      this.#chunks.unshift(at === 0 ? bytes : bytes.subarray(at));
      this.#length += length - at;
    }
    return { bytes: plain(bytes), bounds, count: filled >> 1 };
  }

  #refuse(flag: number, size: number): GrpcError {
    if (flag === 1) {
      return new GrpcError(
        this.#options.compressedCode,
        'a message is compressed, which was not offered',
      );
    }
    if (flag !== 0) {
      return new GrpcError(
        Status.INTERNAL,
        `a message begins with ${flag} instead of 0: this is no gRPC`,
      );
    }
    return new GrpcError(
      Status.RESOURCE_EXHAUSTED,
      `a message of ${size} bytes is longer than the ${this.#options.maxMessageBytes} allowed`,
    );
  }
}

const empty = new Uint8Array(0);

/** The same bytes, whose `slice` copies, as that of a `Buffer` does not. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
