import type { ByteWriter } from '@fairlead/json';
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
  const { rowCount, values } = page;
  const levels = levelsOf(page);
  const size = 4 + levels.size + values.length;
  writeStruct(out, (header) =>
    header
      .i32(1, dataPage)
      .i32(2, size)
      .i32(3, size)
      .struct(5, (data) => data.i32(1, rowCount).i32(2, plain).i32(3, rle).i32(4, rle)),
  );
  for (let shift = 0; shift < 32; shift += 8) out.byte((levels.size >>> shift) & 0xff);
  varint(out, levels.header);
  out.bytes(levels.bytes);
  out.bytes(values);
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

const dataPage = 0;
const plain = 0;
export const rle = 3;
