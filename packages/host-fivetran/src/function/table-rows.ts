import { countOf, type Documents, Failure, Op, startOf, within } from '@fairlead/sdk';
import type { FunctionTable } from './function-table.ts';
import { KeyIndex } from './key-index.ts';
import { keyReader, type ReadKey } from './read-key.ts';
import { keyRow, reshapeOf } from './reshape.ts';
import { RowBuffer } from './row-buffer.ts';

/**
 * What an answer says of one table. Nobody promises in which order Fivetran applies what is in one
 * answer, nor which of two rows of one key it takes; so a key is there once, as what was said of it
 * last.
 */
export class TableRows {
  readonly table: FunctionTable;
  readonly inserts = new RowBuffer();
  readonly deletes = new RowBuffer();
  readonly #keys = new KeyIndex();
  readonly #readKey: ReadKey;
  #renewed = false;
  #renewedAtMark = false;

  constructor(table: FunctionTable) {
    this.table = table;
    this.#readKey = keyReader(table.key);
  }

  /** Whether what Fivetran had of the table before this answer may go. */
  get isRenewed(): boolean {
    return this.#renewed;
  }

  /** Rows of both kinds. */
  get rowCount(): number {
    return this.inserts.liveCount + this.deletes.liveCount;
  }

  get sizeBytes(): number {
    return this.inserts.liveBytes + this.deletes.liveBytes;
  }

  /**
   * Takes documents, as copies.
   * @throws {Failure} data, for one that is no row of this table. Only `undo` can be called then.
   */
  store(documents: Documents): void {
    const { ops } = documents;
    const count = countOf(documents);
    try {
      for (let from = 0; from < count;) {
        const deletes = ops?.[from] === Op.delete;
        let to = from + 1;
        if (ops === undefined) to = count;
        else while (to < count && (ops[to] === Op.delete) === deletes) to++;
        if (deletes) this.#delete(documents, from, to);
        else this.#insert(documents, from, to);
        from = to;
      }
    } catch (error) {
      throw within(`stream ${this.table.stream}`, error);
    }
  }

  /** The table is read anew: rows that do not come again may go. What was deleted stays so. */
  renew(): void {
    this.inserts.removeAll();
    this.#renewed = true;
  }

  /** What was taken so far stays, whatever is undone later. */
  mark(): void {
    this.inserts.mark();
    this.deletes.mark();
    this.#renewedAtMark = this.#renewed;
  }

  /** Makes the rows what they were at the last mark. No more can be taken afterwards. */
  undo(): void {
    this.inserts.undo();
    this.deletes.undo();
    this.#renewed = this.#renewedAtMark;
  }

  /** Gives the memory of the rows back. Nothing can be done afterwards. */
  release(): void {
    this.inserts.release();
    this.deletes.release();
  }

  #insert(documents: Documents, from: number, to: number): void {
    const { bytes, ends, ops } = documents;
    const { key } = this.table;
    if (ops?.subarray(from, to).includes(Op.patch) === true) throw partialRow();
    const reshape = reshapeOf(documents, key);
    const first = this.inserts.count;
    if (reshape === undefined) this.inserts.addAll(documents, from, to);
    if (reshape === undefined && key.length === 0) return;
    for (let index = from; index < to; index++) {
      const start = startOf(documents, index);
      const end = (ends[index] ?? 0) - 1;
      if (key.length > 0) this.#expectKey(bytes, start, end);
      if (reshape !== undefined) this.inserts.add(reshape(bytes.subarray(start, end)));
      if (key.length > 0) this.#replace(2 * (first + index - from));
    }
  }

  #delete(documents: Documents, from: number, to: number): void {
    const { bytes, ends } = documents;
    const { key } = this.table;
    if (key.length === 0) throw keylessDelete();
    for (let index = from; index < to; index++) {
      const start = startOf(documents, index);
      const end = (ends[index] ?? 0) - 1;
      this.#expectKey(bytes, start, end);
      this.deletes.add(keyRow(bytes, start, end, key));
      this.#replace(2 * (this.deletes.count - 1) + 1);
    }
  }

  #expectKey(bytes: Uint8Array, start: number, end: number): void {
    const missing = this.#readKey(bytes, start, end, this.#keys);
    if (missing !== undefined) throw missingKey(missing);
  }

  /** Says which row has the key that was read: twice its number, and one more for a deletion. */
  #replace(row: number): void {
    const before = this.#keys.put(row);
    if (before === -1) return;
    if ((before & 1) === 1) this.deletes.remove(before >> 1);
    else this.inserts.remove(before >> 1);
  }
}

function partialRow(): Failure {
  return new Failure(
    'data',
    'a change holds only a part of its row, and an answer has whole ones',
    {
      hint: 'Have the source send whole rows.',
    },
  );
}

function keylessDelete(): Failure {
  return new Failure('data', 'a row was deleted, and the stream has no key to say which');
}

function missingKey(column: string): Failure {
  return new Failure('data', `a document has no ${column}, which is of the key`);
}
