import { knownUpTo, type KeyRange, type KeyRanges } from './key-ranges.ts';

/** Something that happened to a document, as a listener hears of it. */
export interface Change {
  /** The full name of the document. */
  readonly name: Uint8Array;
  /** When it happened: of a document its update time, of a delete its read time. In microseconds since 1970. */
  readonly micros: number;
  /** How much memory it takes. */
  readonly sizeBytes: number;
  /** Whether the document is gone. */
  readonly isGone: boolean;
}

/**
 * Joins the reading of a collection to listening to it, so that each version of a document comes at most once and
 * in order, and the last one certainly. It holds what may not be handed out yet, and decides what never has to be.
 *
 * The listener says up to when it has told everything: the *point*. Names are read in ranges, and a range in
 * chunks, each at the point that was reached when it began. So a chunk holds what was told before, and nothing
 * that will be told. Whatever is told of names that were read goes on; of names that are still to be read it is forgotten,
 * as the chunk that reads them begins late enough to find it.
 *
 * The idea is that of DBLog (A. Andreakis, I. Papapanagiotou, "DBLog: A Watermark Based
 * Change-Data-Capture Framework", 2020), with read times in the place of watermarks.
 */
export class Handover<C extends Change> {
  readonly ranges: KeyRanges;
  /** The chunks that are being read, and for each what was heard of names behind its cursor, in that order. */
  readonly #chunks = new Map<KeyRange, C[]>();
  /** Of names that were read, not yet covered by the point. */
  #waiting: C[] = [];
  /** Of names that are to be read anew: covered by the point, and not handed out yet. */
  #due: C[] = [];
  /** The names of such, of which a chunk that is being read may still find an older version. */
  readonly #gone = new Map<KeyRange, Set<string>>();
  #heldBytes = 0;
  #point: number;

  /** @param point up to when everything was handed out that is not still to be read. */
  constructor(ranges: KeyRanges, point: number) {
    this.ranges = ranges;
    this.#point = point;
  }

  /** The position to be committed, in microseconds since 1970. */
  get point(): number {
    return this.#point;
  }

