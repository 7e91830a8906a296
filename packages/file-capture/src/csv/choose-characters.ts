import type { CsvDialect } from './csv-dialect.ts';
import { formOf } from './header.ts';
import type { SampleRow } from './read-row.ts';
import { sampleRows } from './sample-rows.ts';

/** What is not given: `fieldCount` is the number of columns, when their names are. */
export interface OpenCharacters {
  readonly delimiter: boolean;
  readonly quote: boolean;
  readonly fieldCount: number | undefined;
}

/**
 * The delimiter and the quote that cut a sample most evenly, out of those that are usual. Where
 * nothing cuts it, as when it has one column, the delimiter is a comma.
 */
export function chooseCharacters(
  text: string,
  whole: boolean,
  given: CsvDialect,
  open: OpenCharacters,
): Pick<CsvDialect, 'delimiter' | 'quote'> {
  let best: Pick<CsvDialect, 'delimiter' | 'quote'> = given;
  let bestScore = 0;
  for (const quote of open.quote ? usualQuotes : [given.quote]) {
    for (const delimiter of open.delimiter ? usualDelimiters : [given.delimiter]) {
      if (quote === delimiter || quote === given.comment || delimiter === given.comment) continue;
      const score = evenness(text, whole, { ...given, delimiter, quote }, open);
      if (score <= bestScore) continue;
      best = { delimiter, quote };
      bestScore = score;
    }
  }
  return { delimiter: best.delimiter, quote: best.quote };
}

/** Preferred first: a later one has to be better, not as good. */
const usualDelimiters: readonly string[] = [',', ';', '\t', '|'];
const usualQuotes: readonly (string | null)[] = ['"', "'", null];

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
): number {
  const rows = sampleRows(text, whole, dialect);
  const clean = rows.filter((row) => row.clean);
  const fields = clean.flatMap((row) => row.fields);
  if (fields.length === 0) return 0;
  const share = (count: number) => count / fields.length;
  const quoted = share(fields.filter((field) => field.quoted).length);
  const stray = dialect.quote === '"' ? 0 : share(fields.filter((field) => isQuoted(field.text)).length);
  const typed = share(fields.filter((field) => isPlain(field.text)).length);

  const counts = clean.map((row) => row.fields.length);
  const least = open.delimiter ? 2 : 1;
  const most = open.fieldCount ?? Infinity;
  const cut = clean.filter((row) => row.fields.length >= least && row.fields.length <= most);
  const several = Math.min(rows[0]?.fields.length ?? 0, most) >= least;
  const split = several && bytesOf(cut) > bytesOf(rows) / 2;
  const coverage = split ? bytesOf(cut) / text.length : 0;
  const unevenness = split ? Math.min(1, variation(counts)) : 0;
  return coverage - unevenness / 5 + (split ? typed / 10 : 0) + quoted / 10 - stray;
}

/** Whether a value begins or ends with a quote that was not taken for one. */
function isQuoted(text: string): boolean {
  return text.startsWith('"') || text.endsWith('"');
}

function isPlain(text: string): boolean {
  return text === '' || formOf(text) !== undefined;
}

function bytesOf(rows: readonly SampleRow[]): number {
  return rows.reduce((sum, row) => sum + row.end - row.start, 0);
}

/** The standard deviation relative to the mean. */
function variation(counts: readonly number[]): number {
  const mean = counts.reduce((sum, n) => sum + n, 0) / counts.length;
  const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / counts.length;
  return Math.sqrt(variance) / mean;
}
