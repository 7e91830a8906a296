import {
  after,
  byteAt,
  closeBrace,
  closeBracket,
  colon,
  comma,
  openBrace,
  openBracket,
  quote,
  skipSpace,
  stringEnd,
  stringText,
  unexpected,
  valueEnd,
} from './tokens.ts';

/** The place of one value, as indices into the bytes that hold it. */
export interface ByteRange {
  /** Where it begins. */
  readonly start: number;
  /** Where it ends, exclusive. */
  readonly end: number;
}

/** One member of an object; the range is that of its value. */
export interface Member extends ByteRange {
  /** The name, its escapes resolved. */
  readonly name: string;
  /** Where the quote before the name is. */
  readonly nameStart: number;
}

/**
 * The members of the object that is all there is in `start` to `end` but white space, in order, a
 * repeated name each time. Their values are skipped, not checked.
 * @throws {JsonSyntaxError} while iterating, when the bytes are no object.
 */
export function* members(
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): Generator<Member, void, undefined> {
  let at = after(openBrace, bytes, skipSpace(bytes, start, end), end);
  at = skipSpace(bytes, at, end);
  while (byteAt(bytes, at, end) !== closeBrace) {
    const nameStart = at;
    const nameEnd = nameTokenEnd(bytes, nameStart, end);
    const valueStart = afterColon(bytes, nameEnd, end);
    const valueStop = valueEnd(bytes, valueStart, end);
    const name = stringText(bytes, nameStart, nameEnd);
    yield { name, nameStart, start: valueStart, end: valueStop };
    at = nextItem(closeBrace, bytes, valueStop, end);
  }
  expectNothing(bytes, at + 1, end);
}

/**
 * The elements of the array that is all there is in `start` to `end` but white space, in order.
 * They are skipped, not checked.
 * @throws {JsonSyntaxError} while iterating, when the bytes are no array.
 */
export function* elements(
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): Generator<ByteRange, void, undefined> {
  let at = after(openBracket, bytes, skipSpace(bytes, start, end), end);
  at = skipSpace(bytes, at, end);
  while (byteAt(bytes, at, end) !== closeBracket) {
    const stop = valueEnd(bytes, at, end);
    yield { start: at, end: stop };
    at = nextItem(closeBracket, bytes, stop, end);
  }
  expectNothing(bytes, at + 1, end);
}

/**
 * The index after the name whose opening quote is at `at`.
 * @throws {JsonSyntaxError} when there is no name, or no end to it.
 */
export function nameTokenEnd(bytes: Uint8Array, at: number, end: number): number {
  if (byteAt(bytes, at, end) !== quote) throw unexpected(bytes, at, end);
  return stringEnd(bytes, at, end);
}

/**
 * Where the value begins whose name ends at `at`.
 * @throws {JsonSyntaxError} when there is no colon between them.
 */
export function afterColon(bytes: Uint8Array, at: number, end: number): number {
  return skipSpace(bytes, after(colon, bytes, skipSpace(bytes, at, end), end), end);
}

/**
 * Where the item after the one that ended at `at` begins; where `close` is when that was the last.
 * @throws {JsonSyntaxError} when neither `close` nor a comma and an item follow.
 */
export function nextItem(close: number, bytes: Uint8Array, at: number, end: number): number {
  const found = skipSpace(bytes, at, end);
  if (byteAt(bytes, found, end) === close) return found;
  const item = skipSpace(bytes, after(comma, bytes, found, end), end);
  if (byteAt(bytes, item, end) === close) throw unexpected(bytes, item, end);
  return item;
}

/** @throws {JsonSyntaxError} when there is more than white space from `at` to `end`. */
export function expectNothing(bytes: Uint8Array, at: number, end: number): void {
  const rest = skipSpace(bytes, at, end);
  if (rest < end) throw unexpected(bytes, rest, end);
}
