import { decodeValue, extract, type Shape, shapeOfValue } from '@fairlead/json';
import { type Documents, Failure, Op, startOf } from '@fairlead/sdk';
import { RecordType } from '../protocol/common.gen.ts';
import { latin1 } from './number-bytes.ts';
import { recordHead } from './record-head.ts';
import { skipSpace, stringEnd, valueEnd } from './skip-value.ts';
import type { TableColumns, WireColumn } from './table-columns.ts';
import { LoneSurrogate } from './value-writers.ts';
import { type WireBuffer, widthOf } from './wire-buffer.ts';

/** What a table has to become before a row can be written. */
export type Misfit =
  | { readonly is: 'unknown'; readonly token: string; readonly value: Shape }
  | { readonly is: 'other type'; readonly column: number; readonly value: Shape };

/** Writes documents of one stream as the content of `Record`, from their bytes, without objects. */
export class RowEncoder {
  readonly #columns: TableColumns;
  readonly #heads: ReadonlyMap<number, Uint8Array>;
  /** By columns: the number of the row that had the member last. */
  #seen = new Uint32Array(0);
  #row = 0;
  /** Bytes that a row has at most beside those of its document. */
  #overhead = 0;
  #known: readonly WireColumn[] = [];
  #nestedKey: readonly number[] = [];
  readonly #hasKey: boolean;
  #misfit: Misfit | undefined;

