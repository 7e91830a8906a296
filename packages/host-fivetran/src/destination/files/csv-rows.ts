import { isUtf8 } from 'node:buffer';
import { Failure, type Documents } from '@fairlead/sdk';
import { CsvError, CsvFields } from './csv-fields.ts';
import { LineWriter } from './line-writer.ts';

export interface CsvOptions {
  /** The text that stands for null. */
  readonly nullText: string;
  /** The text that stands for a value that stays as it is; absent where there is none such. */
  readonly unmodifiedText?: string;
}

/** The rows of a CSV file whose header was read. */
export interface CsvRows {
  readonly columns: readonly string[];
  readonly rows: AsyncGenerator<Documents>;
}

/**
 * Reads CSV as rows that can be staged: JSON arrays of texts and nulls, one on a line. Where something in a row stays as
 * it is there is an item more, a text with a `1` for each such field and a `0` for the others.
 * @throws {Failure} data for what is no CSV, or no UTF-8; it names the row, never a value.
 */
export async function readCsv(
  chunks: AsyncIterable<Uint8Array>,
  options: CsvOptions,
): Promise<CsvRows> {
  const input = new CsvInput(chunks);
  try {
    const columns = await input.header();
    return { columns, rows: rowsOf(input, columns, options) };
  } catch (error) {
    await input.close();
    throw error;
  }
}

async function* rowsOf(
  input: CsvInput,
  columns: readonly string[],
  options: CsvOptions,
): AsyncGenerator<Documents> {
  const writer = new LineWriter();
  const writeRow = rowWriter(columns, options, writer);
  try {
    let rows = 0;
    // Some came with the header, perhaps all.
    do {
      while (input.hasMore && tryRow(writeRow, input.fields, rows)) {
        input.taken();
        rows++;
        if (writer.length >= batchBytes) {
          input.check();
          yield writer.take();
        }
      }
      input.check();
    } while (await input.more());
    if (writer.count > 0) yield writer.take();
  } finally {
    await input.close();
  }
}

const batchBytes = 512 * 1024;

type WriteRow = (fields: CsvFields, row: number) => boolean;

function tryRow(writeRow: WriteRow, fields: CsvFields, row: number): boolean {
  try {
    return writeRow(fields, row);
  } catch (error) {
    throw error instanceof CsvError ? malformed(`row ${row + 1}`, error) : error;
  }
}

/**
 * A function that writes the record that fields are at as a line. False, and nothing is written, when its end is not
 * there yet.
 */
function rowWriter(
  columns: readonly string[],
  { nullText, unmodifiedText }: CsvOptions,
  writer: LineWriter,
): WriteRow {
  const nulls = new FieldText(nullText);
  const unchanged = unmodifiedText === undefined ? undefined : new FieldText(unmodifiedText);
  const count = columns.length;
  const marks = new Uint8Array(count).fill(zero);

  return (fields, row) => {
    const start = writer.length;
    const begin = fields.at;
    let marked = false;
    for (let column = 0; column < count; column++) {
      if (!fields.next()) {
        writer.truncate(start);
        fields.at = begin;
        return false;
      }
      if (fields.endsRecord !== (column === count - 1)) throw wrongCount(fields, row, count);
      writer.byte(column === 0 ? openBracket : comma);
      const isUnchanged = unchanged?.is(fields) === true;
      marks[column] = isUnchanged ? one : zero;
      marked ||= isUnchanged;
      if (isUnchanged || nulls.is(fields)) {
        writer.bytes(nullWord, 0, nullWord.length);
        continue;
      }
      writer.byte(quote);
      const { bytes, from, to } = fields;
      if (fields.isSpecial || fields.isDoubled) writer.escaped(bytes, from, to, fields.isDoubled);
      else writer.bytes(bytes, from, to);
      writer.byte(quote);
    }
    if (marked) {
      writer.byte(comma);
      writer.byte(quote);
      writer.bytes(marks, 0, count);
      writer.byte(quote);
    }
    writer.byte(closeBracket);
    writer.endLine();
    return true;
  };
}

