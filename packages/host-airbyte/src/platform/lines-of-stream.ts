import type { Readable } from 'node:stream';
import type { Lines } from '@fairlead/json';

/** The whole lines of each piece of a stream, as the caller's own; a last one without `\n` gets it. */
export async function* linesOfStream(stream: Readable): AsyncGenerator<Lines, void, undefined> {
  let begun: Buffer[] = [];
  for await (const piece of stream) {
    // A stream without encoding gives buffers.
    const chunk = piece as Buffer;
    const end = chunk.lastIndexOf(newline) + 1;
    if (end > 0) {
      yield linesIn(Buffer.concat([...begun, chunk.subarray(0, end)]));
      begun = [];
    }
    if (end < chunk.length) begun.push(chunk.subarray(end));
  }
  if (begun.length > 0) yield linesIn(Buffer.concat([...begun, Buffer.of(newline)]));
}

function linesIn(bytes: Buffer): Lines {
  const ends: number[] = [];
  for (let at = 0; at < bytes.length;) {
    at = bytes.indexOf(newline, at) + 1;
    ends.push(at);
  }
  return { bytes, ends: Uint32Array.from(ends) };
}

const newline = 0x0a;