  constructor(columns: TableColumns) {
    this.#columns = columns;
    const { schema, name } = columns.table;
    this.#hasKey = columns.all.some(({ isKey }) => isKey);
    this.#heads = new Map(
      [RecordType.UPSERT, RecordType.UPDATE, RecordType.DELETE].map((type) => [
        type,
        recordHead(schema, name, type),
      ]),
    );
  }

  /**
   * Writes a document as a row, after the bytes that are there already. Answers what is in the way,
   * with nothing written, when the table has to become another one first.
   * @throws {Failure} data, for a document that is no row of the table.
   */
  encode(documents: Documents, index: number, out: WireBuffer): Misfit | undefined {
    const { bytes, ops } = documents;
    const start = startOf(documents, index);
    const end = documents.ends[index] ?? 0;
    const op = ops?.[index] ?? Op.upsert;
    if (this.#columns.all !== this.#known) this.#learn();
    const from = out.at;
    // What is of the key and inside of a member is written once more.
    out.reserve((end - start) * (1 + this.#nestedKey.length) + this.#overhead);
    this.#misfit = undefined;
    this.#row++;
    const type = recordTypes[op] ?? RecordType.UPSERT;
    if (type !== RecordType.UPSERT && !this.#hasKey) throw keyless(type);
    const head = this.#heads.get(type);
    if (head !== undefined) out.put(head);
    if (!this.#putMembers(out, bytes, start, type === RecordType.DELETE)) {
      out.at = from;
      return this.#misfit;
    }
    for (const column of this.#nestedKey) {
      if (!this.#putNested(out, bytes, start, end, column)) {
        out.at = from;
        return this.#misfit;
      }
    }
    this.#complete(out, type);
    return undefined;
  }

  /** Answers false when there is a misfit. */
  #putMembers(out: WireBuffer, bytes: Uint8Array, start: number, keyOnly: boolean): boolean {
    const columns = this.#known;
    const seen = this.#seen;
    let expected = 0;
    let at = skipSpace(bytes, skipSpace(bytes, start) + 1);
    while (bytes[at] !== closeBrace) {
      let index = expected;
      let nameEnd = matchEnd(bytes, at, columns[index]?.token);
      if (nameEnd === 0) {
        // A member that is absent now and then.
        nameEnd = matchEnd(bytes, at, columns[++index]?.token);
        if (nameEnd === 0) {
          nameEnd = stringEnd(bytes, at);
          index = this.#columns.find(latin1(bytes, at, nameEnd));
        }
      }
      const valueStart = skipSpace(bytes, skipSpace(bytes, nameEnd) + 1);
      const valueStop = valueEnd(bytes, valueStart);
      const column = columns[index];
      if (column === undefined) {
        if (!keyOnly && bytes[valueStart] !== letterN) {
          const token = latin1(bytes, at, nameEnd);
          return this.#say({ is: 'unknown', token, value: shape(bytes, valueStart, valueStop) });
        }
      } else if (column.isWanted && seen[index] !== this.#row) {
        // Of two members of one name the first one counts.
        if (!keyOnly || column.isKey) {
          if (!this.#putValue(out, index, column, bytes, valueStart, valueStop)) return false;
          seen[index] = this.#row;
        }
      }
      if (index >= 0) expected = index + 1;
      at = skipSpace(bytes, valueStop);
      if (bytes[at] === comma) at = skipSpace(bytes, at + 1);
    }
    return true;
  }

  #putNested(
    out: WireBuffer,
    bytes: Uint8Array,
    start: number,
    end: number,
    index: number,
  ): boolean {
    const column = this.#known[index];
    if (column === undefined) return true;
    const place = extract(bytes, start, end, column.path);
    if (place === undefined) return true;
    if (!this.#putValue(out, index, column, bytes, place.start, place.end)) return false;
    this.#seen[index] = this.#row;
    return true;
  }

  /** Writes an entry of the row's map. Answers false when its column has to become another one. */
  #putValue(
    out: WireBuffer,
    index: number,
    column: WireColumn,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    if (bytes[start] === letterN) {
      if (column.isKey) throw this.#missingKey(column);
      out.put(column.nullEntry);
      return true;
    }
    const { head } = column;
    // A guess that is right but for the longest escapes; else the bytes move by one.
    const valueWidth = widthOf(end - start + 2);
    const entryWidth = widthOf(head.length + valueWidth + end - start + 2);
    out.byte(entryTag);
    out.at += entryWidth;
    const entryFrom = out.at;
    out.put(head);
    out.at += valueWidth;
    const valueFrom = out.at;
    if (!this.#write(column, out, bytes, start, end)) {
      return this.#say({ is: 'other type', column: index, value: shape(bytes, start, end) });
    }
    out.setLength(valueFrom, valueWidth);
    out.setLength(entryFrom, entryWidth);
    return true;
  }

  #write(
    column: WireColumn,
    out: WireBuffer,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    try {
      return column.write(out, bytes, start, end);
    } catch (error) {
      if (!(error instanceof LoneSurrogate)) throw error;
      throw new Failure(
        'data',
        `the text of ${column.name} has half of a surrogate pair, which has no UTF-8`,
      );
    }
  }

  /** Adds what an operation has beside the members of its document. */
  #complete(out: WireBuffer, type: RecordType): void {
    const columns = this.#known;
    const seen = this.#seen;
    for (let index = 0; index < columns.length; index++) {
      if (seen[index] === this.#row) continue;
      const column = columns[index];
      if (column === undefined) continue;
      if (column.isKey) throw this.#missingKey(column);
      // An absent member is null in a whole row, and says nothing in a part of one.
      if (type === RecordType.UPSERT && column.isWanted) out.put(column.nullEntry);
    }
  }

  #learn(): void {
    this.#known = this.#columns.all;
    const { length } = this.#known;
    const seen = new Uint32Array(length);
    seen.set(this.#seen.subarray(0, length));
    this.#seen = seen;
    const { schema = '', name } = this.#columns.table;
    const heads = this.#known.map(({ nullEntry }) => nullEntry.length + mostOverhead);
    this.#overhead = heads.reduce(
      (sum, size) => sum + size,
      3 * (schema.length + name.length) + 64,
    );
    this.#nestedKey = [...this.#known.keys()].filter(
      (index) => this.#known[index]?.path.length !== 1,
    );
  }

  #say(misfit: Misfit): false {
    this.#misfit = misfit;
    return false;
  }

  #missingKey({ name }: WireColumn): Failure {
    return new Failure('data', `a document has no ${name}, which is of the key`);
  }
}

const recordTypes: Readonly<Record<number, RecordType>> = {
  [Op.upsert]: RecordType.UPSERT,
  [Op.insert]: RecordType.UPSERT,
  [Op.patch]: RecordType.UPDATE,
  [Op.delete]: RecordType.DELETE,
};

const comma = 0x2c;
const closeBrace = 0x7d;
const letterN = 0x6e;
/** The field `data` of a record. */
const entryTag = 0x22;
/** Tags, lengths and the longest value that is longer than its JSON. */
const mostOverhead = 64;

/** The index after a name that is at `at`; 0 when another one is there. */
function matchEnd(bytes: Uint8Array, at: number, token: Uint8Array | undefined): number {
  if (token === undefined) return 0;
  const { length } = token;
  for (let index = 0; index < length; index++) {
    if (bytes[at + index] !== token[index]) return 0;
  }
  return at + length;
}

function keyless(type: RecordType): Failure {
  const what = type === RecordType.DELETE ? 'deleted' : 'changed';
  return new Failure('data', `a row was ${what}, and the stream has no key to say which`);
}

function shape(bytes: Uint8Array, start: number, end: number): Shape {
  return shapeOfValue(decodeValue(bytes, start, end));
}
