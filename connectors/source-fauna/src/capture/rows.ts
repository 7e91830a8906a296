import { ByteWriter } from '@fairlead/json';
import { Op, selectDocuments, type Documents } from '@fairlead/sdk';
import type { Page } from '../wire/page.ts';
import { timeText } from './time-text.ts';

/** A row by its document, and the time at which that was written or deleted. */
export interface RowPlace {
  readonly ts: number;
  readonly ref: string;
}

/** Row `index` of a page. */
export function rowPlace({ lines, refs, ts }: Page, index: number): RowPlace {
  const ref = Buffer.from(lines.subarray(refs[2 * index], refs[2 * index + 1]));
  return { ts: Number(ts[index]), ref: ref.toString() };
}

/** The last row of a page; undefined when it has none. */
export function lastPlace(page: Page): RowPlace | undefined {
  return page.count === 0 ? undefined : rowPlace(page, page.count - 1);
}

export interface RowsOptions {
  /** Documents that were written up to here were not handed out before. */
  readonly newUpTo: number;
  /** The row before the first. */
  readonly before?: { readonly ts?: unknown; readonly ref?: unknown } | undefined;
  /** A row that may have been handed out, as an index can have it several times. */
  readonly doubtful?: RowPlace | undefined;
}

/** A copy of the rows of a page, each document once: an index may have it several times, one after the other. */
export function documentsOf(page: Page, { newUpTo, before, doubtful }: RowsOptions): Documents {
  const { lines, ends, count } = page;
  const times = timesOf(page);
  const ops = new Uint8Array(count);
  let isPlain = true;
  let repeats = 0;
  for (let i = 0; i < count; i++) {
    if (isRepeated(page, times, i, before)) repeats++;
    const ts = timeAt(times, i);
    if (ts > newUpTo) continue;
    if (ts === doubtful?.ts && rowPlace(page, i).ref === doubtful.ref) continue;
    ops[i] = Op.insert;
    isPlain = false;
  }
  const all = { bytes: lines.slice(), ends: ends.slice(), ...(isPlain ? {} : { ops }) };
  if (repeats === 0) return all;
  return selectDocuments(all, (index) => !isRepeated(page, times, index, before));
}

function isRepeated(
  page: Page,
  times: Int32Array,
  index: number,
  before: RowsOptions['before'],
): boolean {
  if (index === 0) {
    if (before?.ref === undefined) return false;
    const { ts, ref } = rowPlace(page, 0);
    return ts === before.ts && ref === before.ref;
  }
  if (times[2 * index] !== times[2 * index - 2]) return false;
  if (times[2 * index + 1] !== times[2 * index - 1]) return false;
  const { refs, lines } = page;
  const from = refs[2 * index - 2] ?? 0;
  const next = refs[2 * index] ?? 0;
  const length = (refs[2 * index - 1] ?? 0) - from;
  if ((refs[2 * index + 1] ?? 0) - next !== length) return false;
  for (let i = 0; i < length; i++) if (lines[from + i] !== lines[next + i]) return false;
  return true;
}

/** The times of rows as halves of 32 bits, the lower one first: a bigint for each would be garbage. */
function timesOf({ ts }: Page): Int32Array {
  return new Int32Array(ts.buffer, ts.byteOffset, 2 * ts.length);
}

/** The time of a row, exact below 2^53 µs, which is the year 2255. */
function timeAt(times: Int32Array, index: number): number {
  return (times[2 * index + 1] ?? 0) * 2 ** 32 + ((times[2 * index] ?? 0) >>> 0);
}

/** The rows of a page from `from` on as deletions, each with the time of it in a column. */
export function deletionsOf(page: Page, from: number, column: string): Documents {
  const { lines, ends, count, ts } = page;
  const out = new ByteWriter();
  const member = deletionMember(column);
  const places = new Uint32Array(count - from);
  for (let i = from; i < count; i++) {
    putDeletion(out, lines.subarray(i === 0 ? 0 : ends[i - 1], ends[i]), member, ts[i] ?? 0n);
    places[i - from] = out.length;
  }
  const ops = new Uint8Array(count - from).fill(Op.delete);
  return { bytes: out.take(), ends: places, ops };
}

/** What stands before the time in a deletion. */
export function deletionMember(column: string): Uint8Array {
  return Buffer.from(`,${JSON.stringify(column)}:"`);
}

/** Writes a row, which is a line of JSON, with the time of its deletion as its last member. */
export function putDeletion(
  out: ByteWriter,
  line: Uint8Array,
  member: Uint8Array,
  ts: bigint,
): void {
  // Without its brace and line break.
  out.bytes(line.subarray(0, -2));
  out.bytes(member);
  out.ascii(`${timeText(ts)}"}\n`);
}

/** The keys of the rows of a page: `["101"]`. */
export function keysOf({ lines, refs, count }: Page): Documents {
  const out = new ByteWriter();
  const ends = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    out.ascii('["');
    out.bytes(lines.subarray(refs[2 * i], refs[2 * i + 1]));
    out.ascii('"]\n');
    ends[i] = out.length;
  }
  return { bytes: out.take(), ends };
}
