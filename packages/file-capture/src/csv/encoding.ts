import { isUtf8 } from 'node:buffer';
import { cutOff } from './utf8.ts';
import { encodingName } from './text-decoder.ts';

export { EncodingError, transcode } from './transcode.ts';

/** The encoding of a file, and what it is known from. */
export interface DetectedEncoding {
  /** The name that `TextDecoder` gives it, in lower case. */
  readonly encoding: string;
  /** `guess` where nothing speaks for it but that nothing else is possible. */
  readonly from: 'setting' | 'byte-order mark' | 'content' | 'guess';
}

/**
 * The encoding of a file that begins with `sample`: the one that is set, that of its byte-order
 * mark, UTF-16 when every other byte is mostly zero, UTF-8 when it is well-formed, else
 * windows-1252, which can read anything.
 *
 * @throws {RangeError} when the set encoding is unknown
 */
export function detectEncoding(sample: Uint8Array, setting?: string): DetectedEncoding {
  if (setting !== undefined) return { encoding: encodingName(setting), from: 'setting' };
  const marked = marks.find(([, mark]) => mark.every((byte, i) => sample[i] === byte));
  if (marked !== undefined) return { encoding: marked[0], from: 'byte-order mark' };
  const utf8 = isUtf8(sample.subarray(0, sample.length - cutOff(sample)));
  const utf16 = utf16ByZeros(sample, utf8 ? 0.5 : 0.02);
  if (utf16 !== undefined) return { encoding: utf16, from: 'content' };
  if (utf8) return { encoding: 'utf-8', from: 'content' };
  return { encoding: 'windows-1252', from: 'guess' };
}

const marks: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/**
 * UTF-16 has a zero in each ASCII character: always in the same half. `share` is the part of the
 * characters that must be such.
 */
function utf16ByZeros(sample: Uint8Array, share: number): string | undefined {
  const zeros = [0, 0];
  for (const [i, byte] of sample.entries()) {
    if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  const characters = Math.floor(sample.length / 2);
  if (Math.max(even, odd) < Math.max(1, share * characters) || Math.min(even, odd) > 0) {
    return undefined;
  }
  return odd > 0 ? 'utf-16le' : 'utf-16be';
}
