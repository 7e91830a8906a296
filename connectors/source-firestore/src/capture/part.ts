import { Handover, type Change } from '../handover/handover.ts';
import { compare, cutRanges, KeyRanges, type KeyRange } from '../handover/key-ranges.ts';
import type { Position } from '../state/cursor.ts';
import type { BloomFilter } from '../wire/bloom.ts';
import type { DocumentHeader } from '../wire/document-header.ts';
import { maskDocument } from '../wire/field-mask.ts';
import { microsOf } from '../wire/time.ts';
import type { Lane } from './lane.ts';

/** A document as it was written, or that it is gone. */
export interface DocumentChange extends Change {
  /** A `google.firestore.v1.Document`; undefined when it is gone. */
  readonly document: Uint8Array | undefined;
}

/** A query that runs for a range. */
export interface Chunk {
  /** The last name that was handed out, or passed over. */
  last: Uint8Array | undefined;
  /** Ends it early. */
  readonly stop: AbortController;
}

/** Why documents may be gone without a word, to be looked into at the next point. */
export interface Doubt {
  /** How many documents the server says there are. */
  readonly count?: number;
  /** Names of documents that are still there, among which may be others. */
  readonly names?: BloomFilter;
}

/** Names of documents that came, and that went, each of them one way only. */
export interface Since {
  readonly born: ReadonlySet<string>;
  readonly died: ReadonlySet<string>;
}

/** More names than this are not remembered to tell how many documents there are. */
const mostNames = 100_000;
/** Enough names to find the one in the middle. */
const mostSampled = 512;
/** What a change takes beside its bytes. */
const changeBytes = 200;

/**
 * Consecutive names of a lane with a target of their own, and a point up to which they were told. A lane has several
 * when one target cannot catch up with all that has changed.
 */
export class Part {
  readonly lane: Lane;
  /** Tells its target apart from all others of the capture. */
  readonly targetId: number;
  readonly from: Uint8Array | undefined;
  readonly to: Uint8Array | undefined;
  readonly handover: Handover<DocumentChange>;
  readonly chunks = new Map<KeyRange, Chunk>();
  /** How many documents there were at the point. */
  count: number | undefined;
  /** How many were read. */
  read: number;
  /** Whether the server has told all up to some instant since the stream began. */
  isCurrent = false;
  /** Whether it is left to others: nothing may change it any more. */
  isOver = false;
  doubt: Doubt | undefined;
  /** Up to when the server has told everything; the handover follows once all doubts are gone. */
  told: number;
  isInquiring = false;
  /** What the database was up to this point cannot be read any more. */
  unreadable = -Infinity;
  /** How often the server has begun to tell. */
  round = 0;
  /** Some of the names that were told since the stream began, evenly spread over those that were. */
  #sample: Uint8Array[] = [];
  #sampledEvery = 1;
  #toldNames = 0;
  #born = new Set<string>();
  #died = new Set<string>();
  #isCounting = true;

  constructor(lane: Lane, targetId: number, position: Position, to: Uint8Array | undefined) {
    this.lane = lane;
    this.targetId = targetId;
    this.from = position.from;
    this.to = to;
    this.handover = new Handover(position.ranges, position.point);
    this.count = position.count;
    this.read = position.read;
    this.told = position.point;
  }

  get position(): Position {
    const { from, handover, count, read } = this;
    return { from, point: handover.point, ranges: handover.ranges, count, read };
  }

  /** The stream begins, or begins anew: what comes is what has changed since the point. */
  beginCatchUp(): void {
    this.round++;
    this.isCurrent = false;
    this.doubt = undefined;
    this.told = this.handover.point;
    this.handover.rewind();
    this.#forgetNames();
    this.#sample = [];
    this.#sampledEvery = 1;
    this.#toldNames = 0;
  }

  /** The server begins anew with all documents. What has gone it does not tell. */
  reset(): void {
    this.round++;
    this.isCurrent = false;
    this.doubt = {};
    this.told = this.handover.point;
    this.handover.rewind();
    this.#forgetNames();
  }

