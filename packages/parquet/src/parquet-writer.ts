import { ByteWriter } from '@fairlead/json';
import { Chunk } from './chunk.ts';
import { byteArray, encodings, type ColumnType } from './column-type.ts';
import { dictionaryIndices, plain, rle, type Page } from './page.ts';
import { writeStruct, type ThriftStruct } from './thrift.ts';

/** A column of a file. Every value may be null. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * Makes a Parquet file of pages, without compression. Texts that come again have a dictionary for each
 * row group, everything else is in plain encoding. Files that are read once, at once and on the same
 * machine, want no more.
 *
 * The bytes of a file are, in this order: {@link magic}, what {@link endRowGroup} returns each time,
 * and what {@link endFile} returns. Only one row group is kept in memory.
 */
export class ParquetWriter {
  readonly #columns: readonly ParquetColumn[];
  #chunks: readonly Chunk[];
  #rowGroups: RowGroup[] = [];
  #offset = magic.length;

  constructor(columns: readonly ParquetColumn[]) {
    this.#columns = columns;
    this.#chunks = this.#newChunks();
  }

  /** Bytes of the row group that is not ended yet. */
  get sizeBytes(): number {
    return this.#chunks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** Appends a page to a column of the row group. Its memory is free afterwards. */
  add(column: number, page: Page): void {
    this.#chunks[column]?.add(page);
  }

  /**
   * Ends the row group, in which each column has as many rows.
   * @returns its bytes in parts, to be written before anything is added.
   */
  endRowGroup(): readonly Uint8Array[] {
    const rowCount = this.#chunks[0]?.rowCount ?? 0;
    if (this.#chunks.some((chunk) => chunk.rowCount !== rowCount)) {
      throw new Error('the columns of a row group have different numbers of rows');
    }
    if (rowCount === 0) return [];
    const chunks = this.#chunks.map((chunk) => chunk.views());
    const columns = chunks.map(([dictionary, pages]) => {
      const offset = this.#offset;
      const dictionaryBytes = dictionary.length;
      const sizeBytes = dictionaryBytes + pages.length;
      this.#offset += sizeBytes;
      return { offset, dictionaryBytes, sizeBytes };
    });
    const parts = chunks.flat().filter(({ length }) => length > 0);
    this.#rowGroups.push({ rowCount, columns });
    const isLarge = parts.some(({ length }) => length > largestKept);
    if (isLarge) this.#chunks = this.#newChunks();
    else for (const chunk of this.#chunks) chunk.clear();
    return parts;
  }

  #newChunks(): readonly Chunk[] {
    return this.#columns.map(({ type }) => new Chunk(encodings[type].physical === byteArray));
  }

  /** Ends the file, after the last row group. The writer is ready for another file then. */
  endFile(): Uint8Array {
    const out = new ByteWriter();
    writeStruct(out, (file) => this.#writeMetadata(file));
    const size = out.length;
    for (let shift = 0; shift < 32; shift += 8) out.byte((size >>> shift) & 0xff);
    out.bytes(magic);
    this.clear();
    return out.take();
  }

  /** Forgets everything that was added; the next row group is the first one of another file. */
  clear(): void {
    for (const chunk of this.#chunks) chunk.clear();
    this.#rowGroups = [];
    this.#offset = magic.length;
  }

  /** `FileMetaData` of parquet.thrift. */
  #writeMetadata(file: ThriftStruct): void {
    const rowCount = this.#rowGroups.reduce((sum, group) => sum + group.rowCount, 0);
    const root = { name: 'schema', type: undefined };
    file
      .i32(1, formatVersion)
      .structs(2, [root, ...this.#columns], (element, { name, type }) => {
        if (type === undefined) element.text(4, name).i32(5, this.#columns.length);
        else writeSchemaElement(element, name, type);
      })
      .i64(3, rowCount)
      .structs(4, this.#rowGroups, (group, { rowCount: rows, columns }) => {
        const size = columns.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        group
          .structs(1, columns, (chunk, place, index) => this.#writeChunk(chunk, index, rows, place))
          .i64(2, size)
          .i64(3, rows);
      })
      .text(6, 'fairlead');
  }

  #writeChunk(chunk: ThriftStruct, index: number, rowCount: number, place: Place): void {
    const { name = '', type = 'text' } = this.#columns[index] ?? {};
    const hasDictionary = place.dictionaryBytes > 0;
    chunk.i64(2, place.offset).struct(3, (metadata) => {
      metadata
        .i32(1, encodings[type].physical)
        .i32s(2, hasDictionary ? [plain, rle, dictionaryIndices] : [plain, rle])
        .texts(3, [name])
        .i32(4, uncompressed)
        .i64(5, rowCount)
        .i64(6, place.sizeBytes)
        .i64(7, place.sizeBytes)
        .i64(9, place.offset + place.dictionaryBytes);
      if (hasDictionary) metadata.i64(11, place.offset);
    });
  }
}

/** What a file begins with. */
export const magic: Uint8Array = Buffer.from('PAR1');

interface RowGroup {
  readonly rowCount: number;
  readonly columns: readonly Place[];
}

/** Where the pages of a column are: that of a dictionary first, if there is one. */
interface Place {
  readonly offset: number;
  readonly dictionaryBytes: number;
  readonly sizeBytes: number;
}

function writeSchemaElement(element: ThriftStruct, name: string, type: ColumnType): void {
  const { physical, converted, logical } = encodings[type];
  element.i32(1, physical).i32(3, optional).text(4, name);
  if (converted !== undefined) element.i32(6, converted);
  if (logical !== undefined) element.struct(10, logical);
}

const formatVersion = 1;
const optional = 1;
const uncompressed = 0;
const largestKept = 4 * 1024 * 1024;
