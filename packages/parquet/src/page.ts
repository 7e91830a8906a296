import type { ByteWriter } from '@fairlead/json';
import type { Dictionary, Indices } from './dictionary.ts';
import { varint, writeStruct } from './thrift.ts';

/** Values of one column in some consecutive rows. */
export interface Page {
  readonly rowCount: number;
  /** How many are null. */
  readonly nullCount: number;
  /** A bit for each row, the first one lowest: 1 where there is a value. Not looked at when none is null. */
  readonly validity: Uint8Array;
  /** The values without those that are null, in Parquet's plain encoding. */
  readonly values: Uint8Array;
}

/** Appends a data page (version 1) of an optional column, without compression. */
export function writePage(out: ByteWriter, page: Page): void {
  writeHead(out, page, plain, page.values.length);
  out.bytes(page.values);
}

/** Appends a data page like {@link writePage}, with the numbers that a dictionary gives its values. */
export function writeIndexPage(out: ByteWriter, page: Page, indices: Indices): void {
  const { bytes, constant } = indices;
  const groups = Math.ceil(bytes.length / 8);
  // Where all values are alike, an index that is repeated, else groups of eight indices.
  const header = constant ? bytes.length * 2 : groups * 2 + 1;
  const size = 1 + varintSize(header) + (constant ? 1 : groups * 8);
  writeHead(out, page, dictionaryIndices, size);
  out.byte(indexBits);
  varint(out, header);
  if (constant) {
    out.byte(bytes[0] ?? 0);
    return;
  }
  out.bytes(bytes);
  for (let i = bytes.length; i < groups * 8; i++) out.byte(0);
}

/** Appends the page of a dictionary, which comes before those that use it. */
export function writeDictionaryPage(out: ByteWriter, { count, texts }: Dictionary): void {
  writeStruct(out, (header) =>
    header
      .i32(1, dictionaryPage)
      .i32(2, texts.length)
      .i32(3, texts.length)
      .struct(7, (dictionary) => dictionary.i32(1, count).i32(2, plain)),
  );
  out.bytes(texts);
}

/** Appends what comes before the `size` bytes of the values. */
function writeHead(out: ByteWriter, page: Page, encoding: number, size: number): void {
  const levels = levelsOf(page);
  const pageSize = 4 + levels.size + size;
  writeStruct(out, (header) =>
    header
      .i32(1, dataPage)
      .i32(2, pageSize)
      .i32(3, pageSize)
      .struct(5, (data) => data.i32(1, page.rowCount).i32(2, encoding).i32(3, rle).i32(4, rle)),
  );
  for (let shift = 0; shift < 32; shift += 8) out.byte((levels.size >>> shift) & 0xff);
  varint(out, levels.header);
  out.bytes(levels.bytes);
}

/** Which rows have a value, as one run of levels of one bit. */
interface Levels {
  readonly header: number;
  readonly bytes: Uint8Array;
  readonly size: number;
}

/**
 * Where all rows are alike, a level that is repeated, else groups of eight levels:
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
 */
function levelsOf({ rowCount, nullCount, validity }: Page): Levels {
  const isMixed = nullCount > 0 && nullCount < rowCount;
  const groups = Math.ceil(rowCount / 8);
  const header = isMixed ? groups * 2 + 1 : rowCount * 2;
  const bytes = isMixed ? validity.subarray(0, groups) : nullCount === 0 ? allValues : allNull;
  return { header, bytes, size: varintSize(header) + bytes.length };
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

const allValues = Uint8Array.of(1);
const allNull = Uint8Array.of(0);

// Numbers of the enums `PageType` and `Encoding` of parquet.thrift.
const dataPage = 0;
const dictionaryPage = 2;
export const plain = 0;
export const rle = 3;
export const dictionaryIndices = 8;
const indexBits = 8;
