import { JsonError, reasonOf } from './json-error.ts';
import { KnownFields } from './known-fields.ts';
import type { BoundedLines } from './lines.ts';
import { encodeMember, Place, scanWindow } from './scan-window.ts';
import type { WindowScan } from './scan-window.ts';
import { ValueClass } from './shape.ts';
import type { Shape } from './shape.ts';

export interface ScanOptions {
  /**
   * `values`: objects with any or no white space between them, as in JSON lines, concatenated or
   * pretty-printed JSON. `elements`: the inside of a JSON array, objects with commas between them,
   * up to its `]`.
   */
  readonly separator: 'values' | 'elements';
  /** A member put first into every document. */
  readonly member?: ScanMember;
}

/** A member whose value holds a running number: `{"offset":` 17 `}`. */
interface ScanMember {
  /** Its name, without escapes. No document may have such a member already. */
  readonly name: string;
  /** The JSON of its value before the number. */
  readonly before: Uint8Array;
  /** The JSON of its value after the number. */
  readonly after: Uint8Array;
  /** The number of the first document; the next one has one more. */
  readonly first: number;
}

/** Cuts bytes into documents and proves that they are JSON. */
export interface Scanner {
  /**
   * The documents that are whole in `chunk`, about 1 MiB of them at most. The caller passes what is
   * not consumed again, with more after it: at least twice as much when no document was whole,
   * for one that is cut off is read again from its start. `final` says that no more follows.
   *
   * What comes before an error is delivered first; the next call then throws.
   * @throws {JsonError} when `chunk` begins with what is no JSON object.
   */
  scan(chunk: Uint8Array, final: boolean): Scan;
}

interface Scan {
  /**
   * Everything of the chunk as it is, but for line breaks between tokens, which are spaces here. Its bytes
   * may be given back with `giveBlock`. Its shape is absent when there are thousands of different members.
   */
  readonly lines: BoundedLines;
  /** How many bytes of the chunk are done with. */
  readonly consumed: number;
  /** Whether the `]` of `elements` was consumed. */
  readonly closed: boolean;
}

/** A scanner at the start of its input, past any byte-order mark. */
export function createScanner(options: ScanOptions): Scanner {
  const member = options.member === undefined ? undefined : encodeMember(options.member);
  const memberShape = options.member === undefined ? undefined : shapeOfMember(options.member);
  const fields = new KnownFields();
  let place: number = options.separator === 'values' ? Place.betweenValues : Place.atStart;
  let number = options.member?.first ?? 0;
  return {
    scan(chunk, final) {
      let start = 0;
      let size = windowSize;
      while (place !== Place.afterEnd) {
        const input = chunk.subarray(start, start + size);
        const isLast = start + input.length === chunk.length;
        const found = scanWindow(input, place, fields, member, number);
        const documents = found.lines.ends.length;
        if (documents === 0 && found.cutOff && !isLast) {
          size *= 2;
          continue;
        }
        if (documents === 0) refuse(found, chunk, start, isLast && final);
        place = found.place;
        number += documents;
        start += found.consumed;
        if (documents > 0 || isLast) {
          const shape = member === undefined ? found.shape : withMember(found.shape, memberShape);
          const lines = shape === undefined ? found.lines : { ...found.lines, shape };
          return { lines, consumed: start, closed: place === Place.afterEnd };
        }
      }
      return { lines: noLines, consumed: start, closed: true };
    },
  };
}

/** How much is looked at in one go, when no document is longer. */
const windowSize = 1024 * 1024;

const noLines: BoundedLines = { bytes: new Uint8Array(), ends: new Uint32Array() };

/** What the added member holds, as its name and its shape; undefined when its begin does not tell. */
function shapeOfMember({ name, before }: ScanMember): readonly [string, Shape] | undefined {
  const classes = classByBegin.get(before[0] ?? 0);
  if (classes === undefined) return undefined;
  return [name, { classes, integerDigits: 0, scale: 0, optional: false }];
}

function withMember(
  shape: Shape | undefined,
  member: readonly [string, Shape] | undefined,
): Shape | undefined {
  if (shape === undefined || member === undefined) return undefined;
  return { ...shape, properties: new Map([member, ...(shape.properties ?? [])]) };
}

const classByBegin: ReadonlyMap<number, number> = new Map([
  [0x7b, ValueClass.object],
  [0x5b, ValueClass.array],
  [0x22, ValueClass.string],
]);

/** Throws when what was found instead of a document cannot be the begin of one. */
function refuse(found: WindowScan, chunk: Uint8Array, start: number, isEnd: boolean): void {
  if (found.fault !== 0 && (isEnd || !found.cutOff)) {
    const offset = Math.min(start + found.faultAt, chunk.length);
    throw new JsonError(reasonOf(found.fault, chunk[offset]), offset, 0);
  }
  const isOpen = found.place !== Place.afterEnd && found.place !== Place.betweenValues;
  if (isEnd && isOpen) throw new JsonError('unexpected end', chunk.length, 0);
}
