/**
 * What can be wrong with a row.
 *
 * | code | the row |
 * |---|---|
 * | `too-many-fields` | has more fields than there are columns |
 * | `text-after-quote` | has something between a closing quote and the next delimiter |
 * | `open-quote` | opens a quote that the file never closes |
 * | `invalid-utf8` | holds bytes that are not UTF-8 |
 * | `too-large` | has more bytes than a row may have |
 */
export type CsvErrorCode =
  | 'too-many-fields'
  | 'text-after-quote'
  | 'open-quote'
  | 'invalid-utf8'
  | 'too-large';

/** A row without a faithful form. The message names the place and never repeats the row. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
  readonly code: CsvErrorCode;
  /** What is wrong, as a phrase that follows the row: `has 5 fields, but the header names 3`. */
  readonly reason: string;
  /** Which row, counted from 1 where the decoder began; 0 is what comes before the first row. */
  readonly row: number;
  /** Where, in bytes from where the decoder began. */
  readonly offset: number;

  constructor(code: CsvErrorCode, reason: string, row: number, offset: number) {
    super(`${row === 0 ? 'the header' : `row ${row}`} ${reason}`);
    this.code = code;
    this.reason = reason;
    this.row = row;
    this.offset = offset;
  }
}
