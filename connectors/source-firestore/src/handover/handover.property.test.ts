import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Handover, type Change } from './handover.ts';
import { KeyRanges, knownUpTo, toReadAnew, wholeCollection, type KeyRange } from './key-ranges.ts';

/** What happens to a document: it is there from then on, or not. */
interface Write extends Change {
  readonly isThere: boolean;
}

const names = Array.from({ length: 12 }, (_, index) => `users/${'abcdefghijkl'[index]}`);

/** All that was ever written, in order. */
class Model {
  readonly writes: Write[] = [];
  #now = 0;

  write(name: string, isThere: boolean): void {
    this.#now += 10;
    this.writes.push({
      name: Buffer.from(name),
      micros: this.#now,
      sizeBytes: 100,
      isThere,
      isGone: !isThere,
    });
  }

  get now(): number {
    return this.#now;
  }

  /** The documents at an instant, by name. */
  at(micros: number): Map<string, number> {
    const found = new Map<string, number>();
    for (const write of this.writes) {
      if (write.micros > micros) continue;
      if (write.isThere) found.set(textOf(write), write.micros);
      else found.delete(textOf(write));
    }
    return found;
  }
}

function textOf({ name }: Change): string {
  return Buffer.from(name).toString();
}

interface Scan {
  readonly range: KeyRange;
  readonly pin: number;
  /** The last document that was handed out, or passed over. */
  last: Uint8Array | undefined;
}

/** A connector that does what the steps say, with a destination that keeps only what was committed. */
class Reader {
  readonly #model: Model;
  /** What was committed, in order. */
  readonly committed: {
    readonly name: string;
    readonly micros: number;
    readonly isThere: boolean;
  }[] = [];
  #staged: Write[] = [];
  #saved: { readonly point: number; readonly ranges: readonly KeyRange[] };
  #handover: Handover<Write>;
  #scans: Scan[] = [];
  /** How many of the writes the listener has told since its start. */
  #told = 0;

  constructor(model: Model) {
    this.#model = model;
    this.#saved = { point: model.now, ranges: [wholeCollection(model.now)] };
    this.#handover = this.#resume();
  }

  get isDone(): boolean {
    return this.#handover.ranges.isDone;
  }

  /** Starts again with what was committed. */
  crash(): void {
    this.#handover = this.#resume();
  }

  tell(): void {
    const next = this.#model.writes[this.#told];
    if (next === undefined) return;
    this.#told++;
    this.#handover.hear(next);
  }

  reach(): void {
    const last = this.#model.writes[this.#told - 1]?.micros ?? 0;
    const following = this.#model.writes[this.#told]?.micros ?? this.#model.now + 1;
    if (last < following)
      this.#staged.push(...this.#handover.reach(Math.max(last, this.#handover.point)));
    this.#commit();
  }

  begin(pick: number): void {
    const ready = this.#handover.ranges.all.filter((range) => this.#handover.mayBegin(range));
    const range = ready[pick % Math.max(1, ready.length)];
    if (range === undefined) return;
    this.#scans.push({ range, pin: this.#handover.begin(range), last: undefined });
  }

