import { ByteWriter } from '@fairlead/json';
import { countOf, type Documents, Failure, Op, startOf, within } from '@fairlead/sdk';
import type { FunctionTable } from './function-table.ts';
import { KeyIndex } from './key-index.ts';
import { keyKernel, RowForm, windowEnd } from './key-kernel.ts';
import { type KeyPlan, planKey } from './key-plan.ts';
import { readKey } from './read-key.ts';
import { hasReserved, keyRowOf, rowOf } from './reshape.ts';
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
  readonly #plan: KeyPlan | undefined;
  /** Whether a part of the key is inside of a member. */
  readonly #isNested: boolean;
  /** For rows that are not the kernel's, one at a time. */
  #writer: ByteWriter | undefined;
  #renewed = false;
  #renewedAtMark = false;

  constructor(table: FunctionTable) {
    this.table = table;
    this.#plan = planKey(table.key);
    this.#isNested = table.key.some(({ path }) => path.length > 1);
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
    const count = countOf(documents);
    try {
      for (let from = 0; from < count;) {
        const to = windowEnd(documents, from);
        this.#storeWindow(documents, from, to);
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
    this.#keys.release();
  }

  #storeWindow(documents: Documents, from: number, to: number): void {
    const { bytes, ops } = documents;
    const window = {
      documents,
      renames: hasReserved(bytes.subarray(startOf(documents, from), startOf(documents, to))),
      hasKernel: this.#plan !== undefined && keyKernel().open(this.#plan, documents, from, to),
    };
    if (ops === undefined) return this.#insert(window, from, to);
    for (let first = from; first < to;) {
      const deletes = ops[first] === Op.delete;
      let next = first + 1;
      while (next < to && (ops[next] === Op.delete) === deletes) next++;
      if (deletes) this.#delete(window, first, next);
      else this.#insert(window, first, next);
      first = next;
    }
  }

  #insert({ documents, renames, hasKernel }: Window, from: number, to: number): void {
    if (documents.ops?.subarray(from, to).includes(Op.patch) === true) throw partialRow();
    const { inserts } = this;
    const { key } = this.table;
    const isAsItIs = !renames && !this.#isNested;
    const first = inserts.count;
    if (isAsItIs) inserts.addAll(documents, from, to);
    if (isAsItIs && key.length === 0) return;
    const form = isAsItIs ? RowForm.asItIs : RowForm.lifted;
    for (let index = from; index < to; index++) {
      // Documents that get other names have other rows than those of the kernel.
      if (hasKernel && !renames) {
        const run = keyKernel().read(index, to, form, this.#keys.last);
        if (!isAsItIs) inserts.addAll(run.rows, 0, run.count);
        this.#keys.putAll(run, insertRow(first + index - from), rowStep, this.#remove);
        index += run.count;
        if (index === to) return;
      }
      const document = documentAt(documents, index);
      if (key.length > 0) this.#expectKey(document);
      if (!isAsItIs) {
        this.#writer ??= new ByteWriter();
        inserts.add(rowOf(document, key, this.#writer));
      }
      if (key.length > 0) this.#replace(insertRow(first + index - from));
    }
  }

  #delete({ documents, hasKernel }: Window, from: number, to: number): void {
    const { deletes } = this;
    const { key } = this.table;
    if (key.length === 0) throw keylessDelete();
    for (let index = from; index < to; index++) {
      if (hasKernel) {
        const run = keyKernel().read(index, to, RowForm.keyAlone, this.#keys.last);
        const row = deleteRow(deletes.count);
        deletes.addAll(run.rows, 0, run.count);
        this.#keys.putAll(run, row, rowStep, this.#remove);
        index += run.count;
        if (index === to) return;
      }
      const document = documentAt(documents, index);
      this.#expectKey(document);
      this.#writer ??= new ByteWriter();
      deletes.add(keyRowOf(document, key, this.#writer));
      this.#replace(deleteRow(deletes.count - 1));
    }
  }

  #expectKey(document: Uint8Array): void {
    const missing = readKey(document, this.table.key, this.#keys);
    if (missing !== undefined) throw missingKey(missing);
  }

  #replace(row: number): void {
    const before = this.#keys.put(row);
    if (before !== -1) this.#remove(before);
  }

  readonly #remove = (row: number): void => {
    if ((row & 1) === 1) this.deletes.remove(row >>> 1);
    else this.inserts.remove(row >>> 1);
  };
}

/** Some documents that are stored in one go. */
interface Window {
  readonly documents: Documents;
  /** Whether some may have members that get other names. */
  readonly renames: boolean;
  /** Whether the kernel has them. */
  readonly hasKernel: boolean;
}

// Rows of both kinds are counted together: even ones are inserts.
const rowStep = 2;
const insertRow = (row: number) => rowStep * row;
const deleteRow = (row: number) => rowStep * row + 1;

/** A document without its end of line. */
function documentAt(documents: Documents, index: number): Uint8Array {
  return documents.bytes.subarray(startOf(documents, index), (documents.ends[index] ?? 0) - 1);
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
