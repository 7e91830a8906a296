import type { Http2Stream } from 'node:http2';
import { MessageReader, type MessageReaderOptions, type Messages } from './message-reader.ts';

type Pull = (
  result: IteratorResult<Messages, undefined> | Promise<IteratorResult<Messages, undefined>>,
) => void;

export interface InboxOptions extends MessageReaderOptions {
  /** Told of bytes that are no messages, once the inbox has ended with that error. */
  readonly refused: (error: unknown) => void;
}

/**
 * The messages that come over an HTTP/2 stream, pulled. While nobody pulls the stream is paused: what
 * waits here is one batch, and beyond it what the peer may send within the window of the stream.
 *
 * A pull that waits is answered once all has been read that the socket had: frames have 16 KiB mostly, and
 * whoever pulls does more for a batch than for a message.
 */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #reader: MessageReader;
  #stream: Http2Stream | undefined;
  #pull: Pull | undefined;
  #isAnswering = false;
  /** Set once no more will come: an error, or nothing after the last message. */
  #ended: { readonly error: unknown } | undefined;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#reader = new MessageReader(options);
  }

  /** Reads `stream` from now on. */
  attach(stream: Http2Stream): void {
    this.#stream = stream;
    stream.on('data', this.#receive);
  }

  /** Whether what has come until now ends within a message. */
  get endsInMessage(): boolean {
    return this.#reader.endsInMessage;
  }

  /** What has arrived, at once or as soon as something has. One pull at a time. */
  next(): Promise<IteratorResult<Messages, undefined>> {
    if (this.#pull !== undefined) throw new Error('a pull is already under way');
    const messages = this.#take();
    if (messages === undefined && this.#ended !== undefined) return last(this.#ended);
    if (this.#stream?.isPaused() === true) this.#stream.resume();
    if (messages !== undefined) return Promise.resolve({ value: messages, done: false });
    return new Promise((resolve) => {
      this.#pull = resolve;
    });
  }

  /** No more will come. What has come is handed out first. */
  end(error?: unknown): void {
    // What has come may be no messages.
    this.#answerPull();
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    this.#settle();
  }

  /** No more is wanted: what has come is dropped, and so is what still comes. */
  drop(error?: unknown): void {
    this.#ended ??= { error };
    this.#reader.clear();
    this.#stream?.off('data', this.#receive);
    this.#stream?.resume();
    this.#settle();
  }

  readonly #receive = (chunk: Uint8Array): void => {
    this.#reader.push(chunk);
    if (this.#reader.isFull) this.#stream?.pause();
    if (this.#pull === undefined || this.#isAnswering) return;
    this.#isAnswering = true;
    setImmediate(this.#answerPull);
  };

  readonly #answerPull = (): void => {
    this.#isAnswering = false;
    if (this.#pull === undefined) return;
    const messages = this.#take();
    const pull = this.#pull;
    // What has come may be the beginning of a message longer than a batch.
    if (!this.#reader.isFull && this.#stream?.isPaused() === true) this.#stream.resume();
    if (messages === undefined) return;
    this.#pull = undefined;
    pull?.({ value: messages, done: false });
  };

  #take(): Messages | undefined {
    try {
      return this.#reader.take();
    } catch (error) {
      this.drop(error);
      this.#options.refused(error);
      return undefined;
    }
  }

  #settle(): void {
    const pull = this.#pull;
    if (pull === undefined || this.#ended === undefined) return;
    this.#pull = undefined;
    pull(last(this.#ended));
  }
}

function last({
  error,
}: {
  readonly error: unknown;
}): Promise<IteratorResult<Messages, undefined>> {
  return error === undefined
    ? Promise.resolve({ value: undefined, done: true })
    : Promise.reject(error);
}
