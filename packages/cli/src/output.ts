/** Standard output, which carries results and nothing else. */
export interface Output {
  /** Resolves when the system has taken the text. @throws {OutputClosed} when nobody reads any more. */
  write(text: string | Uint8Array): Promise<void>;
}

/** The reader of standard output has left, as `head` does. It has what it wanted. */
export class OutputClosed extends Error {
  constructor() {
    super('standard output is closed');
    this.name = 'OutputClosed';
  }
}

/** The part of a stream that {@link outputTo} needs. */
export interface WritableEnd {
  write(chunk: string | Uint8Array, done: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** An output on a stream that nobody else writes to. */
export function outputTo(stream: WritableEnd): Output {
  // Every failure also comes to the callback of a write, where it is answered.
  stream.on('error', () => {});
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => {
          if (error === undefined || error === null) resolve();
          else reject(isClosed(error) ? new OutputClosed() : error);
        });
      }),
  };
}

function isClosed(error: Error): boolean {
  if (!('code' in error)) return false;
  return error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'EOF';
}
