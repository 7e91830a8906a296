import type { Http2Stream } from 'node:http2';

/** Bytes written to an HTTP/2 stream, with one promise for all that wait until it takes more. */
export class Outbox {
  readonly #stream: Http2Stream;
  #drained: Promise<void> | undefined;

  constructor(stream: Http2Stream) {
    this.#stream = stream;
  }

  /**
   * Sends `bytes`, which must stay as they are until they have gone. Gives a promise when more than the
   * stream likes to hold is waiting. After the end of the stream nothing is sent.
   */
  write(bytes: Uint8Array): void | Promise<void> {
    const stream = this.#stream;
    if (stream.closed || stream.destroyed || stream.writableEnded) return nextTurn();
    if (stream.write(bytes)) return undefined;
    this.#drained ??= new Promise((resolve) => {
      const done = () => {
        stream.off('drain', done);
        stream.off('close', done);
        this.#drained = undefined;
        resolve();
      };
      stream.on('drain', done);
      stream.on('close', done);
    });
    return this.#drained;
  }

  /** Done when all that was written has been given to the socket, or the stream has ended. */
  flush(): Promise<void> {
    const stream = this.#stream;
    if (stream.closed || stream.destroyed || stream.writableEnded) return Promise.resolve();
    return new Promise((resolve) => {
      stream.write(nothing, () => resolve());
    });
  }
}

/** Lets a loop of writes that nobody reads any more take no other work from the process. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

const nothing = new Uint8Array(0);
