import { ByteWriter, encodeString } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import type { Slices, StoreBatch } from '../protocol/batches.ts';
import { FieldUse, type RowPlan, type TuplePlan } from '../protocol/row-plan.ts';
import type { BoundTable, TupleField } from './bind-table.ts';
import { unpackTuple } from './unpack-tuple.ts';

/** Writes stores as rows: objects of what the tuples have beside the document, then the document. */
export interface RowForm {
  /** How the kernel does the same. */
  readonly plan: RowPlan;
  /** How many bytes the row of one store of a batch takes at most. */
  room(batch: StoreBatch, index: number): number;
  /**
   * Writes the row of one store of a batch, with `\n`, at `at`.
   * @returns the index after it.
   * @throws {Failure} data, when its tuples do not have as many elements as there are fields.
   */
  write(batch: StoreBatch, index: number, target: Uint8Array, at: number): number;
}

/**
 * The rows of a table. The time in a document's UUID is cut to microseconds, which is as much as
 * databases keep; the UUID is in the document.
 */
export function rowForm(bound: Pick<BoundTable, 'keys' | 'values' | 'document' | 'name'>): RowForm {
  const { name, document } = bound;
  const keys = neededFields(bound.keys);
  const values = neededFields(bound.values);
  const documentName = encodedName(document);
  const texts = keys.texts.size + values.texts.size;
  const namesSize = [...keys.names, ...values.names, documentName].reduce(
    (sum, encoded) => sum + (encoded?.length ?? 0),
    8 + 2 * texts,
  );
  const unpacked = new ByteWriter();
  /** The JSON of a tuple, wherever it is. */
  const jsonOf = (slices: Slices, index: number, packed: boolean, count: number): Piece => {
    const { bytes, starts, ends } = slices;
    const start = starts[index] ?? 0;
    const end = ends[index] ?? 0;
    if (!packed || start === end) return { bytes, start, end };
    unpacked.truncate(0);
    unpackTuple(bytes, start, end, unpacked, count);
    return { bytes: unpacked.view(), start: 0, end: unpacked.length };
  };
  const write = (
    fields: Fields,
    slices: Slices,
    { index, packed }: { index: number; packed: boolean },
    target: Uint8Array,
    at: number,
  ) => {
    const count = fields.names.length;
    if (count === 0) return at;
    const end = writeTuple(fields, jsonOf(slices, index, packed, count), target, at);
    if (end >= 0) return end;
    throw new Failure('data', 'a key or the values do not have one element for each field', {
      where: `table ${name}`,
    });
  };
  return {
    plan: {
      keys: planOf(keys),
      values: planOf(values),
      document: document === '' ? undefined : documentName,
    },
    room({ keys: key, values: rest, documents, packed }, index) {
      const tuples = sizeOf(key, index) + sizeOf(rest, index);
      // A byte of a packed tuple is at most six characters, as those of a control character; text of
      // JSON is at most twice as long as that.
      return namesSize + sizeOf(documents, index) + tuples * (packed ? 12 : texts > 0 ? 2 : 1);
    },
    write(batch, index, target, start) {
      const place = { index, packed: batch.packed };
      let at = write(keys, batch.keys, place, target, start);
      at = write(values, batch.values, place, target, at);
      if (document !== '') {
        const { bytes, starts, ends } = batch.documents;
        const from = starts[index] ?? 0;
        const to = ends[index] ?? 0;
        at = put(documentName, target, at);
        if (from === to) throw noDocument(name);
        target.set(bytes.subarray(from, to), at);
        at += to - from;
      }
      // What begins a row is its brace, in place of the comma before its first member.
      if (at === start) at++;
      target[start] = openBrace;
      target[at++] = closeBrace;
      target[at++] = newline;
      return at;
    },
  };
}

/** A store that does not have what its table keeps. */
export function noDocument(name: string): Failure {
  return new Failure('data', 'a store has no document', { where: `table ${name}` });
}

interface Fields {
  /** Each as `,"name":`, up to the last one that is needed; undefined for one that is not. */
  readonly names: readonly (Uint8Array | undefined)[];
  /** Which of them are the time in a document's UUID. */
  readonly published: ReadonlySet<number>;
  /** Which of them become the text of themselves. */
  readonly texts: ReadonlySet<number>;
  /** Whether there are more elements than names. */
  readonly isPart: boolean;
}