  /** How much memory is held. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Takes note of a change. What is not after the point was told before. */
  hear(change: C): void {
    if (change.micros <= this.#point) return;
    const range = this.ranges.of(change.name);
    const isRead = range === undefined || this.ranges.isRead(range, change.name);
    const held = isRead ? this.#waiting : this.#chunks.get(range);
    this.#heldBytes += change.sizeBytes;
    if (held !== undefined) held.push(change);
    else if (range !== undefined) this.#leave(range, [change]);
  }

  /**
   * What the point covers of names that are read anew, to be handed out before each commit: that documents are gone which
   * were handed out once, and which no chunk will find.
   */
  due(): readonly C[] {
    for (const [range, held] of this.#chunks) {
      if (range.known.length === 0) continue;
      const [gone, others] = parted(
        held,
        (change) => change.micros <= this.#point && isKnownToBeGone(range, change),
      );
      if (gone.length === 0) continue;
      const names = this.#gone.get(range) ?? new Set();
      const until = new Map(gone.map(({ name, micros }) => [textOf(name), micros]));
      for (const name of until.keys()) names.add(name);
      this.#gone.set(range, names);
      // What was before that does not matter any more.
      const [later, earlier] = parted(
        others,
        ({ name, micros }) => micros > (until.get(textOf(name)) ?? -Infinity),
      );
      this.#drop(earlier);
      this.#chunks.set(range, later);
      this.#due.push(...gone);
    }
    const due = this.#due;
    this.#due = [];
    this.#drop(due);
    return due;
  }

  /** Whether the chunk of a range has to pass over a name, as it was handed out that it is gone. */
  isGone(range: KeyRange, name: Uint8Array): boolean {
    return this.#gone.get(range)?.has(textOf(name)) === true;
  }

  /**
   * Takes note of documents that were found to be gone by an instant after the point, though it was not told. Left out are
   * those of which it was.
   */
  hearGone(changes: readonly C[]): void {
    const [{ micros: until } = { micros: 0 }] = changes;
    const last = new Map<string, C>();
    const lists = [this.#waiting, ...this.#chunks.values()];
    for (const change of lists.flat())
      if (change.micros <= until) last.set(textOf(change.name), change);
    for (const change of changes) {
      if (last.get(textOf(change.name))?.isGone !== true) this.hear(change);
    }
    for (const list of [this.#waiting, ...this.#chunks.values()]) {
      list.sort((a, b) => a.micros - b.micros);
    }
  }

  /** The listener has told everything up to `micros`. @returns what was waiting for that, to be handed out. */
  reach(micros: number): readonly C[] {
    this.#point = Math.max(this.#point, micros);
    const waiting = this.#waiting;
    this.#waiting = [];
    return this.#release(waiting);
  }

  /** Gives up on waiting: what the point does not cover is handed out now, and may have to be once more. */
  spill(): readonly C[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#drop(waiting);
    return waiting;
  }

  /** The listener begins again at the point: what it told after that, it will tell again. */
  rewind(): void {
    this.#drop(this.#waiting);
    this.#waiting = [];
    for (const [range, held] of this.#chunks) {
      const [covered, others] = parted(held, ({ micros }) => micros <= this.#point);
      this.#chunks.set(range, covered);
      this.#drop(others);
    }
  }

  /** Whether a chunk of the range may begin: what was forgotten of it has been told by the point. */
  mayBegin(range: KeyRange): boolean {
    return !range.isDone && !this.#chunks.has(range) && this.#point >= range.notBefore;
  }

  /** Begins a chunk behind the cursor of the range. @returns the instant at which it is to be read. */
  begin(range: KeyRange): number {
    if (!this.mayBegin(range)) throw new Error('the range has been read, or is not yet to be read');
    this.#chunks.set(range, []);
    return this.#point;
  }

  /**
   * Notes that the chunk of the range has handed out everything up to `cursor`. @returns what is to be handed out
   * after that; then a commit may follow. The chunk goes on.
   */
  settle(range: KeyRange, cursor: Uint8Array): readonly C[] {
    const held = this.#chunkOf(range);
    this.ranges.advance(range, cursor);
    const [read, others] = parted(held, ({ name }) => this.ranges.isRead(range, name));
    this.#chunks.set(range, others);
    return this.#release(read);
  }

  /**
   * Ends the chunk of the range, after it was settled.
   * @param isDone whether the range has no more documents.
   * @returns what is to be handed out.
   */
  end(range: KeyRange, isDone: boolean): readonly C[] {
    const held = this.#chunkOf(range);
    this.#chunks.delete(range);
    this.#gone.delete(range);
    range.isDone = isDone;
    if (isDone) return this.#release(held);
    this.#leave(range, held);
    return this.due();
  }

  /** Splits a range at `name`, which need not exist, and is behind what its chunk has handed out. The new range begins there. */
  split(range: KeyRange, name: Uint8Array): KeyRange {
    const upper = this.ranges.split(range, name);
    const held = this.#chunks.get(range);
    if (held !== undefined) {
      const [moved, others] = parted(held, (change) => this.ranges.of(change.name) === upper);
      this.#chunks.set(range, others);
      this.#leave(upper, moved);
    }
    return upper;
  }

  #chunkOf(range: KeyRange): C[] {
    const held = this.#chunks.get(range);
    if (held === undefined) throw new Error('no chunk of the range is being read');
    return held;
  }

  /** Those that the point covers; the others wait for it. */
  #release(changes: readonly C[]): readonly C[] {
    const [covered, others] = parted(changes, ({ micros }) => micros <= this.#point);
    this.#waiting.push(...others);
    this.#drop(covered);
    return covered;
  }

  /** Leaves changes to a later chunk of the range, which will find what they have led to; it cannot find what is gone. */
  #leave(range: KeyRange, changes: readonly C[]): void {
    const [told, others] = parted(changes, (change) => isKnownToBeGone(range, change));
    for (const { micros } of changes) range.notBefore = Math.max(range.notBefore, micros);
    this.#drop(others);
    const [covered, waiting] = parted(told, ({ micros }) => micros <= this.#point);
    this.#due.push(...covered);
    this.#waiting.push(...waiting);
  }

  #drop(changes: readonly C[]): void {
    for (const { sizeBytes } of changes) this.#heldBytes -= sizeBytes;
  }
}

function isKnownToBeGone(range: KeyRange, { name, isGone }: Change): boolean {
  return isGone && knownUpTo(range, name) > -Infinity;
}

function textOf(name: Uint8Array): string {
  return Buffer.from(name).toString();
}

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  const first: T[] = [];
  const second: T[] = [];
  for (const one of all) (isFirst(one) ? first : second).push(one);
  return [first, second];
}
