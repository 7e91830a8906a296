import type { StreamDescriptor } from '../protocol/stream-id.ts';
import type { RecordMessage } from './message.ts';

/**
 * What the lines of one stream have in common: all but their data and the digits of `emitted_at`. A
 * line that matches is read without looking for its members.
 */
export interface RecordLayout {
  readonly stream: StreamDescriptor;
  /** What is between the brackets of `meta.changes` of every such record. */
  readonly changes: Uint8Array | undefined;
  /** The line before its data. */
  readonly head: Pattern;
  /** The line after its data, its `\n` included. */
  readonly tail: Pattern;
  /** Which of the two has the digits. */
  readonly timed: 'head' | 'tail';
}

/** Bytes with a run of digits in them that may be others. */
export interface Pattern {
  readonly bytes: Uint8Array;
  /** Where the digits are. */
  readonly digitsAt: number;
  readonly digits: number;
  /** The bytes four by four, the last ones perhaps again; zero where the digits are. */
  readonly words: Int32Array;
  readonly masks: Int32Array;
}

/** The layout of a record's line; undefined when its time is no run of up to 15 digits. */
export function layoutOf(line: Uint8Array, record: RecordMessage): RecordLayout | undefined {
  const { stream, changes, data, emittedAt } = record;
  if (emittedAt === undefined) return undefined;
  const digits = emittedAt.end - emittedAt.start;
  if (digits > mostDigits || !isDigits(line, emittedAt.start, emittedAt.end)) return undefined;
  const timed = emittedAt.start < data.start ? 'head' : 'tail';
  // A copy, which the `slice` of a buffer is not.
  const head = Uint8Array.from(line.subarray(0, data.start));
  const tail = Uint8Array.from(line.subarray(data.end));
  if (head.length < wordSize || tail.length < wordSize) return undefined;
  return {
    stream,
    changes,
    timed,
    head: timed === 'head' ? patternOf(head, emittedAt.start, digits) : patternOf(head, 0, 0),
    tail:
      timed === 'tail'
        ? patternOf(tail, emittedAt.start - data.end, digits)
        : patternOf(tail, 0, 0),
  };
}

/** Whether the bytes from `at` on are those of the pattern, its digits aside. */
export function matches({ words, masks, bytes }: Pattern, view: DataView, at: number): boolean {
  const last = bytes.length - wordSize;
  for (let index = 0, offset = 0; index < words.length; index++, offset += wordSize) {
    const word = view.getInt32(at + (offset < last ? offset : last), true);
    if ((word & (masks[index] ?? 0)) !== words[index]) return false;
  }
  return true;
}

/** The number that the digits of a pattern are in these bytes; -1 when they are none. */
export function timeAt({ digitsAt, digits }: Pattern, bytes: Uint8Array, at: number): number {
  let time = 0;
  const end = at + digitsAt + digits;
  if (digits > 1 && bytes[at + digitsAt] === 0x30) return -1;
  for (let index = at + digitsAt; index < end; index++) {
    const digit = (bytes[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    time = time * 10 + digit;
  }
  return time;
}

/** The line that has this layout, with what is between head and tail. */
export function lineWith(
  { head, tail, timed }: RecordLayout,
  data: Uint8Array,
  emittedAt: number,
): Uint8Array {
  const line = Buffer.concat([head.bytes, data, tail.bytes]);
  const { digits, digitsAt } = timed === 'head' ? head : tail;
  const at = timed === 'head' ? digitsAt : head.bytes.length + data.length + digitsAt;
  line.write(String(emittedAt).padStart(digits, '0'), at, 'latin1');
  return line;
}

/** More might not be exact as a number. */
const mostDigits = 15;
const wordSize = 4;

function patternOf(bytes: Uint8Array, digitsAt: number, digits: number): Pattern {
  const count = Math.ceil(bytes.length / wordSize);
  const words = new Int32Array(count);
  const masks = new Int32Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let index = 0; index < count; index++) {
    const at = Math.min(index * wordSize, bytes.length - wordSize);
    let mask = 0;
    for (let byte = 0; byte < wordSize; byte++) {
      const isDigit = at + byte >= digitsAt && at + byte < digitsAt + digits;
      if (!isDigit) mask |= 0xff << (8 * byte);
    }
    masks[index] = mask;
    words[index] = view.getInt32(at, true) & mask;
  }
  return { bytes, digitsAt, digits, words, masks };
}

function isDigits(line: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = line[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return end > start;
}
