import { columnNames } from './column-names.ts';
import { checkDialect } from './csv-dialect.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { chooseCharacters } from './choose-characters.ts';
import { hasHeader } from './header.ts';
import { Preamble } from './preamble.ts';
import { sampleRows } from './sample-rows.ts';
import type { CsvField, SampleRow } from './read-row.ts';

/** What is known about a file before its bytes are looked at. What is absent is detected. */
export interface CsvDialectHints {
  readonly delimiter?: string;
  readonly quote?: string | null;
  readonly escape?: string | null;
  readonly terminator?: CsvDialect['terminator'];
  readonly comment?: string | null;
  readonly skipLines?: number;
  readonly header?: 'auto' | 'present' | 'absent';
  /** Names by position. The first row is then a row unless it consists of these names. */
  readonly columns?: readonly string[];
  /** Names that no column may get, as other members of the documents have them. */
  readonly reserved?: readonly string[];
  /** Whether the sample is the whole file; if not, its last row is not looked at. */
  readonly whole?: boolean;
}

/** A dialect, the names of the columns, and the rows of the sample after the header. */
export interface DetectedCsv {
  readonly dialect: CsvDialect;
  readonly names: readonly string[];
  readonly rows: readonly (readonly CsvField[])[];
}

/** How much of a file is enough. */
export const sampleBytes = 64 * 1024;

/**
 * The dialect of a file that begins with `sample`, in UTF-8. A sample of less than
 * {@link sampleBytes} is taken for the whole file unless the hints say otherwise.
 *
 * @throws {RangeError} when the hints contradict each other, or no row ends in the sample
 */
export function detectDialect(sample: Uint8Array, hints: CsvDialectHints = {}): DetectedCsv {
  const whole = hints.whole ?? sample.length < sampleBytes;
  const given: CsvDialect = {
    delimiter: hints.delimiter ?? ',',
    quote: hints.quote === undefined ? '"' : hints.quote,
    escape: hints.escape ?? null,
    terminator: hints.terminator ?? 'any',
    comment: hints.comment ?? null,
    skipLines: hints.skipLines ?? 0,
    header: false,
  };
  const start = new Preamble(given).skip(sample, whole);
  const text = Buffer.from(sample.subarray(start)).toString('latin1');
  const dialect = checkDialect({
    ...given,
    ...chooseCharacters(text, whole, given, {
      delimiter: hints.delimiter === undefined,
      quote: hints.quote === undefined,
      fieldCount: hints.columns?.length,
    }),
  });
  const rows = fieldsOf(sampleRows(text, whole, dialect), text);
  if (rows.length === 0 && !whole) {
    throw new RangeError(`the first row does not end in ${sample.length} bytes`);
  }
  const header = firstIsHeader(rows, hints);
  const data = header ? rows.slice(1) : rows;
  const width = Math.max(0, ...data.map((row) => row.length));
  const found = header ? rows[0]?.map((field) => field.text) : undefined;
  const names = hints.columns ?? found ?? Array.from({ length: width }, () => '');
  return {
    dialect: { ...dialect, header },
    names: columnNames(names, hints.reserved),
    rows: data,
  };
}

function firstIsHeader(
  rows: readonly (readonly CsvField[])[],
  { header = 'auto', columns }: CsvDialectHints,
): boolean {
  if (header !== 'auto') return header === 'present' && rows.length > 0;
  if (columns === undefined) return hasHeader(rows);
  const [first] = rows;
  return first?.length === columns.length && first.every(({ text }, i) => text === columns[i]);
}

/** The fields of rows of a text whose characters are bytes of UTF-8. */
function fieldsOf(rows: readonly SampleRow[], text: string): readonly (readonly CsvField[])[] {
  if (!/[\x80-\xff]/.test(text)) return rows.map((row) => row.fields);
  const utf8 = (field: CsvField) => ({
    text: Buffer.from(field.text, 'latin1').toString(),
    quoted: field.quoted,
  });
  return rows.map((row) => row.fields.map(utf8));
}
