import { compareNames } from '../wire/names.ts';

/** A part of the names of a collection, of which some may have been read. */
export interface KeyRange {
  /** The first name that may be in it; absent for no bound. */
  readonly from: Uint8Array | undefined;
  /** The first name after it; absent for no bound. */
  readonly to: Uint8Array | undefined;
  /** The last name that was read; absent when none was. It need not exist any more. */
  readonly cursor: Uint8Array | undefined;
  isDone: boolean;
  /** What was heard of it and forgotten is told up to here, in microseconds since 1970. */
  notBefore: number;
}

interface MutableRange extends KeyRange {
  to: Uint8Array | undefined;
  cursor: Uint8Array | undefined;
}

/** Ranges that follow one another, in the order of names. */
export class KeyRanges {
  readonly #ranges: MutableRange[];

  /** @param ranges at least one, in order, each of which begins where the one before ends. */
  constructor(ranges: readonly KeyRange[]) {
    this.#ranges = ranges.map((range) => ({ ...range }));
  }

  get all(): readonly KeyRange[] {
    return this.#ranges;
  }

  get isDone(): boolean {
    return this.#ranges.every(({ isDone }) => isDone);
  }

  /** The range with a name; undefined when it is outside of all. */
  of(name: Uint8Array): KeyRange | undefined {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { to } = this.#ranges[middle] ?? {};
      if (to !== undefined && compare(name, to) >= 0) low = middle + 1;
      else high = middle;
    }
    const found = this.#ranges[low];
    if (found?.from !== undefined && compare(name, found.from) < 0) return undefined;
    return found;
  }

  /** Whether a name of the range has been read, if it was there. */
  isRead({ isDone, cursor }: KeyRange, name: Uint8Array): boolean {
    return isDone || (cursor !== undefined && compare(name, cursor) <= 0);
  }

  /** Sets the cursor of a range. */
  advance(range: KeyRange, cursor: Uint8Array): void {
    this.#own(range).cursor = cursor;
  }

  /** Splits a range at a name behind its cursor; the second part is returned. */
  split(range: KeyRange, name: Uint8Array): KeyRange {
    const { from, to, cursor } = range;
    const isInside =
      !range.isDone &&
      (from === undefined || compare(name, from) > 0) &&
      (to === undefined || compare(name, to) < 0) &&
      (cursor === undefined || compare(name, cursor) > 0);
    if (!isInside) throw new Error('a range is split at a name that is still to be read');
    const own = this.#own(range);
    const upper: MutableRange = {
      from: name,
      to,
      cursor: undefined,
      isDone: false,
      notBefore: range.notBefore,
    };
    own.to = name;
    this.#ranges.splice(this.#ranges.indexOf(own) + 1, 0, upper);
    return upper;
  }

  #own(range: KeyRange): MutableRange {
    const own = this.#ranges.find((one) => one === range);
    if (own === undefined) throw new Error('a range of other ranges');
    return own;
  }
}

/** One range of all names, of which nothing was read. */
export function wholeCollection(notBefore: number): KeyRange {
  return { from: undefined, to: undefined, cursor: undefined, isDone: false, notBefore };
}

function compare(a: Uint8Array, b: Uint8Array): number {
  return compareNames(a, 0, a.length, b, 0, b.length);
}
