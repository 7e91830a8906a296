import { JsonSyntaxError } from './json-syntax-error.ts';

/** The index of the first byte at or after `at` that is no white space; `end` when there is none. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  while (index < end && isSpace(bytes[index] ?? 0)) index++;
  return index;
}

/**
 * The index after the string whose opening quote is at `at`.
 * @throws {JsonSyntaxError} when it does not end before `end`.
 */
export function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let index = at + 1; index < end; index++) {
    const byte = bytes[index];
    if (byte === quote) return index + 1;
    if (byte === backslash) index++;
  }
  throw new JsonSyntaxError('unterminated string', at);
}

/** The byte at `at`, or -1 when that is `end` or later. */
export function byteAt(bytes: Uint8Array, at: number, end: number): number {
  return at < end ? (bytes[at] ?? -1) : -1;
}

/**
 * The index after the byte at `at`.
 * @throws {JsonSyntaxError} when it is not `byte`.
 */
export function after(byte: number, bytes: Uint8Array, at: number, end: number): number {
  if (byteAt(bytes, at, end) !== byte) throw unexpected(bytes, at, end);
  return at + 1;
}

/** The index after the run of bytes from `at` that a number or a word may consist of. */
export function wordEnd(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  while (index < end && isWordByte(bytes[index] ?? 0)) index++;
  return index;
}

/**
 * The index after the value that begins at `at`. Brackets are counted, not matched, and words not
 * read: on bytes that are no JSON the answer has no meaning, but lies between `at` and `end`.
 * @throws {JsonSyntaxError} when no value begins at `at`, or it does not end before `end`.
 */
export function valueEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = byteAt(bytes, at, end);
  if (first === quote) return stringEnd(bytes, at, end);
  if (first === openBrace || first === openBracket) return containerEnd(bytes, at, end);
  const past = wordEnd(bytes, at, end);
  if (past === at) throw unexpected(bytes, at, end);
  return past;
}

/**
 * The text of the string token in `start` to `end`, which includes its quotes.
 * @throws {JsonSyntaxError} on a wrong escape, a control character, a lone surrogate, wrong UTF-8.
 */
export function stringText(bytes: Uint8Array, start: number, end: number): string {
  let seen = 0;
  let escaped = false;
  for (let index = start + 1; index < end - 1; index++) {
    const byte = bytes[index] ?? 0;
    if (byte < 0x20) throw new JsonSyntaxError('control character in a string', index);
    if (byte === backslash) escaped = true;
    seen |= byte;
  }
  const inner = seen < 0x80 ? ascii(bytes, start + 1, end - 1) : utf8(bytes, start + 1, end - 1);
  return escaped ? unescaped(inner, start) : inner;
}

/** The bytes from `start` to `end`, one character each. */
export function ascii(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** The failure of finding something else than expected at `at`, or nothing when that is `end`. */
export function unexpected(bytes: Uint8Array, at: number, end: number): JsonSyntaxError {
  if (at >= end) return new JsonSyntaxError('unexpected end', at);
  const byte = bytes[at] ?? 0;
  const printable = byte > 0x20 && byte < 0x7f;
  const what = printable ? `character '${String.fromCharCode(byte)}'` : `byte 0x${hex(byte)}`;
  return new JsonSyntaxError(`unexpected ${what}`, at);
}

/** Bytes with a meaning in JSON. */
export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Digits, letters and `+ - .` */
function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

function containerEnd(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  let index = at;
  while (index < end) {
    const byte = bytes[index];
    if (byte === quote) {
      index = stringEnd(bytes, index, end);
      continue;
    }
    index++;
    if (byte === openBrace || byte === openBracket) depth++;
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return index;
  }
  throw new JsonSyntaxError('unexpected end', end);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Uint8Array, start: number, end: number): string {
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    throw new JsonSyntaxError('invalid UTF-8', start);
  }
}

function unescaped(inner: string, offset: number): string {
  const text = parsed(inner, offset);
  if (/\p{Surrogate}/u.test(text)) throw new JsonSyntaxError('lone surrogate', offset);
  return text;
}

function parsed(inner: string, offset: number): string {
  try {
    return String(JSON.parse(`"${inner}"`));
  } catch {
    throw new JsonSyntaxError('invalid escape', offset);
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