  /** Reads some documents of a chunk, and ends it when there are no more. */
  read(pick: number, count: number): void {
    const scan = this.#scans[pick % Math.max(1, this.#scans.length)];
    if (scan === undefined) return;
    const after = scan.last ?? scan.range.cursor;
    const rest = this.#restOf(scan, after);
    for (const [name, micros] of rest.slice(0, count)) {
      const bytes = Buffer.from(name);
      scan.last = bytes;
      if (micros <= knownUpTo(scan.range, bytes)) continue;
      if (this.#handover.isGone(scan.range, bytes)) continue;
      this.#staged.push({ name: bytes, micros, isThere: true, isGone: false, sizeBytes: 100 });
    }
    if (rest.length <= count) this.#end(scan, true);
  }

  /** Ends a chunk before its range is done. */
  stop(pick: number): void {
    const scan = this.#scans[pick % Math.max(1, this.#scans.length)];
    if (scan !== undefined) this.#end(scan, false);
  }

  split(pick: number, at: number): void {
    const ranges = this.#handover.ranges.all.filter(({ isDone }) => !isDone);
    const range = ranges[pick % Math.max(1, ranges.length)];
    if (range === undefined) return;
    this.#settle();
    const name = Buffer.from(`${names[at % names.length] ?? ''}0`);
    const text = name.toString();
    const isInside =
      text > Buffer.from(range.from ?? []).toString() &&
      (range.to === undefined || text < Buffer.from(range.to).toString()) &&
      text > Buffer.from(range.cursor ?? []).toString();
    if (isInside) this.#handover.split(range, name);
    this.#commit();
  }

  commit(): void {
    this.#commit();
  }

  /** What has changed cannot be told any more: all is read anew, and what is gone was found out. */
  lose(): void {
    this.#commit();
    const { point, ranges } = this.#handover;
    const { now } = this.#model;
    const after = this.#model.at(now);
    for (const name of this.#model.at(point).keys()) {
      const bytes = Buffer.from(name);
      if (after.has(name) || !ranges.isHandedOut(bytes)) continue;
      this.#staged.push({
        name: bytes,
        micros: now,
        sizeBytes: 100,
        isThere: false,
        isGone: true,
      });
    }
    const anew = ranges.all.map((range) => toReadAnew(range, point, now));
    this.#handover = new Handover<Write>(new KeyRanges(anew), now);
    this.#scans = [];
    this.#told = this.#model.writes.length;
    this.#commit();
  }

  /** The listener loses its connection, and begins again at the point. */
  rewind(): void {
    this.#handover.rewind();
    const { point } = this.#handover;
    const next = this.#model.writes.findIndex(({ micros }) => micros > point);
    this.#told = next < 0 ? this.#model.writes.length : Math.max(0, next - 1);
  }

  /** Goes on until there is nothing more to do. */
  finish(): void {
    while (this.#told < this.#model.writes.length) this.tell();
    this.reach();
    while (!this.isDone) {
      this.begin(0);
      this.read(0, 100);
    }
    this.reach();
  }

  #end(scan: Scan, isDone: boolean): void {
    this.#settleOne(scan);
    this.#staged.push(...this.#handover.end(scan.range, isDone));
    this.#scans = this.#scans.filter((one) => one !== scan);
    this.#commit();
  }

  #restOf(scan: Scan, after: Uint8Array | undefined): (readonly [string, number])[] {
    const from = Buffer.from(scan.range.from ?? []).toString();
    const text = Buffer.from(after ?? []).toString();
    return [...this.#model.at(scan.pin)]
      .filter(([name]) => name >= from && name > text)
      .filter(
        ([name]) => scan.range.to === undefined || name < Buffer.from(scan.range.to).toString(),
      )
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
  }

  #settle(): void {
    for (const scan of this.#scans) this.#settleOne(scan);
  }

  #settleOne(scan: Scan): void {
    if (scan.last === undefined) return;
    this.#staged.push(...this.#handover.settle(scan.range, scan.last));
  }

  #commit(): void {
    this.#settle();
    this.#staged.push(...this.#handover.due());
    for (const write of this.#staged) {
      this.committed.push({ name: textOf(write), micros: write.micros, isThere: write.isThere });
    }
    this.#staged = [];
    const ranges = this.#handover.ranges.all.map((range) => ({ ...range }));
    this.#saved = { point: this.#handover.point, ranges };
  }

  #resume(): Handover<Write> {
    const { point, ranges } = this.#saved;
    this.#staged = [];
    this.#scans = [];
    // The listener tells again what is after the point, and maybe what is not.
    this.#told = Math.max(0, this.#model.writes.findIndex(({ micros }) => micros > point) - 1);
    if (this.#model.writes.every(({ micros }) => micros <= point))
      this.#told = this.#model.writes.length;
    const known = ranges.map((range) => ({ ...range, notBefore: point }));
    return new Handover<Write>(new KeyRanges(known), point);
  }
}

const small = fc.nat(20);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ is: fc.constant('write'), at: small, there: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('tell') }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('reach') }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('begin'), at: small }) },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constant('read'),
      at: small,
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('stop'), at: small }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('split'), at: small, to: small }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('commit') }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('rewind') }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('lose') }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('crash') }) },
) as fc.Arbitrary<{ is: string; at?: number; there?: boolean; count?: number; to?: number }>;

test('a destination gets every document as it is in the end, each version once and in order', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...names), { maxLength: 12 }),
      fc.array(step, { minLength: 60, maxLength: 160 }),
      (before, steps) => {
        const model = new Model();
        for (const name of before) model.write(name, true);
        const reader = new Reader(model);
        for (const { is, at = 0, there = true, count = 1, to = 0 } of steps) {
          if (is === 'write') model.write(names[at % names.length] ?? '', there);
          else if (is === 'tell') reader.tell();
          else if (is === 'reach') reader.reach();
          else if (is === 'begin') reader.begin(at);
          else if (is === 'read') reader.read(at, count);
          else if (is === 'stop') reader.stop(at);
          else if (is === 'split') reader.split(at, to);
          else if (is === 'commit') reader.commit();
          else if (is === 'rewind') reader.rewind();
          else if (is === 'lose') reader.lose();
          else reader.crash();
        }
        reader.finish();
        const rows = new Map<string, number>();
        const last = new Map<string, number>();
        for (const { name, micros, isThere } of reader.committed) {
          expect(micros).toBeGreaterThan(last.get(name) ?? -1);
          last.set(name, micros);
          if (isThere) rows.set(name, micros);
          else rows.delete(name);
        }
        expect(rows).toEqual(model.at(model.now));
      },
    ),
    { numRuns: 2000 },
  );
});