  /** A document was written; `header` was read from `bytes`. */
  changed(bytes: Uint8Array, header: DocumentHeader): void {
    const micros = microsOf(header.updateTime);
    const { point } = this.handover;
    // Who tells what was told before tells all that there is, and not what is gone.
    if (micros < point && !this.isCurrent) this.doubt ??= {};
    if (micros <= point) return;
    const name = bytes.slice(header.nameStart, header.nameEnd);
    if (!this.lane.covers(name)) return;
    const { mask } = this.lane;
    const whole = bytes.slice(header.start, header.end);
    // Whether a stream of changes keeps to the fields that were asked for is left open.
    const document = mask === undefined ? whole : maskDocument(whole, mask);
    if (microsOf(header.createTime) > point) this.#note(this.#born, this.#died, name);
    const sizeBytes = document.length + name.length + changeBytes;
    this.handover.hear({ name, micros, sizeBytes, isGone: false, document });
    if (!this.isCurrent) this.#sampleName(name);
  }

  /** A document is gone. */
  deleted(name: Uint8Array, micros: number): void {
    if (micros <= this.handover.point || !this.lane.covers(name)) return;
    this.#note(this.#died, this.#born, name);
    const sizeBytes = name.length + changeBytes;
    this.handover.hear({ name, micros, sizeBytes, isGone: true, document: undefined });
    if (!this.isCurrent) this.#sampleName(name);
  }

  /** Documents are gone by `micros`, as was found out without a word of the server. */
  missed(names: readonly Uint8Array[], micros: number): void {
    this.handover.hearGone(
      names.map((name) => ({
        name,
        micros,
        isGone: true,
        document: undefined,
        sizeBytes: name.length + changeBytes,
      })),
    );
  }

  /** A name in the middle of those that were told since the stream began; undefined when there was none. */
  get middleOfTold(): Uint8Array | undefined {
    const { from } = this;
    const names = this.#sample.toSorted(compare);
    const inside = names.filter((name) => from === undefined || compare(name, from) > 0);
    if (inside.length > 0) return inside[inside.length >> 1];
    const [first] = names;
    return first === undefined ? undefined : Buffer.concat([first, Buffer.from('\0')]);
  }

  /** How many documents there are now, as far as was told. */
  get expected(): number | undefined {
    if (this.count === undefined || !this.#isCounting) return undefined;
    // Documents that came and went between two points are told to have gone only.
    return Math.max(0, this.count + this.#born.size - this.#died.size);
  }

  /** Hands out what was told up to `micros`, when there are `count` documents. */
  reach(micros: number, count: number | undefined): void {
    this.count = count;
    this.#forgetNames();
    if (micros > this.handover.point) this.lane.hasMoved = true;
    this.lane.changed(this.handover.reach(micros));
  }

  /** The names that came and went since the point, undefined when there were too many. Others are remembered from now on. */
  takeSince(): Since | undefined {
    const since = this.#isCounting ? { born: this.#born, died: this.#died } : undefined;
    this.#forgetNames();
    return since;
  }

  /** Says of each chunk how far it is, and hands out what belongs to that. Then the position may be saved. */
  settle(): void {
    for (const [range, { last }] of this.chunks) {
      if (last !== undefined) this.lane.changed(this.handover.settle(range, last));
    }
    this.lane.changed(this.handover.due());
  }

  /** Leaves its names to other parts. Its position stays as it is. */
  leave(): void {
    this.settle();
    this.isOver = true;
    for (const { stop } of this.chunks.values()) stop.abort();
  }

  /** Its position in two, below and from a name. */
  cut(name: Uint8Array): [Position, Position] {
    const [below, above] = cutRanges(this.handover.ranges.all, name);
    const { point } = this.handover;
    return [
      { ...this.position, point, ranges: new KeyRanges(below), count: undefined },
      { from: name, point, ranges: new KeyRanges(above), count: undefined, read: 0 },
    ];
  }

  #sampleName(name: Uint8Array): void {
    if (this.#toldNames++ % this.#sampledEvery !== 0) return;
    this.#sample.push(name);
    if (this.#sample.length < mostSampled) return;
    this.#sample = this.#sample.filter((_, index) => index % 2 === 0);
    this.#sampledEvery *= 2;
  }

  #note(into: Set<string>, outOf: Set<string>, name: Uint8Array): void {
    if (!this.#isCounting) return;
    const text = Buffer.from(name).toString();
    if (!outOf.delete(text)) into.add(text);
    if (into.size > mostNames) {
      this.#forgetNames();
      this.#isCounting = false;
    }
  }

  #forgetNames(): void {
    this.#born = new Set();
    this.#died = new Set();
    this.#isCounting = true;
  }
}
