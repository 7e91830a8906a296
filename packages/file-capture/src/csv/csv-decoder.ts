import type { Lines } from '@fairlead/json';
import type { CsvDialect } from './csv-dialect.ts';
import type { CsvError } from './csv-error.ts';
import type { CsvColumn } from './types.ts';

export interface CsvDecoderOptions {
  readonly dialect: CsvDialect;
  /** The members of each document, in this order. Names are distinct. */
  readonly columns: readonly CsvColumn[];
  /**
   * A member put first into every document: its name, and the JSON of its value before and after
   * the number of the row, which is `first` for the first row. Left-out rows are counted too.
   */
  readonly member?: {
    readonly name: string;
    readonly before: Uint8Array;
    readonly after: Uint8Array;
    readonly first: number;
  };
  /** Where the bytes begin: with the file, whose header is skipped, or with any row of it. */
  readonly begins?: 'file' | 'row';
  /** Spellings of null, besides nothing at all, where they are not quoted. */
  readonly nulls?: readonly string[];
  /** Fields past the columns: an error, or kept as strings in an array `_extra`. */
  readonly extraFields?: 'fail' | 'keep';
  /** Whether a row without a faithful form ends the decoding or is left out and counted. */
  readonly onBadRow?: 'fail' | 'skip';
  /**
   * The greatest length of a row, 64 MiB unless given, at most 512 MiB. A longer one is taken for
   * a quote that is never closed and always ends the decoding, as nobody knows where it ends.
   */
  readonly maxRowBytes?: number;
}

/** Rows that were left out: how many, and what was wrong with the first 100. */
export interface SkippedRows {
  readonly count: number;
  readonly first: readonly CsvError[];
}

/** Consecutive documents and how much of the chunk they took. */
export interface DecodedCsv {
  /** In memory of their own. */
  readonly lines: Lines;
  readonly consumed: number;
}

/** Makes JSON lines of the bytes of a CSV file. */
export interface CsvDecoder {
  /** How many rows have been read, the left-out ones included. */
  readonly rowCount: number;
  readonly skipped: SkippedRows;
  /**
   * The rows that are whole in `chunk`, about 1 MiB of documents at most, in bytes of their own.
   * The rest of `chunk` is to be passed again, followed by more bytes unless they are `final`:
   * with them until all is consumed. Of a row of many chunks twice as many bytes are awaited each
   * time, so that its length costs linear time.
   *
   * The rows before a bad one are returned first; the next call throws.
   *
   * @throws {CsvError} at a bad row, and whenever it is called after that
   */
  decode(chunk: Uint8Array, final: boolean): DecodedCsv;
}
