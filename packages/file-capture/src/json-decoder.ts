import { createScanner, JsonError, type Scanner } from '@fairlead/json';
import { DecodeError, noLines, type Decoded, type Decoder } from './decoder.ts';
import { createPathFinder, unexpected, type PathFinder } from './json-path.ts';
import { createSkipper, skipBlank, type Skipper } from './json-skip.ts';
import type { FileMember } from './member.ts';

export interface JsonDecoderOptions {
  readonly member?: FileMember | undefined;
  /** Where in each value at the top the documents are: an object, or an array of them. */
  readonly path: readonly string[];
  readonly begins?: 'file' | 'middle';
  /** What {@link Decoder.inside} of the decoder before was. */
  readonly inside?: string | undefined;
}

/**
 * Where in the structure of a file a JSON decoder is. Those marked † are in saved positions.
 *
 * - `top`: at a value at the top: objects that are documents, an array of them, or, when there is
 *   a path, something that holds them. Where a file begins.
 * - `elements` †: in an array whose elements are documents.
 * - `seeking`: on the way to the path in a value at the top.
 * - `object`: at the path, where one object is the document.
 * - `leaving` †: behind the path, on the way to the end of the value at the top.
 */
type Place = 'top' | 'elements' | 'seeking' | 'object' | 'leaving';

/**
 * Decodes JSON documents: one object after another, with any or no white space between them, or
 * the elements of arrays; at the top of the file or at a path. Arrays are never held whole.
 */
export function createJsonDecoder(options: JsonDecoderOptions): Decoder {
  const { member, path, inside } = options;
  let atMark = options.begins === 'file';
  let place: Place = inside === 'elements' || inside === 'leaving' ? inside : 'top';
  let resumed = place === 'elements';
  let decodedCount = 0;
  let scanner: Scanner | undefined;
  let finder: PathFinder | undefined;
  let skipper: Skipper | undefined;

  const goTo = (next: Place): void => {
    place = next;
    scanner = undefined;
    finder = undefined;
    skipper = undefined;
  };
  const scan = (chunk: Uint8Array, from: number, final: boolean) => {
    scanner ??= createScanner({
      separator: place === 'elements' ? 'elements' : 'values',
      ...(member === undefined
        ? {}
        : { member: { ...member, first: member.first + decodedCount } }),
    });
    const { lines, consumed, closed } = explained(scanner, chunk.subarray(from), from, final);
    decodedCount += lines.ends.length;
    return { decoded: { lines, consumed: from + consumed, records: lines.ends.length }, closed };
  };

  /** What is done at each place: from `chunk[0]` on, as far as the place stays the same. */
  const steps: Readonly<Record<Place, (chunk: Uint8Array, final: boolean) => Decoded>> = {
    top(chunk, final) {
      if (atMark) {
        atMark = false;
        if (byteOrderMark.every((byte, index) => chunk[index] === byte)) return skipped(3);
      }
      const at = skipBlank(chunk, 0);
      if (at === chunk.length) return skipped(at);
      if (path.length > 0) {
        goTo('seeking');
        return skipped(at);
      }
      if (chunk[at] !== openBracket) return scan(chunk, at, final).decoded;
      goTo('elements');
      return skipped(at + 1);
    },
    elements(chunk, final) {
      if (resumed) {
        // A scanner expects the first element, and here may be the comma before the next one.
        const at = skipBlank(chunk, 0);
        if (at === chunk.length && !final) return skipped(at);
        resumed = false;
        if (chunk[at] === comma) return skipped(at + 1);
      }
      const { decoded, closed } = scan(chunk, 0, final);
      if (closed) goTo(path.length > 0 ? 'leaving' : 'top');
      return decoded;
    },
    seeking(chunk, final) {
      finder ??= createPathFinder(path);
      const { consumed, found } = finder.find(chunk, final);
      if (!found) return skipped(consumed);
      if (chunk[consumed] === openBracket) {
        goTo('elements');
        return skipped(consumed + 1);
      }
      if (chunk[consumed] === letterN) {
        // null is how some systems write that there is nothing in a list.
        goTo('leaving');
        skipper = createSkipper(path.length);
      } else goTo('object');
      return skipped(consumed);
    },
    object(chunk, final) {
      const { decoded } = scan(chunk, 0, final);
      if (decoded.records > 1) {
        throw new DecodeError('two values where one is expected', { offset: 0, record: 0 });
      }
      if (decoded.records === 1) goTo('leaving');
      return decoded;
    },
    leaving(chunk) {
      if (skipper === undefined) {
        const at = skipBlank(chunk, 0);
        if (at === chunk.length) return skipped(at);
        if (!followsValue.has(chunk[at] ?? 0)) throw unexpected(chunk, at);
        skipper = createSkipper(path.length);
      }
      const end = skipper.skip(chunk, 0);
      if (end >= 0) goTo('top');
      return skipped(end < 0 ? chunk.length : end);
    },
  };

  return {
    decode(chunk, final) {
      for (;;) {
        const before = place;
        const decoded = steps[place](chunk, final);
        if (decoded.consumed > 0 || place === before) return decoded;
      }
    },
    get unfinished() {
      return place === 'top' ? undefined : 'unexpected end of the file';
    },
    get inside() {
      return place === 'elements' || place === 'leaving' ? place : undefined;
    },
  };
}

function explained(scanner: Scanner, chunk: Uint8Array, from: number, final: boolean) {
  try {
    return scanner.scan(chunk, final);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const hint = hintFor(error.reason);
    throw new DecodeError(error.reason, {
      offset: from + error.offset,
      record: error.document,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function hintFor(reason: string): string | undefined {
  if (reason.endsWith('where an object is expected')) {
    return 'Documents must be objects: set format.path to where they are.';
  }
  return reason.startsWith('a member with the name')
    ? 'Set metadata to a name that your documents do not have.'
    : undefined;
}

function skipped(consumed: number): Decoded {
  return { lines: noLines, consumed, records: 0 };
}

const byteOrderMark: readonly number[] = [0xef, 0xbb, 0xbf];
/** What can stand behind a value in an object or array: `,`, `]` and `}`. */
const followsValue: ReadonlySet<number> = new Set([0x2c, 0x5d, 0x7d]);
const comma = 0x2c;
const openBracket = 0x5b;
const letterN = 0x6e;
