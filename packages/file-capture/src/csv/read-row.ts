import { terminatorBytes } from './csv-dialect.ts';
import type { CsvDialect } from './csv-dialect.ts';

/** A field as it was read, without its quotes and escapes. */
export interface CsvField {
  readonly text: string;
  readonly quoted: boolean;
}

export interface SampleRow {
  readonly fields: readonly CsvField[];
  /** Where the row begins, and what follows what ends it. */
  readonly start: number;
  readonly end: number;
  /** Whether something ends the row; else the text does, perhaps in its middle. */
  readonly ended: boolean;
  /** Whether a quote is open where the text ends. */
  readonly open: boolean;
  /** Whether all quotes are closed, and right before the next delimiter. */
  readonly clean: boolean;
}

/** The characters of a dialect as codes, -1 for those that it does not have. */
export interface RowCodes {
  readonly delimiter: number;
  readonly quote: number;
  readonly escape: number;
  readonly comment: number;
  readonly ends: readonly [number, number];
}

export function rowCodes(dialect: CsvDialect): RowCodes {
  return {
    delimiter: dialect.delimiter.charCodeAt(0),
    quote: dialect.quote?.charCodeAt(0) ?? -1,
    escape: dialect.escape?.charCodeAt(0) ?? -1,
    comment: dialect.comment?.charCodeAt(0) ?? -1,
    ends: terminatorBytes[dialect.terminator],
  };
}

/**
 * The first row at or after `at`; `undefined` when only blank lines and comments follow. One
 * character of `text` is one byte, so that positions are those of the bytes. It reads samples and
 * headers by the rules of the kernel, which reads the rest.
 */
export function readRow(text: string, at: number, codes: RowCodes): SampleRow | undefined {
  const start = nextRow(text, at, codes);
  if (start === undefined) return undefined;
  const fields: CsvField[] = [];
  let clean = true;
  let i = start;
  for (;;) {
    const quoted = text.charCodeAt(i) === codes.quote;
    const inside = quoted ? quotedText(text, i + 1, codes) : nothing(i);
    if (!inside.closed)
      return { fields, start, end: inside.end, ended: false, open: true, clean: false };
    const outside = plainText(text, inside.end, codes);
    if (quoted && outside.end > inside.end) clean = false;
    fields.push({ text: inside.text + outside.text, quoted });
    i = outside.end;
    if (text.charCodeAt(i) !== codes.delimiter) break;
    i++;
  }
  const ended = i < text.length;
  return { fields, start, end: ended ? i + 1 : i, ended, open: false, clean };
}

interface Piece {
  readonly text: string;
  readonly end: number;
  readonly closed: boolean;
}

const nothing = (end: number): Piece => ({ text: '', end, closed: true });

/** Up to the delimiter or the end of the row. */
function plainText(text: string, start: number, codes: RowCodes): Piece {
  let value = '';
  let copied = start;
  let i = start;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === codes.delimiter || isEnd(code, codes)) break;
    if (!isEscape(text, i, codes)) continue;
    value += text.slice(copied, i);
    copied = ++i;
    if (text.startsWith('\r\n', i) && isEnd(10, codes)) i++;
  }
  return { text: value + text.slice(copied, i), end: i, closed: true };
}

/** Up to the closing quote, behind which the piece ends. */
function quotedText(text: string, start: number, codes: RowCodes): Piece {
  let value = '';
  let copied = start;
  for (let i = start; i < text.length; i++) {
    const quote = text.charCodeAt(i) === codes.quote;
    if (quote && text.charCodeAt(i + 1) !== codes.quote) {
      return { text: value + text.slice(copied, i), end: i + 1, closed: true };
    }
    if (!quote && !isEscape(text, i, codes)) continue;
    value += text.slice(copied, i);
    copied = ++i;
  }
  return { text: '', end: text.length, closed: false };
}

/** Where the next line begins that is neither blank nor a comment. */
function nextRow(text: string, at: number, codes: RowCodes): number | undefined {
  let i = at;
  for (;;) {
    while (i < text.length && isEnd(text.charCodeAt(i), codes)) i++;
    if (i >= text.length) return undefined;
    if (text.charCodeAt(i) !== codes.comment) return i;
    while (i < text.length && !isEnd(text.charCodeAt(i), codes)) i++;
  }
}

function isEnd(code: number, { ends }: RowCodes): boolean {
  return code === ends[0] || code === ends[1];
}

/** Whether the character at `i` takes the meaning of the next one away. */
function isEscape(text: string, i: number, codes: RowCodes): boolean {
  if (text.charCodeAt(i) !== codes.escape) return false;
  const next = text.charCodeAt(i + 1);
  const { quote, escape, delimiter } = codes;
  return next === quote || next === escape || next === delimiter || isEnd(next, codes);
}
