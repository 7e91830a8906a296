import { open } from 'node:fs/promises';
import type { Documents } from '@fairlead/sdk';
import { longestRowBytes, type RowForm, writeRow } from './lineitem-row.ts';

export interface LineitemOptions {
  readonly rows: number;
  /** The first row; 0 unless set. Row `n` is the same in every call. */
  readonly from?: number;
  /** Another seed makes other rows. */
  readonly seed?: number;
}

/** The 16 columns, in order, with JSON Schemas that all rows fulfil. `l_commitdate` and `l_comment` may be null. */
export const lineitemColumns: readonly { readonly name: string; readonly schema: object }[] = [
  ...['l_orderkey', 'l_partkey', 'l_suppkey', 'l_linenumber'].map((name) => ({
    name,
    schema: { type: 'integer' },
  })),
  ...['l_quantity', 'l_extendedprice', 'l_discount', 'l_tax'].map((name) => ({
    name,
    schema: { type: 'number' },
  })),
  { name: 'l_returnflag', schema: { type: 'string' } },
  { name: 'l_linestatus', schema: { type: 'string' } },
  { name: 'l_shipdate', schema: { type: 'string', format: 'date' } },
  { name: 'l_commitdate', schema: { type: ['string', 'null'], format: 'date' } },
  { name: 'l_receiptdate', schema: { type: 'string', format: 'date' } },
  { name: 'l_shipinstruct', schema: { type: 'string' } },
  { name: 'l_shipmode', schema: { type: 'string' } },
  { name: 'l_comment', schema: { type: ['string', 'null'] } },
];

/** Names of the columns that identify a row. */
export const lineitemKey: readonly string[] = ['l_orderkey', 'l_linenumber'];

/** Rows as JSON documents, some 350 bytes each, in batches of about 1 MiB. */
export function lineitemDocuments(options: LineitemOptions): Iterable<Documents> {
  return batches(jsonForm, options);
}

/**
 * Rows as CSV, some 130 bytes each, in pieces of about 1 MiB: a line of names first, then rows that
 * end with `\n`; nothing between two commas is null.
 */
export function* lineitemCsv(options: LineitemOptions): Generator<Uint8Array, void, undefined> {
  yield encoder.encode(`${lineitemColumns.map(({ name }) => name).join(',')}\n`);
  for (const { bytes } of batches(csvForm, options)) yield bytes;
}

/**
 * Writes a file of `rows` rows, or of the first rows that make `sizeBytes`.
 * @returns how many rows it has.
 */
export async function writeLineitem(
  path: string,
  format: 'csv' | 'jsonl',
  size: { readonly rows: number } | { readonly sizeBytes: number },
  seed = 1,
): Promise<number> {
  const limit = 'rows' in size ? size : { ...size, rows: Number.MAX_SAFE_INTEGER };
  const maxBytes = 'rows' in limit && 'sizeBytes' in limit ? limit.sizeBytes : Infinity;
  const file = await open(path, 'w');
  try {
    let sizeBytes = 0;
    let rows = 0;
    if (format === 'csv') {
      for (const header of lineitemCsv({ rows: 0 })) sizeBytes += (await file.write(header)).bytesWritten;
    }
    const form = format === 'csv' ? csvForm : jsonForm;
    for (const { bytes, ends } of batches(form, { rows: limit.rows, seed })) {
      const over = ends.findIndex((end) => sizeBytes + end >= maxBytes);
      const count = over === -1 ? ends.length : over + 1;
      const part = bytes.subarray(0, ends[count - 1]);
      await file.writeFile(part);
      sizeBytes += part.length;
      rows += count;
      if (over !== -1) break;
    }
    return rows;
  } finally {
    await file.close();
  }
}

const batchBytes = 1 << 20;
const encoder = new TextEncoder();

function* batches(
  form: RowForm,
  { rows, from = 0, seed = 1 }: LineitemOptions,
): Generator<Documents, void, undefined> {
  const end = from + rows;
  for (let index = from; index < end;) {
    const bytes = Buffer.allocUnsafeSlow(batchBytes);
    const ends: number[] = [];
    let at = 0;
    while (index < end && at + longestRowBytes <= batchBytes) {
      at = writeRow(form, index++, seed, bytes, at);
      ends.push(at);
    }
    yield { bytes: bytes.subarray(0, at), ends: Uint32Array.from(ends) };
  }
}

/** Remarks that a reader must not take for something else. */
const remarks = [
  'says "quick, final" twice',
  'one, two, three',
  'first line\nsecond line',
  'first line\r\nsecond line',
  'Zürich – 北京 – ნინო 🚢',
  'a tab\tand a back\\slash',
  '"',
  "it's; a = 1 -- /* nothing */",
  'ends with a comma,',
  'null',
  ' space at both ends ',
  '{"not":["json"]}',
];

const jsonForm: RowForm = {
  before: lineitemColumns.map(({ name }, index) =>
    encoder.encode(`${index === 0 ? '{' : ','}"${name}":`),
  ),
  after: encoder.encode('}\n'),
  quote: encoder.encode('"'),
  nothing: encoder.encode('null'),
  remarks: remarks.map((remark) => encoder.encode(JSON.stringify(remark))),
};

const csvForm: RowForm = {
  before: lineitemColumns.map((_, index) => encoder.encode(index === 0 ? '' : ',')),
  after: encoder.encode('\n'),
  quote: encoder.encode(''),
  nothing: encoder.encode(''),
  remarks: remarks.map((remark) => encoder.encode(`"${remark.replaceAll('"', '""')}"`)),
};
