import { elements, members, type ByteRange } from './members.ts';
import { byteAt, openBrace, openBracket, skipSpace, valueEnd } from './tokens.ts';

/**
 * The place of the value that `path` leads to in the document from `start` to `end`; undefined when
 * it leads nowhere. A step is the name of a member or, in an array, the index of an element in plain
 * digits. Of members with the same name the first counts. Only what is passed on the way is read.
 * @throws {JsonSyntaxError} when what is passed on the way is no JSON.
 */
export function extract(
  bytes: Uint8Array,
  start: number,
  end: number,
  path: readonly string[],
): ByteRange | undefined {
  const from = skipSpace(bytes, start, end);
  let place: ByteRange | undefined = { start: from, end: valueEnd(bytes, from, end) };
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

function memberNamed(bytes: Uint8Array, place: ByteRange, name: string): ByteRange | undefined {
  for (const member of members(bytes, place.start, place.end)) {
    if (member.name === name) return { start: member.start, end: member.end };
  }
  return undefined;
}

function elementAt(bytes: Uint8Array, place: ByteRange, index: number): ByteRange | undefined {
  let left = index;
  for (const element of elements(bytes, place.start, place.end)) {
    if (left === 0) return element;
    left--;
  }
  return undefined;
}