function neededFields(fields: readonly TupleField[]): Fields {
  const last = fields.findLastIndex(({ source }) => source !== 'document');
  const names = fields
    .slice(0, last + 1)
    .map(({ name, source }) => (source === 'document' ? undefined : encodedName(name)));
  const thoseOf = (wanted: TupleField['source']) =>
    new Set(fields.flatMap(({ source }, index) => (source === wanted ? [index] : [])));
  const isPart = last + 1 < fields.length;
  return { names, published: thoseOf('published'), texts: thoseOf('text'), isPart };
}

function planOf({ names, published, texts, isPart }: Fields): TuplePlan {
  const fields = names.map((name, index) => {
    if (name === undefined) return { name, use: FieldUse.skipped };
    if (published.has(index)) return { name, use: FieldUse.published };
    return { name, use: texts.has(index) ? FieldUse.text : FieldUse.plain };
  });
  return { fields, isPart };
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const quote = 0x22;
const backslash = 0x5c;
const newline = 0x0a;
const letterN = 0x6e;

function encodedName(name: string): Uint8Array {
  const out = new ByteWriter();
  out.byte(comma);
  encodeString(name, out);
  out.byte(0x3a);
  return out.take();
}

/**
 * Writes the elements of a JSON array as members.
 * @returns the index after them; -1 when there are not as many as names.
 */
function writeTuple(
  { names, published, texts, isPart }: Fields,
  { bytes, start, end }: Piece,
  target: Uint8Array,
  at: number,
): number {
  let out = at;
  let index = skipSpace(bytes, start, end);
  if (bytes[index] !== openBracket) return -1;
  for (let field = 0; field < names.length; field++) {
    index++;
    const name = names[field];
    const mark = out;
    if (name !== undefined) out = put(name, target, out);
    const valueStart = out;
    let depth = 0;
    for (; index < end; index++) {
      const byte = bytes[index] ?? 0;
      if (byte === quote) {
        target[out++] = byte;
        for (index++; index < end; index++) {
          const inner = bytes[index] ?? 0;
          target[out++] = inner;
          if (inner === quote) break;
          if (inner === backslash) target[out++] = bytes[++index] ?? 0;
        }
        continue;
      }
      if (byte === openBracket || byte === openBrace) depth++;
      else if (byte === closeBracket || byte === closeBrace) {
        if (depth === 0) break;
        depth--;
      } else if (byte === comma && depth === 0) break;
      target[out++] = byte;
    }
    const isLast = field === names.length - 1;
    const isEnd = isLast && !isPart;
    const next = bytes[index];
    if (out === valueStart || index >= end) return -1;
    if (next !== (isEnd ? closeBracket : comma) && !(isLast && next === closeBracket)) return -1;
    if (name === undefined) out = mark;
    else if (published.has(field)) out = cutFraction(target, valueStart, out);
    else if (texts.has(field)) out = intoText(target, valueStart, out);
  }
  return isPart || skipSpace(bytes, index + 1, end) === end ? out : -1;
}

function put(piece: Uint8Array, target: Uint8Array, at: number): number {
  for (let index = 0; index < piece.length; index++) target[at + index] = piece[index] ?? 0;
  return at + piece.length;
}

/**
 * Makes a JSON string of the JSON from `start` to `end`, unless it is one, or null.
 * @returns the index after it.
 */
function intoText(target: Uint8Array, start: number, end: number): number {
  const from = skipSpace(target, start, end);
  const first = target[from];
  if (first === quote || first === letterN) return end;
  let to = end;
  while (to > from && isSpace(target[to - 1] ?? 0)) to--;
  const json = Uint8Array.from(target.subarray(from, to));
  let at = start;
  target[at++] = quote;
  for (const byte of json) {
    if (byte === quote || byte === backslash) target[at++] = backslash;
    // Between tokens there may be line breaks, which a string cannot have.
    target[at++] = Math.max(byte, 0x20);
  }
  target[at++] = quote;
  return at;
}

/** Leaves six digits of the fraction of the date-time from `start` to `end`. */
function cutFraction(target: Uint8Array, start: number, end: number): number {
  let point = start;
  while (point < end && target[point] !== 0x2e) point++;
  let zone = point + 1;
  while (zone < end && isDigit(target[zone] ?? 0)) zone++;
  if (zone - point <= 7 || point === end) return end;
  target.copyWithin(point + 7, zone, end);
  return end - (zone - point - 7);
}

function sizeOf({ starts, ends }: Slices, index: number): number {
  return (ends[index] ?? 0) - (starts[index] ?? 0);
}

function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let index = at;
  while (index < end && isSpace(bytes[index] ?? 0)) index++;
  return index;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === newline || byte === 0x0d;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
