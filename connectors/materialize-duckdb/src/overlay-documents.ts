import { ByteWriter, members, type Member } from '@fairlead/json';
import { ParquetWriter } from '@fairlead/parquet';
import { doubleQuoted as quote } from '@fairlead/sql-materialize';
import { sameKey, type Fold } from './fold-sql.ts';
import { readSegment, stagedOp, stagedSequence, type SegmentFile } from './load-sql.ts';
import type { AddedRows } from './row-writer.ts';

/**
 * The documents of every key that was patched, those of a key together and in their order, the stored
 * one first: as the number of the key's row in `rows`, a blank, and the document.
 * @param rows the table that `overlaySql` makes.
 * @param column the number of the column that holds documents.
 */
export function chainsSql(fold: Fold, rows: string, column: number): string {
  const { changes, columns, keyCount, target } = fold;
  const keys = Array.from({ length: keyCount }, (_, i) => quote(String(i)));
  const sameNumbers = keys.map((key) => `f.${key} = s.${key}`).join(' AND ');
  const stored = `t.${quote(columns[column] ?? '')}`;
  return `SELECT "row" || ' ' || "document" FROM (
  SELECT f.rowid AS "row", s.${quote(stagedSequence)} AS "place", s.${quote(String(column))} AS "document"
  FROM ${rows} f JOIN ${changes} s ON ${sameNumbers}
  WHERE f."patched" AND s.${quote(stagedOp)} < 3 AND s.${quote(stagedSequence)} >= f."from"
  UNION ALL
  SELECT f.rowid, -1, ${stored}
  FROM ${rows} f JOIN ${target} t ON ${sameKey(fold)}
  WHERE f."patched" AND NOT f."based"
)
WHERE "document" IS NOT NULL
ORDER BY "row", "place"`;
}

/** Sets the documents of `rows` to those in a segment that {@link overlayChains} made. */
export function setDocumentsSql(rows: string, column: number, segment: SegmentFile): string {
  return `UPDATE ${rows} f SET ${quote(String(column))} = r."d"
FROM ${readSegment(segment)} r
WHERE f.rowid = r."r"`;
}

/** Documents, each with the number of its row. */
export interface NumberedDocuments {
  readonly rows: readonly bigint[];
  readonly documents: readonly Uint8Array[];
}

/** What becomes of the chains of documents that {@link chainsSql} finds, about a megabyte at a time. */
export async function* overlayChains(
  chains: AsyncIterable<readonly string[]>,
): AsyncGenerator<NumberedDocuments> {
  let rows: bigint[] = [];
  let documents: Uint8Array[] = [];
  let sizeBytes = 0;
  let row: bigint | undefined;
  let document: Uint8Array = new Uint8Array();
  const end = () => {
    if (row === undefined) return;
    rows.push(row);
    documents.push(document);
    sizeBytes += document.length;
  };
  for await (const texts of chains) {
    for (const text of texts) {
      const blank = text.indexOf(' ');
      const number = BigInt(text.slice(0, blank));
      const next = Buffer.from(text.slice(blank + 1));
      if (number === row) {
        document = overlayDocument(document, next);
        continue;
      }
      end();
      row = number;
      document = next;
    }
    if (sizeBytes < 1 << 20) continue;
    yield { rows, documents };
    rows = [];
    documents = [];
    sizeBytes = 0;
  }
  end();
  yield { rows, documents };
}

/** Gathers documents as rows of the columns `r`, a number, and `d`, the document. */
export class DocumentRows {
  readonly gathered = new ParquetWriter([
    { name: 'r', type: 'int64' },
    { name: 'd', type: 'text' },
  ]);

  add({ rows, documents }: NumberedDocuments): AddedRows {
    const rowCount = rows.length;
    if (rowCount === 0) return { rowCount, longest: 0 };
    const page = { rowCount, nullCount: 0, validity: new Uint8Array() };
    const numbers = BigInt64Array.from(rows);
    this.gathered.add(0, { ...page, values: new Uint8Array(numbers.buffer) });
    const texts = documents.flatMap((document) => [
      new Uint8Array(Uint32Array.of(document.length).buffer),
      document,
    ]);
    this.gathered.add(1, { ...page, values: Buffer.concat(texts) });
    return { rowCount, longest: Math.max(...documents.map(({ length }) => length)) };
  }
}

/** A document with the members of a patch in place of its own, and those that it has not, after them. */
export function overlayDocument(document: Uint8Array, patch: Uint8Array): Uint8Array {
  const patches = new Map([...members(patch)].map((member) => [member.name, member]));
  const out = new ByteWriter(document.length + patch.length);
  out.byte(openBrace);
  const put = (bytes: Uint8Array, { nameStart, end }: Member) => {
    if (out.length > 1) out.byte(comma);
    out.bytes(bytes.subarray(nameStart, end));
  };
  for (const member of members(document)) {
    const replaced = patches.get(member.name);
    patches.delete(member.name);
    if (replaced === undefined) put(document, member);
    else put(patch, replaced);
  }
  for (const member of patches.values()) put(patch, member);
  out.byte(closeBrace);
  return out.take();
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const comma = 0x2c;