/** A text as fields have it, with and without quotes. */
class FieldText {
  readonly #plain: Uint8Array;
  readonly #quoted: Uint8Array;

  constructor(text: string) {
    this.#plain = Buffer.from(text);
    this.#quoted = Buffer.from(text.replaceAll('"', '""'));
  }

  is({ bytes, from, to, isQuoted }: CsvFields): boolean {
    const text = isQuoted ? this.#quoted : this.#plain;
    if (to - from !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text[i]) return false;
    return true;
  }
}

/** Bytes that come in pieces, and how far they were read. What is to be read is in one buffer, which is used again. */
class CsvInput {
  readonly fields = new CsvFields();
  readonly #chunks: AsyncIterator<Uint8Array>;
  #buffer = emptyInput();
  /** Where the record begins that is read next, and what was not looked at yet. */
  #start = 0;
  #unchecked = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Whether a record begins among the bytes that are there. */
  get hasMore(): boolean {
    return this.#start < this.fields.bytes.length;
  }

  /** Says that a record was read. */
  taken(): void {
    this.#start = this.fields.at;
  }

  /** Gets more bytes; false when there are none, and all was read. */
  async more(): Promise<boolean> {
    const { fields } = this;
    if (fields.isLast) return false;
    const rest = fields.bytes.subarray(this.#start);
    // What a long record has taken is given back.
    if (this.#buffer.length > usualInput && rest.length < usualInput) this.#buffer = emptyInput();
    this.#buffer.set(rest);
    let { length } = rest;
    // Of a long record each attempt has twice as much.
    while (length <= 2 * rest.length && !fields.isLast) {
      const { value, done } = await this.#chunks.next();
      if (done === true) fields.isLast = true;
      else length = this.#append(value, length);
    }
    fields.bytes = this.#buffer.subarray(0, length);
    fields.at = 0;
    this.#start = 0;
    this.#unchecked = 0;
    return true;
  }

  /** Makes sure that what was read is UTF-8. */
  check(): void {
    if (!isUtf8(this.fields.bytes.subarray(this.#unchecked, this.#start))) {
      throw new Failure('data', 'the file is no UTF-8');
    }
    this.#unchecked = this.#start;
  }

  async header(): Promise<readonly string[]> {
    const { fields } = this;
    while (await this.more()) {
      if (fields.bytes.length === 0) continue;
      const hasMark = [0xef, 0xbb, 0xbf].every((byte, index) => fields.bytes[index] === byte);
      if (hasMark) fields.at = 3;
      const names = headerNames(fields);
      if (names === undefined) continue;
      this.taken();
      this.check();
      return names;
    }
    throw new Failure('data', 'the file is empty', { hint: 'Even one without rows has a header.' });
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Puts a piece behind the first `at` bytes. @returns where it ends. */
  #append(piece: Uint8Array, at: number): number {
    const end = at + piece.length;
    if (end > longestInput) {
      throw new Failure('data', `a row is longer than ${longestInput} bytes`);
    }
    if (end > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger;
    }
    this.#buffer.set(piece, at);
    return end;
  }
}

/** As much as is usually read at a time: a piece, and the beginning of a record before it. */
const usualInput = 512 * 1024;

function emptyInput(): Uint8Array {
  return Buffer.allocUnsafeSlow(usualInput);
}

function headerNames(fields: CsvFields): string[] | undefined {
  const names: string[] = [];
  try {
    do {
      if (!fields.next()) return undefined;
      names.push(fields.text());
    } while (!fields.endsRecord);
  } catch (error) {
    throw error instanceof CsvError ? malformed('the header', error) : error;
  }
  return names;
}

function malformed(where: string, { message }: CsvError): Failure {
  return new Failure('data', message, { where });
}

function wrongCount(fields: CsvFields, row: number, count: number): Failure {
  const what = fields.endsRecord ? 'fewer' : 'more';
  return new Failure('data', `row ${row + 1} has ${what} than the ${count} fields of the header`);
}

/** More than a file may have, compressed or not, in one row. */
const longestInput = 512 * 1024 * 1024;

const nullWord = Buffer.from('null');
const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const zero = 0x30;
const one = 0x31;
