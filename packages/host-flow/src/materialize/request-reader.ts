import type { CodecName } from '../protocol/codec.ts';
import { materializeRequests, type MaterializeRequest } from '../protocol/materialize-messages.ts';
import { messageReader, type MessageReader } from '../protocol/message-reader.ts';
import { storeLines, storeLineStart } from './store-lines.ts';

export interface RequestReader extends MessageReader<MaterializeRequest> {
  /** Says whether somebody wants keys and values of stores from the next `read` on. They are there until then. */
  wantTuples(isWanted: boolean): void;
}

/**
 * A reader of requests, which are good until the next are read. Stores in JSON, which are most of
 * what comes, go through the kernel.
 */
export function requestReader(codec: CodecName): RequestReader {
  const reader = messageReader<MaterializeRequest>(materializeRequests, { codec });
  if (codec !== 'json') return { ...reader, wantTuples: () => {} };
  let stores = storeLines(true);
  /** Whether the reader has the beginning of a line. */
  let hasBegun = false;
  return {
    read(chunk) {
      stores.recycle();
      const found: MaterializeRequest[] = [];
      const last = chunk.lastIndexOf(newline) + 1;
      const first = hasBegun ? Math.min(last, chunk.indexOf(newline) + 1) : 0;
      hasBegun = last === 0 ? hasBegun || chunk.length > 0 : last < chunk.length;
      if (last === 0) return reader.read(chunk);
      if (first > 0) append(found, reader.read(chunk.subarray(0, first)));
      for (let at = first; at < last;) {
        const run = storeRun(chunk, at, last);
        const batches = run.ends.length === 0 ? undefined : stores.read(run);
        const next = at + run.bytes.length;
        // The lines up to the next store, where there is none here.
        const end = run.ends.length === 0 ? otherEnd(chunk, at, last) : next;
        append(found, batches ?? reader.read(chunk.subarray(at, end)));
        at = end;
      }
      if (last < chunk.length) append(found, reader.read(chunk.subarray(last)));
      return found;
    },
    end: () => reader.end(),
    wantTuples(isWanted) {
      stores = storeLines(isWanted);
    },
  };
}

const newline = 0x0a;

/** The lines from `start` on that begin as a store does. */
function storeRun(chunk: Uint8Array, start: number, last: number) {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  const ends: number[] = [];
  let at = start;
  while (at < last && isStore(bytes, at)) {
    at = bytes.indexOf(newline, at) + 1;
    ends.push(at - start);
  }
  return { bytes: chunk.subarray(start, at), ends: new Uint32Array(ends) };
}

/** Where the lines end, from `start` on, that do not begin as a store does. */
function otherEnd(chunk: Uint8Array, start: number, last: number): number {
  let at = start;
  while (at < last && !isStore(chunk, at)) at = chunk.indexOf(newline, at) + 1;
  return at;
}

function isStore(bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < storeLineStart.length; index++) {
    if (bytes[at + index] !== storeLineStart[index]) return false;
  }
  return true;
}

function append(found: MaterializeRequest[], more: readonly MaterializeRequest[]): void {
  for (const request of more) found.push(request);
}
