import type { ByteRange } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';

/**
 * The index after the value that begins at `at`. Brackets are counted, not matched, and words not
 * read.
 * @throws {Failure} data, when no value begins there or it does not end before `end`.
 */
export function valueEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = at < end ? bytes[at] : undefined;
  if (first === quote) return stringEnd(bytes, at, end);
  if (first === openBrace || first === openBracket) return containerEnd(bytes, at, end);
  let index = at;
  while (index < end && isWord[bytes[index] ?? 0] === 1) index++;
  if (index === at) throw malformed(at < end ? 'a value is expected' : 'it ends too early');
  return index;
}

/** The index after the string whose opening quote is at `at`. */
export function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let index = at + 1; index < end; index++) {
    const byte = bytes[index];
    if (byte === quote) return index + 1;
    if (byte === backslash) index++;
  }
  throw malformed('a string does not end');
}

/** The index of the first byte from `at` that is no white space; `end` when there is none. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  while (index < end && isSpace(bytes[index] ?? 0)) index++;
  return index;
}

/**
 * The index after the byte at or after `at`, past white space on both sides.
 * @throws {Failure} data, when it is not `byte`.
 */
export function pass(byte: number, bytes: Uint8Array, at: number, end: number): number {
  const found = skipSpace(bytes, at, end);
  if (found >= end || bytes[found] !== byte) {
    throw malformed(`"${String.fromCharCode(byte)}" is expected`);
  }
  return skipSpace(bytes, found + 1, end);
}

/**
 * The elements of the array in `range`.
 * @throws {Failure} data, while iterating, when it is none.
 */
export function* elementsOf(
  bytes: Uint8Array,
  { start, end }: ByteRange,
): Generator<ByteRange, void, undefined> {
  let at = pass(openBracket, bytes, start, end);
  if (bytes[at] === closeBracket) return;
  for (;;) {
    const stop = valueEnd(bytes, at, end);
    yield { start: at, end: stop };
    const next = skipSpace(bytes, stop, end);
    if (bytes[next] === closeBracket) return;
    at = pass(comma, bytes, next, end);
  }
}

export function malformed(reason: string): Failure {
  return new Failure('data', `malformed JSON: ${reason}`);
}

export const quote = 0x22;
export const comma = 0x2c;
export const colon = 0x3a;
export const backslash = 0x5c;
export const openBracket = 0x5b;
const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;

/** 1 for digits, letters and `+ - .` */
const isWord = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[\w+.-]/.test(String.fromCharCode(byte)) && byte < 0x80 && byte !== 0x5f ? 1 : 0,
);

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Strings, which are most of a document, are passed over within the one loop. */
function containerEnd(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  let index = at;
  while (index < end) {
    const byte = bytes[index++];
    if (byte === quote) {
      for (;;) {
        if (index >= end) throw malformed('a string does not end');
        const inner = bytes[index++];
        if (inner === quote) break;
        if (inner === backslash) index++;
      }
    } else if (byte === openBrace || byte === openBracket) depth++;
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return index;
  }
  throw malformed('it ends too early');
}
