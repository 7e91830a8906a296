import { giveBlock } from '@fairlead/json';
import type { Documents } from '@fairlead/sdk';
import { deletedAtMember, Gate } from './gate.ts';
import { newestOf, type Newest } from './newest.ts';
import { Staging } from './staging.ts';
import { createStamp, type Rows, type SpecialRow } from './stamp.ts';
import type { RecordRun } from './split-lines.ts';
import type { SyncStream } from './sync-stream.ts';

/** The records of one stream on their way to becoming rows. */
export class Lane {
  readonly stream: SyncStream;
  /** Records since the last state that they count for. */
  recordCount = 0;
  readonly #staging: Staging;
  readonly #gate: Gate;
  readonly #stamp: (rows: Rows) => Documents;
  readonly #newest: Newest | undefined;

  constructor(stream: SyncStream, now: () => number) {
    this.stream = stream;
    this.#staging = new Staging(stream.where);
    const deletes = stream.merges && stream.columns.some(({ name }) => name === deletedAtMember);
    this.#gate = new Gate(stream.columns, deletes, stream.where);
    this.#stamp = createStamp({ generationId: stream.generationId, syncId: stream.syncId, now });
    const { columns, cursor } = stream;
    const key = columns.flatMap((column) => (column.key ? [column.name] : []));
    this.#newest = cursor && newestOf({ key, cursor: cursor.name, kind: cursor.kind });
  }

  /** Bytes of records that are gathered. */
  get sizeBytes(): number {
    return this.#staging.sizeBytes;
  }

  add(run: RecordRun): void {
    this.#staging.add(run);
    this.recordCount += run.ends.length;
  }

  /**
   * The records that were gathered, as rows; without those that are older than one of their key. Their
   * memory is good until the next call.
   * @throws {Failure} data
   */
  take(): Documents {
    const { lines, emittedAtMs, changes } = this.#staging.take();
    const special = withChanges(this.#gate.look(lines), changes);
    const { bytes, ends } = lines;
    const rows = this.#stamp({ bytes, ends, emittedAtMs, special });
    giveBlock(bytes);
    return this.#newest?.select(rows) ?? rows;
  }

  /** Whether nothing is gathered. */
  get isEmpty(): boolean {
    return this.#staging.count === 0;
  }
}

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
