import type { CsvDialect } from './csv-dialect.ts';
import { formOf } from './header.ts';
import { sampleRows } from './sample-rows.ts';

/** What is not given: `fieldCount` is the number of columns, when their names are. */
export interface OpenCharacters {
  readonly delimiter: boolean;
  readonly quote: boolean;
  readonly fieldCount: number | undefined;
}

/**
 * The delimiter and the quote that cut a sample most evenly, out of those that are usual. When
 * nothing does, and so there is one column, the delimiter is one that would not cut any value.
 */
export function chooseCharacters(
  text: string,
  whole: boolean,
  given: CsvDialect,
  open: OpenCharacters,
): Pick<CsvDialect, 'delimiter' | 'quote'> {
  const quotes = open.quote ? possibleQuotes(text) : [given.quote];
  const delimiters = open.delimiter ? possibleDelimiters(text) : [given.delimiter];
  let best: CsvDialect = given;
  let bestScore = 0;
  let bestSplits = false;
  for (const quote of quotes) {
    // Quotes that are a little off are to fail in the decoder rather than to become values.
    if (quote === null && bestSplits) break;
    for (const delimiter of delimiters) {
      const dialect = { ...given, delimiter, quote };
      if (!areDistinct(dialect)) continue;
      const { score, splits } = evenness(text, whole, dialect, open);
      if (score <= bestScore) continue;
      best = dialect;
      bestScore = score;
      bestSplits = splits;
    }
  }
  const { delimiter, quote } = best;
  if (bestSplits || !open.delimiter) return { delimiter, quote };
  return { delimiter: idleDelimiter(text, whole, best), quote };
}

/** Preferred first: a later one has to be better, not as good. */
const usualDelimiters: readonly string[] = [',', ';', '\t', '|'];

function possibleDelimiters(text: string): readonly string[] {
  const found = usualDelimiters.filter((delimiter) => text.includes(delimiter));
  return found.length === 0 ? [','] : found;
}

/** Preferred first. Double quotes may come after the sample. */
function possibleQuotes(text: string): readonly (string | null)[] {
  return ['"', ...(text.includes("'") ? ["'"] : []), ...(text.includes('"') ? [null] : [])];
}

function areDistinct({ delimiter, quote, comment }: CsvDialect): boolean {
  return delimiter !== quote && delimiter !== comment && (quote === null || quote !== comment);
}

/** A delimiter for a file of one column: a usual one, or else the unit separator. */
function idleDelimiter(text: string, whole: boolean, dialect: CsvDialect): string {
  const idle = usualDelimiters.find((delimiter) => {
    const other = { ...dialect, delimiter };
    return (
      areDistinct(other) && sampleRows(text, whole, other).every((row) => row.fields.length === 1)
    );
  });
  return idle ?? '\x1f';
}

/**
 * How well a dialect explains a sample, at most 1.2; 0 when it is no better than one column.
 *
 * The share of the bytes that are in clean rows of several fields comes first. An uneven number
 * of fields and quotes that are left in the values count against it; values that are quoted, or
 * that are numbers, dates and booleans, decide between dialects that are otherwise as good.
 */
function evenness(
  text: string,
  whole: boolean,
  dialect: CsvDialect,
  open: OpenCharacters,
): { readonly score: number; readonly splits: boolean } {
  const rows = sampleRows(text, whole, dialect);
  const least = open.delimiter ? 2 : 1;
  const most = open.fieldCount ?? Infinity;
  const counts: number[] = [];
  let fields = 0;
  let quoted = 0;
  let stray = 0;
  let typed = 0;
  let allBytes = 0;
  let cutBytes = 0;
  for (const row of rows) {
    allBytes += row.end - row.start;
    if (!row.clean) continue;
    counts.push(row.fields.length);
    if (row.fields.length >= least && row.fields.length <= most) cutBytes += row.end - row.start;
    for (const field of row.fields) {
      fields++;
      if (field.quoted) quoted++;
      else if (open.quote && dialect.quote !== '"' && isQuoted(field.text)) stray++;
      if (field.text === '' || formOf(field.text) !== undefined) typed++;
    }
  }
  if (fields === 0) return { score: 0, splits: false };
  const splits = Math.min(rows[0]?.fields.length ?? 0, most) >= least && cutBytes * 2 > allBytes;
  const coverage = splits ? cutBytes / text.length - variation(counts) / 5 : 0;
  const plus = (splits ? typed / 10 : 0) + quoted / 10;
  return { score: coverage + (plus - stray) / fields, splits };
}

/** Whether a value begins or ends with a quote that was not taken for one. */
function isQuoted(text: string): boolean {
  return text.startsWith('"') || text.endsWith('"');
}

/** The standard deviation relative to the mean, at most 1. */
function variation(counts: readonly number[]): number {
  const mean = counts.reduce((sum, n) => sum + n, 0) / counts.length;
  const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / counts.length;
  return Math.min(1, Math.sqrt(variance) / mean);
}
