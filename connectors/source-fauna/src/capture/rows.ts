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
  readonly newUpTo: bigint;
  /** The row before the first. */
  readonly before?: { readonly ts?: unknown; readonly ref?: unknown } | undefined;
  /** A row that may have been handed out, as an index can have it several times. */
  readonly doubtful?: RowPlace | undefined;
}

/** A copy of the rows of a page, each document once: an index may have it several times, one after the other. */
export function documentsOf(page: Page, { newUpTo, before, doubtful }: RowsOptions): Documents {
  const { lines, ends, count, ts } = page;
  const ops = new Uint8Array(count);
  let isPlain = true;
  let repeats = 0;
  for (let i = 0; i < count; i++) {
    if (isRepeated(page, i, before)) repeats++;
    if ((ts[i] ?? 0n) > newUpTo) continue;
    if (Number(ts[i]) === doubtful?.ts && rowPlace(page, i).ref === doubtful.ref) continue;
    ops[i] = Op.insert;
    isPlain = false;
  }
  const all = { bytes: lines.slice(), ends: ends.slice(), ...(isPlain ? {} : { ops }) };
  if (repeats === 0) return all;
  return selectDocuments(all, (index) => !isRepeated(page, index, before));
}

function isRepeated(page: Page, index: number, before: RowsOptions['before']): boolean {
  if (index === 0) {
    if (before?.ref === undefined) return false;
    const { ts, ref } = rowPlace(page, 0);
    return ts === before.ts && ref === before.ref;
  }
  const { ts, refs, lines } = page;
  if (ts[index] !== ts[index - 1]) return false;
  const [from = 0, end = 0, next = 0, nextEnd = 0] = refs.subarray(2 * index - 2, 2 * index + 2);
  if (end - from !== nextEnd - next) return false;
  for (let i = 0; i < end - from; i++) if (lines[from + i] !== lines[next + i]) return false;
  return true;
}

/** The rows of a page from `from` on as deletions, each with the time of it in a column. */
export function deletionsOf(page: Page, from: number, column: string): Documents {
  const { lines, ends, count, ts } = page;
  const out = new ByteWriter();
  const member = Buffer.from(`,${JSON.stringify(column)}:"`);
  const places = new Uint32Array(count - from);
  for (let i = from; i < count; i++) {
    // Without its brace and line break.
    out.bytes(lines.subarray(i === 0 ? 0 : ends[i - 1], (ends[i] ?? 0) - 2));
    out.bytes(member);
    out.ascii(`${timeText(ts[i] ?? 0n)}"}\n`);
    places[i - from] = out.length;
  }
  const ops = new Uint8Array(count - from).fill(Op.delete);
  return { bytes: out.take(), ends: places, ops };
}
