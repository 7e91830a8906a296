import { giveBlock } from '@fairlead/json';
import type { Documents } from '@fairlead/sdk';
import { deletedAtMember, Gate } from './gate.ts';
import { newestOf, type Newest } from './newest.ts';
import type { RecordLayout } from './record-layout.ts';
import { RecordTable } from './record-table.ts';
import { RowBuffer } from './row-buffer.ts';
import { Stopped, type RowKernel, type RowTaker, type Unwrapped } from './row-kernel.ts';
import { Staging } from './staging.ts';
import { createStamp, stampPrefix, type Rows, type SpecialRow, type StampPrefix } from './stamp.ts';
import type { RecordRun } from './split-lines.ts';
import type { SyncStream } from './sync-stream.ts';

/**
 * The records of one stream on their way to becoming rows. They are in three places, the first ones in the
 * first: rows, rows in the kernel's memory, records that are no rows yet. There are none in the second
 * when there are some in the third.
 */
export class Lane implements RowTaker {
  readonly stream: SyncStream;
  readonly prefix: StampPrefix;
  readonly table: RecordTable;
  /** Records since the last state that they count for. */
  recordCount = 0;
  readonly #rows = new RowBuffer();
  readonly #kernel: RowKernel;
  readonly #staging: Staging;
  readonly #gate: Gate;
  readonly #stamp: (rows: Rows) => Documents;
  readonly #newest: Newest | undefined;

  constructor(stream: SyncStream, kernel: RowKernel, now: () => number) {
    this.stream = stream;
    this.#kernel = kernel;
    this.#staging = new Staging(stream.where);
    const deletes = stream.merges && stream.columns.some(({ name }) => name === deletedAtMember);
    this.#gate = new Gate(stream.columns, deletes, stream.where);
    this.table = new RecordTable(this.#gate.accepted);
    const ids = { generationId: stream.generationId, syncId: stream.syncId };
    this.prefix = stampPrefix(ids);
    this.#stamp = createStamp({ ...ids, now });
    const { columns, cursor } = stream;
    const key = columns.flatMap((column) => (column.key ? [column.name] : []));
    this.#newest = cursor && newestOf({ key, cursor: cursor.name, kind: cursor.kind });
  }

  /** Bytes of what is gathered. */
  get sizeBytes(): number {
    return this.#rows.sizeBytes + this.#kernel.sizeOf(this) + this.#staging.sizeBytes;
  }

  /** Takes records whatever they hold. */
  add(run: RecordRun): void {
    this.#takeBack();
    this.#staging.add(run);
    this.recordCount += run.ends.length;
  }

  /**
   * Takes the records between two places of the kernel's input, as long as they are of this layout, and
   * such that nothing is to be done about them.
   * @throws {Failure} data, for one that came before.
   */
  unwrap(layout: RecordLayout, from: number, to: number): Unwrapped {
    if (this.#staging.count > 0) this.#rows.add(this.#stamped());
    const unwrapped = this.#kernel.unwrap(this, layout, from, to);
    this.recordCount += unwrapped.count;
    if (unwrapped.stopped === Stopped.full) this.#takeBack();
    return unwrapped;
  }

  /** For the kernel: rows that have to leave it. */
  absorb(rows: Documents): void {
    this.#rows.add(rows);
  }

  /**
   * The records that were gathered, as rows; without those that are older than one of their key. Their
   * memory is good until the next call.
   * @throws {Failure} data
   */
  take(): Documents {
    const rows = this.#take();
    return this.#newest?.select(rows) ?? rows;
  }

  /** Whether nothing is gathered. */
  get isEmpty(): boolean {
    return this.sizeBytes === 0;
  }

  #take(): Documents {
    if (this.#rows.count === 0) {
      // What is in one place only is not copied.
      return this.#staging.count > 0 ? this.#stamped() : (this.#kernel.take(this) ?? none);
    }
    this.#takeBack();
    if (this.#staging.count > 0) this.#rows.add(this.#stamped());
    return this.#rows.take();
  }

  /** Takes the rows that are in the kernel's memory. */
  #takeBack(): void {
    const rows = this.#kernel.take(this);
    if (rows !== undefined) this.#rows.add(rows);
  }

  /** The records that are no rows yet, as rows. */
  #stamped(): Documents {
    const { lines, emittedAtMs, changes } = this.#staging.take();
    const special = withChanges(this.#gate.look(lines), changes);
    const { bytes, ends } = lines;
    const rows = this.#stamp({ bytes, ends, emittedAtMs, special });
    giveBlock(bytes);
    return rows;
  }
}

const none: Documents = { bytes: new Uint8Array(), ends: new Uint32Array() };

/** Rows with what happened to them on their way here before what happens to them now. */
function withChanges(
  special: Map<number, SpecialRow>,
  changes: ReadonlyMap<number, Uint8Array>,
): ReadonlyMap<number, SpecialRow> {
  if (changes.size === 0) return special;
  for (const [index, before] of changes) {
    const row = special.get(index);
    const own = row?.changes;
    const all = own === undefined ? before : Buffer.concat([before, Buffer.from(','), own]);
    special.set(index, { ...row, changes: all });
  }
  return new Map([...special].sort(([a], [b]) => a - b));
}
