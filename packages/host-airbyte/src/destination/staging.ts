import { createScanner, JsonError, type BoundedLines, type Lines } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { emittedAtMs } from './emitted-at.ts';
import { readMessage } from './message.ts';
import { lineWith, type RecordLayout } from './record-layout.ts';
import { singleRecord, type RecordRun } from './split-lines.ts';

/** Documents that are JSON objects for certain, with what their records say beside them. */
export interface ProvenRecords {
  /** The caller's own: `giveBlock` may have the bytes afterwards. */
  readonly lines: BoundedLines;
  readonly emittedAtMs: Float64Array;
  /** What is between the brackets of `meta.changes`, by index, where there is something. */
  readonly changes: ReadonlyMap<number, Uint8Array>;
}

/** Gathers the records of one stream until there are enough of them to look at. */
export class Staging {
  readonly #where: string;
  /** One for all batches, as it remembers names. */
  #scanner = createScanner({ separator: 'values' });
  #bytes = Buffer.allocUnsafeSlow(firstSize);
  #ends = new Uint32Array(256);
  #times = new Float64Array(256);
  #sizeBytes = 0;
  #count = 0;
  /** The runs that they came in. */
  #runs: { readonly until: number; readonly run: Pick<RecordRun, 'layout' | 'changes'> }[] = [];

  constructor(where: string) {
    this.#where = where;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes a copy of some records. */
  add({ bytes, ends, emittedAt, layout, changes }: RecordRun): void {
    this.#reserve(bytes.length, ends.length);
    this.#bytes.set(bytes, this.#sizeBytes);
    for (let index = 0; index < ends.length; index++) {
      this.#ends[this.#count + index] = (ends[index] ?? 0) + this.#sizeBytes;
    }
    this.#times.set(emittedAt, this.#count);
    this.#sizeBytes += bytes.length;
    this.#count += ends.length;
    const last = this.#runs.at(-1);
    if (last !== undefined && last.run.layout === layout && last.run.changes === changes) {
      this.#runs.pop();
    }
    this.#runs.push({ until: this.#count, run: { layout, changes } });
  }

  /**
   * What was gathered, once it has proven to be what it looked like; nothing is left afterwards.
   * @throws {Failure} data
   */
  take(): ProvenRecords {
    const proven = this.#prove();
    this.#sizeBytes = 0;
    this.#count = 0;
    this.#runs = [];
    if (this.#bytes.length > largestKept) this.#bytes = Buffer.allocUnsafeSlow(firstSize);
    return proven;
  }

  #prove(): ProvenRecords {
    const changes = new Map<number, Uint8Array>();
    const times = new Float64Array(this.#count);
    const parts: BoundedLines[] = [];
    for (let index = 0; index < this.#count;) {
      const { lines, count } = this.#scan(index);
      for (let done = 0; done < count; done++, index++) {
        times[index] = emittedAtMs(this.#times[index] ?? 0, this.#where);
        this.#noteChanges(index, changes);
      }
      if (count > 0) {
        parts.push(lines);
        continue;
      }
      const run = this.#readAgain(index);
      times[index] = emittedAtMs(run.emittedAt[0] ?? 0, this.#where);
      if (run.changes !== undefined) changes.set(index, run.changes);
      parts.push({ bytes: run.bytes, ends: run.ends });
      index++;
    }
    return { lines: joined(parts), emittedAtMs: times, changes };
  }

  /** The records from `index` on whose data is one object each, as many as were looked at. */
  #scan(index: number): { readonly lines: BoundedLines; readonly count: number } {
    const from = index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
    const input = this.#bytes.subarray(from, this.#sizeBytes);
    let lines: BoundedLines;
    try {
      ({ lines } = this.#scanner.scan(input, true));
    } catch (error) {
      this.#scanner = createScanner({ separator: 'values' });
      if (error instanceof JsonError) return { lines: none, count: 0 };
      throw error;
    }
    let count = 0;
    while (
      count < lines.ends.length &&
      (lines.ends[count] ?? 0) === (this.#ends[index + count] ?? 0) - from
    ) {
      count++;
    }
    if (count === lines.ends.length) return { lines, count };
    const ends = lines.ends.subarray(0, count);
    return { lines: { bytes: lines.bytes.subarray(0, ends[count - 1] ?? 0), ends }, count };
  }

  /** The record at `index`, whose line only looked like those before it. */
  #readAgain(index: number): RecordRun {
    const { layout } = this.#runOf(index);
    const data = this.#bytes.subarray(
      index === 0 ? 0 : (this.#ends[index - 1] ?? 0),
      (this.#ends[index] ?? 1) - 1,
    );
    if (layout === undefined) throw new Error('a record that was read whole is no JSON');
    const line = lineWith(layout, data, this.#times[index] ?? 0);
    const message = readMessage(line);
    if (message?.is !== 'record' || !isSame(message.stream, layout)) {
      throw new Failure('data', 'a line is no record of its stream', { where: this.#where });
    }
    return singleRecord(line, message);
  }

  #noteChanges(index: number, changes: Map<number, Uint8Array>): void {
    if (this.#runs.length === 1 && this.#runs[0]?.run.changes === undefined) return;
    const found = this.#runOf(index).changes;
    if (found !== undefined) changes.set(index, found);
  }

  #runOf(index: number): Pick<RecordRun, 'layout' | 'changes'> {
    let low = 0;
    let high = this.#runs.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle]?.until ?? 0) > index) high = middle;
      else low = middle + 1;
    }
    return this.#runs[low]?.run ?? { layout: undefined, changes: undefined };
  }

  #reserve(sizeBytes: number, count: number): void {
    const size = this.#sizeBytes + sizeBytes;
    if (size > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(size, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#sizeBytes));
      this.#bytes = larger;
    }
    const records = this.#count + count;
    if (records <= this.#ends.length) return;
    const length = Math.max(records, this.#ends.length * 2);
    const ends = new Uint32Array(length);
    const times = new Float64Array(length);
    ends.set(this.#ends);
    times.set(this.#times);
    this.#ends = ends;
    this.#times = times;
  }
}

function isSame(stream: RecordLayout['stream'], layout: RecordLayout): boolean {
  return stream.name === layout.stream.name && stream.namespace === layout.stream.namespace;
}

function joined(parts: readonly BoundedLines[]): BoundedLines {
  const [first = none] = parts;
  if (parts.length < 2) return first;
  const ends = new Uint32Array(parts.reduce((sum, part) => sum + part.ends.length, 0));
  let count = 0;
  let size = 0;
  for (const part of parts) {
    for (const end of part.ends) ends[count++] = size + end;
    size += part.bytes.length;
  }
  return { bytes: Buffer.concat(parts.map(({ bytes }) => bytes)), ends };
}

const none: Lines = { bytes: new Uint8Array(), ends: new Uint32Array() };
const firstSize = 64 * 1024;
const largestKept = 4 * 1024 * 1024;
