import type { Readable } from 'node:stream';

/** Has something called once so many lines more came. */
export type CallAfterLines = (count: number, call: () => void) => void;

/** Counts the lines of a stream. */
export function callAfterLines(stream: Readable): CallAfterLines {
  let left = Infinity;
  let call = () => {};
  stream.on('data', (chunk: Buffer) => {
    const wasLeft = left;
    left -= chunk.toString().split('\n').length - 1;
    if (wasLeft > 0 && left <= 0) call();
  });
  return (count, then) => {
    left = count;
    call = then;
  };
}
