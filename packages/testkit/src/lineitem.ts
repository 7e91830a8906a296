import { open } from 'node:fs/promises';
import type { JsonSchema } from '@fairlead/json';
import type { Documents } from '@fairlead/sdk';
import { longestRowBytes, type RowForm, writeRow } from './lineitem-row.ts';

export interface LineitemOptions {
  readonly rows: number;
  /** The first row; 0 unless set. Row `n` is the same in every call. */
  readonly from?: number;
  /** Another seed makes other rows. */
  readonly seed?: number;
}

export interface LineitemColumn {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** The 16 columns, in order, with JSON Schemas that all rows fulfil. `l_commitdate` and `l_comment` may be null. */
export const lineitemColumns: readonly LineitemColumn[] = [
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
  yield header;
  for (const { bytes } of batches(csvForm, options)) yield bytes;
}

export interface LineitemFile {
  readonly format: 'csv' | 'jsonl';
  /** How many rows at most. */
  readonly rows?: number;
  /** No row begins after so many bytes. */
  readonly sizeBytes?: number;
  readonly seed?: number;
}

/**
 * Writes rows to a file until there are enough.
 * @returns how many there are.
 */
export async function writeLineitem(path: string, options: LineitemFile): Promise<number> {
  const { format, rows = Number.MAX_SAFE_INTEGER, sizeBytes = Infinity, seed = 1 } = options;
  const file = await open(path, 'w');
  try {
    let written = 0;
    let count = 0;
    if (format === 'csv') {
      await file.writeFile(header);
      written = header.length;
    }
    for (const { bytes, ends } of batches(format === 'csv' ? csvForm : jsonForm, { rows, seed })) {
      const enough = ends.findIndex((end) => written + end >= sizeBytes) + 1;
      const taken = enough === 0 ? ends.length : enough;
      const end = ends[taken - 1] ?? 0;
      await file.writeFile(bytes.subarray(0, end));
      written += end;
      count += taken;
      if (enough > 0) break;
    }
    return count;
  } finally {
    await file.close();
  }
}

const batchBytes = 1 << 20;
const encoder = new TextEncoder();
const header = encoder.encode(`${lineitemColumns.map(({ name }) => name).join(',')}\n`);

function* batches(
  form: RowForm,
  { rows, from = 0, seed = 1 }: LineitemOptions,
): Generator<Documents, void, undefined> {
  const end = from + rows;
  for (let index = from; index < end;) {
    const bytes = new Uint8Array(batchBytes);
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
