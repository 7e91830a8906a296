import { ByteWriter, encodeString, members, type Member } from '@fairlead/json';
import { doubleQuoted as quote } from '@fairlead/sql-materialize';
import { sameKey, type Fold } from './fold-sql.ts';
import { readJson, stagedOp, stagedSequence, type SegmentFile } from './load-sql.ts';
import type { Rows } from './row-writer.ts';

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
FROM ${readJson(segment, `"r": 'BIGINT', "d": 'VARCHAR'`)} r
WHERE f.rowid = r."r"`;
}

/** What becomes of the chains of documents that {@link chainsSql} finds: `{"r":<row>,"d":<document>}`. */
export async function* overlayChains(
  chains: AsyncIterable<readonly string[]>,
): AsyncGenerator<Rows> {
  const rows = new RowGatherer();
  let row: string | undefined;
  let document: Uint8Array = new Uint8Array();
  for await (const texts of chains) {
    for (const text of texts) {
      const blank = text.indexOf(' ');
      const next = Buffer.from(text.slice(blank + 1));
      if (text.slice(0, blank) === row) {
        document = overlayDocument(document, next);
        continue;
      }
      if (row !== undefined) rows.add(row, document);
      row = text.slice(0, blank);
      document = next;
    }
    if (rows.sizeBytes >= 1 << 20) yield rows.take();
  }
  if (row !== undefined) rows.add(row, document);
  yield rows.take();
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

class RowGatherer {
  readonly #out = new ByteWriter();
  #rowCount = 0;
  #longest = 0;

  get sizeBytes(): number {
    return this.#out.length;
  }

  add(row: string, document: Uint8Array): void {
    const start = this.#out.length;
    this.#out.ascii(`{"r":${row},"d":`);
    encodeString(Buffer.from(document).toString(), this.#out);
    this.#out.ascii('}\n');
    this.#rowCount++;
    this.#longest = Math.max(this.#longest, this.#out.length - start);
  }

  take(): Rows {
    const rows = { bytes: this.#out.take(), rowCount: this.#rowCount, longest: this.#longest };
    this.#rowCount = 0;
    this.#longest = 0;
    return rows;
  }
}
