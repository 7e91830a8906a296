import { afterColon, elements, nameTokenEnd, nextItem, type ByteRange } from './members.ts';
import {
  after,
  backslash,
  byteAt,
  closeBrace,
  openBrace,
  openBracket,
  skipSpace,
  stringText,
  valueEnd,
} from './tokens.ts';

/**
 * The place of the value that `path` leads to in the document from `start` to `end`; undefined when
 * it leads nowhere. A step is the name of a member or, in an array, the index of an element in plain
 * digits. Of members with the same name the first counts. Only what is passed on the way is read,
 * and skipped rather than checked.
 * @throws {JsonSyntaxError} when what is passed on the way is no JSON.
 */
export function extract(
  bytes: Uint8Array,
  start: number,
  end: number,
  path: readonly string[],
): ByteRange | undefined {
  const from = skipSpace(bytes, start, end);
  if (path.length === 0) return { start: from, end: valueEnd(bytes, from, end) };
  let place: ByteRange | undefined = { start: from, end };
  for (const step of path) {
    place = child(bytes, place, step);
    if (place === undefined) return undefined;
  }
  return place;
}

function child(bytes: Uint8Array, place: ByteRange, step: string): ByteRange | undefined {
  const first = byteAt(bytes, place.start, place.end);
  if (first === openBrace) return memberNamed(bytes, place, step);
  if (first === openBracket && /^(?:0|[1-9][0-9]*)$/.test(step)) {
    return elementAt(bytes, place, Number(step));
  }
  return undefined;
}

function memberNamed(
  bytes: Uint8Array,
  { start, end }: ByteRange,
  name: string,
): ByteRange | undefined {
  let at = skipSpace(bytes, after(openBrace, bytes, start, end), end);
  while (byteAt(bytes, at, end) !== closeBrace) {
    const nameEnd = nameTokenEnd(bytes, at, end);
    const valueStart = afterColon(bytes, nameEnd, end);
    const valueStop = valueEnd(bytes, valueStart, end);
    if (isNamed(bytes, at, nameEnd, name)) return { start: valueStart, end: valueStop };
    at = nextItem(closeBrace, bytes, valueStop, end);
  }
  return undefined;
}

/** Whether the string token in `start` to `end` is `name`. Makes no string where all is plain ASCII. */
function isNamed(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  for (let index = start + 1; index < end - 1; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === backslash || byte >= 0x80) return stringText(bytes, start, end) === name;
    if (byte !== name.charCodeAt(index - start - 1)) return false;
  }
  return name.length === end - start - 2;
}

function elementAt(bytes: Uint8Array, place: ByteRange, index: number): ByteRange | undefined {
  let left = index;
  for (const element of elements(bytes, place.start, place.end)) {
    if (left === 0) return element;
    left--;
  }
  return undefined;
}
