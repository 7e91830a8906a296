import { ByteWriter } from '@fairlead/json';
import { Op, type Documents } from '@fairlead/sdk';
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

/**
 * A copy of the rows of a page from `from` on. Those of documents that were written up to `newUpTo` were not handed out
 * before.
 */
export function documentsOf(
  { lines, ends, count, ts }: Page,
  from: number,
  newUpTo: bigint,
): Documents {
  const start = from === 0 ? 0 : (ends[from - 1] ?? 0);
  const ops = new Uint8Array(count - from);
  let isPlain = true;
  for (let i = from; i < count; i++) {
    if ((ts[i] ?? 0n) > newUpTo) continue;
    ops[i - from] = Op.insert;
    isPlain = false;
  }
  return {
    bytes: lines.slice(start),
    ends: ends.subarray(from).map((end) => end - start),
    ...(isPlain ? {} : { ops }),
  };
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
