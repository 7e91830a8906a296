import { ByteWriter } from '@fairlead/json';
import { Op, startOf, type Documents } from '@fairlead/sdk';
import { timeSize, writeTime } from './emitted-at.ts';
import { nextRawId, rawIdSize, writeRawId } from './raw-id.ts';

/** Rows of one stream, whose documents have proven to be JSON objects. */
export interface Rows {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  /** In milliseconds, of each. */
  readonly emittedAtMs: Float64Array;
  /** The rows that are not simply their document, by index. */
  readonly special: ReadonlyMap<number, SpecialRow>;
}

export interface SpecialRow {
  /** The document in place of the one that came, with its `\n`. */
  readonly line?: Uint8Array;
  /** What is between the brackets of `changes` in `_airbyte_meta`. */
  readonly changes?: Uint8Array;
  /** The row is to be deleted. */
  readonly deleted?: boolean;
}

export interface StampOptions {
  readonly generationId: number | undefined;
  readonly syncId: number | undefined;
  readonly now?: () => number;
}

/** The columns that a destination adds, in the order in which they come before the others. */
export const stampedColumns = [
  '_airbyte_raw_id',
  '_airbyte_extracted_at',
  '_airbyte_generation_id',
  '_airbyte_meta',
] as const;

/** What rows begin with, in place of the `{` of their document. */
export interface StampPrefix {
  /** With nothing yet where the id and the time are; the last byte is a comma. */
  readonly bytes: Buffer;
  readonly idAt: number;
  readonly timeAt: number;
  /** Between the brackets of what was changed. */
  readonly changesAt: number;
}

export function stampPrefix({ generationId, syncId }: StampOptions): StampPrefix {
  const sync = syncId === undefined ? '' : `"sync_id":${syncId},`;
  const id = `{"_airbyte_raw_id":"`;
  const time = `","_airbyte_extracted_at":"`;
  const before = `","_airbyte_generation_id":${generationId ?? null},"_airbyte_meta":{${sync}"changes":[`;
  const bytes = Buffer.concat([
    Buffer.from(id),
    Buffer.alloc(rawIdSize),
    Buffer.from(time),
    Buffer.alloc(timeSize),
    Buffer.from(`${before}]},`),
  ]);
  const timeAt = id.length + rawIdSize + time.length;
  return { bytes, idAt: id.length, timeAt, changesAt: bytes.length - ']},'.length };
}

/**
 * Puts the members of {@link stampedColumns} in front of those of each row. The memory of what is
 * returned is good until the next call.
 */
export function createStamp(options: StampOptions): (rows: Rows) => Documents {
  const { now = Date.now } = options;
  const { bytes: prefix, idAt, timeAt, changesAt } = stampPrefix(options);

  /** The rows from index `first` on, up to the next special one; where they end. */
  function stampPlain(rows: Rows, first: number, next: number, out: Output): void {
    const { bytes, ends, emittedAtMs } = rows;
    const from = startOf(rows, first);
    const size = (ends[next - 1] ?? from) - from;
    // The documents go to the right end, and from there row by row to their places, so that
    // nothing is overwritten before it was moved: a plain copy for each would take three times as long.
    const begin = out.at;
    const room = (next - first) * (prefix.length - 1);
    const buffer = out.buffer;
    buffer.set(bytes.subarray(from, from + size), begin + room);
    let source = begin + room;
    let to = begin;
    let last = out.lastMs;
    for (let index = first; index < next; index++) {
      const end = begin + room + (ends[index] ?? 0) - from;
      const ms = emittedAtMs[index] ?? 0;
      if (ms !== last) writeTime(buffer, timeAt, ms, last);
      last = ms;
      nextRawId(buffer, idAt);
      buffer.copyWithin(to, 0, prefix.length);
      to += prefix.length;
      if (buffer[source + 1] !== quote && isEmpty(buffer, source)) to--;
      buffer.copyWithin(to, source + 1, end);
      to += end - source - 1;
      out.ends[index] = to - prefix.length;
      source = end;
    }
    out.lastMs = last;
    out.at = to;
  }

  function stampSpecial(rows: Rows, index: number, row: SpecialRow, out: Output): void {
    const { bytes, ends, emittedAtMs } = rows;
    const line = row.line ?? bytes.subarray(startOf(rows, index), ends[index]);
    const ms = emittedAtMs[index] ?? 0;
    writeTime(out.buffer, timeAt, ms, out.lastMs);
    out.lastMs = ms;
    nextRawId(out.buffer, idAt);
    const whole = new ByteWriter(prefix.length + line.length + 256);
    whole.bytes(out.buffer.subarray(0, changesAt));
    if (row.changes !== undefined) whole.bytes(row.changes);
    whole.ascii(isEmpty(line, 0) ? ']}' : ']},');
    whole.bytes(line.subarray(1));
    out.buffer.set(whole.view(), out.at);
    out.at += whole.length;
    out.ends[index] = out.at - prefix.length;
  }

  // Memory that was used already costs much less than new one.
  let kept: Buffer = Buffer.alloc(0);
  return (rows) => {
    const { ends, special } = rows;
    const out = startOutput(rows, prefix, kept);
    if (out.buffer.length <= largestKept) kept = out.buffer;
    writeRawId(out.buffer, idAt, now());
    let index = 0;
    for (const [place, row] of special) {
      if (place > index) stampPlain(rows, index, place, out);
      stampSpecial(rows, place, row, out);
      index = place + 1;
    }
    if (index < ends.length) stampPlain(rows, index, ends.length, out);
    const ops = opsOf(rows);
    const bytes = out.buffer.subarray(prefix.length, out.at);
    return ops === undefined ? { bytes, ends: out.ends } : { bytes, ends: out.ends, ops };
  };
}

interface Output {
  /** Begins with the prefix of the row that was written last. */
  readonly buffer: Buffer;
  readonly ends: Uint32Array;
  at: number;
  /** The time in that prefix; -1 when there is none yet. */
  lastMs: number;
}

function startOutput({ bytes, ends, special }: Rows, prefix: Buffer, kept: Buffer): Output {
  let size = prefix.length * (ends.length + 1) + bytes.length;
  for (const { line, changes } of special.values()) {
    size += (line?.length ?? 0) + (changes?.length ?? 0);
  }
  const buffer = size <= kept.length ? kept : Buffer.allocUnsafeSlow(size + (size >> 2));
  buffer.set(prefix);
  return { buffer, ends: new Uint32Array(ends.length), at: prefix.length, lastMs: -1 };
}

function opsOf({ ends, special }: Rows): Uint8Array | undefined {
  let ops: Uint8Array | undefined;
  for (const [index, { deleted }] of special) {
    if (deleted !== true) continue;
    ops ??= new Uint8Array(ends.length).fill(Op.upsert);
    ops[index] = Op.delete;
  }
  return ops;
}

/** Whether the object that begins at `at` has no members. */
function isEmpty(bytes: Uint8Array, at: number): boolean {
  let index = at + 1;
  while ((bytes[index] ?? 0x21) <= 0x20) index++;
  return bytes[index] === closeBrace;
}

const largestKept = 8 * 1024 * 1024;
const quote = 0x22;
const closeBrace = 0x7d;
