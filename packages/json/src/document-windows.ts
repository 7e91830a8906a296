import type { Lines } from './lines.ts';

/** The next documents of some lines that are looked at in one go. */
export interface DocumentWindow {
  readonly start: number;
  readonly end: number;
  /** The index after the last document. */
  readonly next: number;
}

/** The documents from index `first` on that fit into the cache of a processor, or the one that does not. */
export function nextWindow(lines: Lines, first: number): DocumentWindow {
  const { ends } = lines;
  const start = first === 0 ? 0 : (ends[first - 1] ?? 0);
  let low = first + 1;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((ends[middle - 1] ?? 0) - start <= windowSize) low = middle;
    else high = middle - 1;
  }
  return { start, end: ends[low - 1] ?? start, next: low };
}

const windowSize = 256 * 1024;
