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
  /** What an earlier reading has handed out, by rising names and falling instants; mostly nothing. */
  readonly known: readonly Known[];
}

/** Versions that were handed out before the range was read anew. */
export interface Known {
  /** The last name of which they were; absent for all that are left. */
  readonly upTo: Uint8Array | undefined;
  /** The last instant up to which, in microseconds since 1970. */
  readonly micros: number;
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

  /** Whether what was at a name may have been handed out, by this reading or an earlier one. */
  isHandedOut(name: Uint8Array): boolean {
    const range = this.of(name);
    return range === undefined || this.isRead(range, name) || knownUpTo(range, name) > -Infinity;
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
      known: range.known,
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
  return { from: undefined, to: undefined, cursor: undefined, isDone: false, notBefore, known: [] };
}

/** Up to when versions of a name were handed out before the range was read anew; -Infinity when none were. */
export function knownUpTo({ known }: KeyRange, name: Uint8Array): number {
  for (const { upTo, micros } of known) {
    if (upTo === undefined || compare(name, upTo) <= 0) return micros;
  }
  return -Infinity;
}

/** The range, to be read anew, after what was read of it was handed out up to `micros`. */
export function toReadAnew(range: KeyRange, micros: number, notBefore: number): KeyRange {
  const { isDone, cursor, known } = range;
  const read: readonly Known[] = isDone
    ? [{ upTo: undefined, micros }]
    : cursor === undefined
      ? known
      : [
          { upTo: cursor, micros },
          ...known.filter(({ upTo }) => upTo === undefined || compare(upTo, cursor) > 0),
        ];
  return { ...range, cursor: undefined, isDone: false, notBefore, known: read };
}

/** What is of the ranges before a name, and what is from there on. */
export function cutRanges(ranges: readonly KeyRange[], name: Uint8Array): [KeyRange[], KeyRange[]] {
  const before: KeyRange[] = [];
  const after: KeyRange[] = [];
  for (const range of ranges) {
    const { from, to, cursor } = range;
    if (to !== undefined && compare(to, name) <= 0) before.push(range);
    else if (from !== undefined && compare(from, name) >= 0) after.push(range);
    else {
      const isRead = cursor !== undefined && compare(cursor, name) >= 0;
      before.push({ ...range, to: name, isDone: range.isDone || isRead });
      after.push({ ...range, from: name, cursor: isRead ? cursor : undefined });
    }
  }
  return [before, after];
}

/** The same ranges in as few as there can be: neighbours of which all, or nothing, was read are one. */
export function joinRanges(ranges: readonly KeyRange[]): KeyRange[] {
  const joined: KeyRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && last.isDone && range.isDone) {
      joined[joined.length - 1] = { ...last, to: range.to };
    } else joined.push(range);
  }
  return joined;
}

/** The order of two full names. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  return compareNames(a, 0, a.length, b, 0, b.length);
}
