import { terminatorBytes } from './dialect.ts';
import type { CsvDialect } from './dialect.ts';

/** A field as it was read, without its quotes and escapes. */
export interface CsvField {
  readonly text: string;
  readonly quoted: boolean;
}

/** What of a dialect matters inside a row. */
export type RowDialect = Pick<
  CsvDialect,
  'delimiter' | 'quote' | 'escape' | 'terminator' | 'comment'
>;

export interface SampleRow {
  readonly fields: readonly CsvField[];
  /** Where the row begins, and what follows what ends it. */
  readonly start: number;
  readonly end: number;
  /** Whether something ends the row; else the text does, perhaps in its middle. */
  readonly ended: boolean;
  /** Whether nothing stands between a closing quote and the next delimiter. */
  readonly clean: boolean;
}

/**
 * The first row at or after `at`; `undefined` when only blank lines and comments follow. One
 * character of `text` is one byte, so that positions are those of the bytes. It reads samples and
 * headers by the rules of the kernel, which reads the rest.
 */
export function readRow(text: string, at: number, dialect: RowDialect): SampleRow | undefined {
  const start = nextRow(text, at, dialect);
  if (start === undefined) return undefined;
  const isEnd = rowEnds(dialect);
  const fields: CsvField[] = [];
  let clean = true;
  let i = start;
  for (;;) {
    const quoted = text[i] === dialect.quote && i < text.length;
    let value = '';
    if (quoted) {
      i++;
      for (;;) {
        if (i >= text.length) return { fields, start, end: i, ended: false, clean: false };
        if (text[i] === dialect.quote) {
          if (text[i + 1] !== dialect.quote) break;
          i++;
        } else if (isEscape(text, i, dialect)) i++;
        value += text[i++];
      }
      i++;
    }
    while (i < text.length && text[i] !== dialect.delimiter && !isEnd(text, i)) {
      if (quoted) clean = false;
      if (isEscape(text, i, dialect)) {
        i++;
        if (text.startsWith('\r\n', i) && isEnd(text, i + 1)) value += text[i++];
      }
      value += text[i++];
    }
    fields.push({ text: value, quoted });
    if (text[i] !== dialect.delimiter) break;
    i++;
  }
  const ended = i < text.length;
  return { fields, start, end: ended ? i + 1 : i, ended, clean };
}

/** Where the next line begins that is neither blank nor a comment. */
function nextRow(text: string, at: number, dialect: RowDialect): number | undefined {
  const isEnd = rowEnds(dialect);
  let i = at;
  for (;;) {
    while (i < text.length && isEnd(text, i)) i++;
    if (i >= text.length) return undefined;
    if (text[i] !== dialect.comment) return i;
    while (i < text.length && !isEnd(text, i)) i++;
  }
}

/** Whether the character at `i` takes the meaning of the next one away. */
function isEscape(text: string, i: number, dialect: RowDialect): boolean {
  if (text[i] !== dialect.escape || i + 1 >= text.length) return false;
  const next = text[i + 1];
  const { quote, escape, delimiter } = dialect;
  return next === quote || next === escape || next === delimiter || rowEnds(dialect)(text, i + 1);
}

function rowEnds(dialect: RowDialect): (text: string, i: number) => boolean {
  const [end1, end2] = terminatorBytes[dialect.terminator];
  return (text, i) => {
    const code = text.charCodeAt(i);
    return code === end1 || code === end2;
  };
}
