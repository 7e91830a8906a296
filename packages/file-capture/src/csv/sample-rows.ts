import type { CsvDialect } from './csv-dialect.ts';
import { readRow, rowCodes } from './read-row.ts';
import type { SampleRow } from './read-row.ts';

/**
 * The rows of a sample, of which one character is one byte. A last row that the sample cuts off
 * is not among them unless the sample is the `whole` file.
 */
export function sampleRows(
  text: string,
  whole: boolean,
  dialect: CsvDialect,
): readonly SampleRow[] {
  const codes = rowCodes(dialect);
  const rows: SampleRow[] = [];
  let row = readRow(text, 0, codes);
  while (row !== undefined && (row.ended || whole)) {
    rows.push(row);
    row = readRow(text, row.end, codes);
  }
  return rows;
}
