import { isUtf8 } from 'node:buffer';
import type { CsvDecoderOptions } from './csv-decoder.ts';
import type { CsvErrorCode } from './csv-error.ts';
import { terminatorBytes } from './csv-dialect.ts';
import type { CsvType } from './types.ts';

/** What a decoder must make of a file: its documents, the rows it skips, and what it fails with. */
export interface ReferenceResult {
  readonly lines: readonly string[];
  readonly skipped: readonly Fault[];
  readonly failure?: Fault;
}

interface Fault {
  readonly code: CsvErrorCode;
  readonly row: number;
  readonly offset: number;
}

/**
 * Decodes all of `bytes` slowly and obviously, one character at a time, to test the decoder
 * against. It knows no preamble: the bytes begin with a row.
 */
export function referenceDecode(bytes: Uint8Array, options: CsvDecoderOptions): ReferenceResult {
  const lines: string[] = [];
  const skipped: Fault[] = [];
  let row = 0;
  for (const parsed of parseRows(Buffer.from(bytes).toString('latin1'), options)) {
    row++;
    const fault = faultOf(parsed, bytes, options);
    if (fault === undefined) lines.push(documentOf(parsed, row, options));
    else if (options.onBadRow !== 'skip' || fault.code === 'too-large') {
      return { lines, skipped, failure: { row, ...fault } };
    } else skipped.push({ row, ...fault });
  }
  return { lines, skipped };
}

interface Field {
  /** As written, without enclosing quotes. */
  raw: string;
  text: string;
  quoted: boolean;
}

interface Row {
  readonly start: number;
  /** The last byte of the row and what ended it are before `end` and `next`. */
  readonly end: number;
  readonly next: number;
  readonly fields: readonly Field[];
  readonly fault: { readonly code: CsvErrorCode; readonly offset: number } | undefined;
  readonly comment: boolean;
}

/** Rows, and comments that are too long to be told from one. */
function* parseRows(text: string, options: CsvDecoderOptions): Generator<Row> {
  const { maxRowBytes = 64 * 1024 * 1024 } = options;
  let at = 0;
  while (at < text.length) {
    const row = parseRow(text, at, options);
    const empty = row.end === row.start;
    if ((!row.comment || row.end - row.start > maxRowBytes) && !empty) yield row;
    at = row.next;
  }
}

function parseRow(text: string, start: number, { dialect }: CsvDecoderOptions): Row {
  const isEnd = (c: string) =>
    c !== '' &&
    (terminatorBytes[dialect.terminator] as readonly number[]).includes(c.charCodeAt(0));
  const isSpecial = (c: string) =>
    c === dialect.quote || c === dialect.escape || c === dialect.delimiter || isEnd(c);
  const comment = text[start] === dialect.comment;
  const fields: Field[] = [];
  let field: Field = { raw: '', text: '', quoted: false };
  let state: 'start' | 'plain' | 'quoted' | 'closed' = comment ? 'plain' : 'start';
  let opened = start;
  let fault: Row['fault'];
  let i = start;
  for (; ; i++) {
    const c = text.charAt(i);
    const next = text.charAt(i + 1);
    const escapes = !comment && c !== '' && c === dialect.escape && next !== '' && isSpecial(next);
    if (state === 'quoted') {
      if (c === '') {
        fault = { code: 'open-quote', offset: opened };
        break;
      }
      if (c === dialect.quote && next !== c) state = 'closed';
      else {
        if (c === dialect.quote || escapes) field.raw += text.charAt(i++);
        field.raw += text.charAt(i);
        field.text += text.charAt(i);
      }
      continue;
    }
    if (c === '' || isEnd(c)) break;
    if (c === dialect.delimiter && !comment) {
      fields.push(field);
      field = { raw: '', text: '', quoted: false };
      state = 'start';
      continue;
    }
    if (state === 'start' && c === dialect.quote) {
      field.quoted = true;
      opened = i;
      state = 'quoted';
      continue;
    }
    if (state === 'closed') fault ??= { code: 'text-after-quote', offset: i };
    state = 'plain';
    if (escapes) field.raw += text.charAt(i++);
    if (escapes && text.startsWith('\r\n', i) && isEnd('\n')) {
      field.raw += '\r';
      field.text += '\r';
      i++;
    }
    field.raw += text.charAt(i);
    field.text += text.charAt(i);
  }
  fields.push(field);
  return { start, end: i, next: i + 1, fields, fault, comment };
}

function faultOf(
  row: Row,
  bytes: Uint8Array,
  { columns, extraFields, maxRowBytes = 64 * 1024 * 1024 }: CsvDecoderOptions,
): { readonly code: CsvErrorCode; readonly offset: number } | undefined {
  if (row.end - row.start > maxRowBytes) return { code: 'too-large', offset: row.start };
  if (row.fault?.code === 'open-quote') return row.fault;
  const firstOfAll =
    row.fields.length > columns.length && extraFields !== 'keep'
      ? { code: 'too-many-fields' as const, offset: row.start }
      : undefined;
  if (row.fault !== undefined || firstOfAll !== undefined) return row.fault ?? firstOfAll;
  for (let at = row.start; at < row.end;) {
    const length = [1, 2, 3, 4].find(
      (n) => at + n <= row.end && isUtf8(bytes.subarray(at, at + n)),
    );
    if (length === undefined) return { code: 'invalid-utf8', offset: at };
    at += length;
  }
  return undefined;
}

function documentOf(row: Row, number: number, options: CsvDecoderOptions): string {
  const { columns, member, extraFields, nulls = [] } = options;
  const members: string[] = [];
  if (member !== undefined) {
    const before = Buffer.from(member.before).toString();
    const after = Buffer.from(member.after).toString();
    members.push(`${JSON.stringify(member.name)}:${before}${member.first + number - 1}${after}`);
  }
  row.fields.slice(0, columns.length).forEach((field, i) => {
    const { name = '', type = 'string' } = columns[i] ?? {};
    members.push(`${JSON.stringify(name)}:${valueOf(field, type, nulls)}`);
  });
  const extra = row.fields.slice(columns.length);
  if (extra.length > 0 && extraFields === 'keep') {
    members.push(`"_extra":[${extra.map((field) => quote(field.text)).join(',')}]`);
  }
  return `{${members.join(',')}}\n`;
}

const number = /^-?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
const literals: Readonly<Record<CsvType, RegExp>> = {
  string: /(?!)/,
  integer: number,
  number,
  boolean: /^(true|True|TRUE|false|False|FALSE)$/,
};

function valueOf(field: Field, type: CsvType, nulls: readonly string[]): string {
  if (!field.quoted && (field.raw === '' || nulls.includes(fromLatin1(field.raw)))) return 'null';
  if (field.quoted && field.raw === '' && type !== 'string') return 'null';
  if (!literals[type].test(field.raw) || field.raw === '-0') return quote(field.text);
  return type === 'boolean' ? field.raw.toLowerCase() : field.raw.replace(/^-?(?=\.)/, '$&0');
}

function quote(latin1: string): string {
  return JSON.stringify(fromLatin1(latin1));
}

function fromLatin1(text: string): string {
  return Buffer.from(text, 'latin1').toString();
}
