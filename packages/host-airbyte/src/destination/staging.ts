import { createScanner, JsonError, type BoundedLines, type Lines } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { emittedAtMs } from './emitted-at.ts';
import { LineBuffer } from './line-buffer.ts';
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
  /** The records, with their times beside them. */
  readonly #records = new LineBuffer((length) => new Float64Array(length));
  /** The runs that they came in. */
  #runs: { readonly until: number; readonly run: Pick<RecordRun, 'layout' | 'changes'> }[] = [];

  constructor(where: string) {
    this.#where = where;
  }

  get sizeBytes(): number {
    return this.#records.sizeBytes;
  }

  get count(): number {
    return this.#records.count;
  }

  /** Takes a copy of some records. */
  add({ bytes, ends, emittedAt, layout, changes }: RecordRun): void {
    const first = this.#records.add(bytes, ends);
    this.#records.beside.set(emittedAt, first);
    const last = this.#runs.at(-1);
    if (last !== undefined && last.run.layout === layout && last.run.changes === changes) {
      this.#runs.pop();
    }
    this.#runs.push({ until: this.#records.count, run: { layout, changes } });
  }

  /**
   * What was gathered, once it has proven to be what it looked like; nothing is left afterwards.
   * @throws {Failure} data
   */
  take(): ProvenRecords {
    const proven = this.#prove();
    this.#records.clear();
    this.#runs = [];
    return proven;
  }

  #prove(): ProvenRecords {
    const { count: recordCount, beside } = this.#records;
    const changes = new Map<number, Uint8Array>();
    const times = new Float64Array(recordCount);
    const parts: BoundedLines[] = [];
    for (let index = 0; index < recordCount;) {
      const { lines, count } = this.#scan(index);
      for (let done = 0; done < count; done++, index++) {
        times[index] = emittedAtMs(beside[index] ?? 0, this.#where);
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
    const { bytes, ends, sizeBytes } = this.#records;
    const from = index === 0 ? 0 : (ends[index - 1] ?? 0);
    const input = bytes.subarray(from, sizeBytes);
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
      (lines.ends[count] ?? 0) === (ends[index + count] ?? 0) - from
    ) {
      count++;
    }
    if (count === lines.ends.length) return { lines, count };
    const proven = lines.ends.subarray(0, count);
    const size = proven[count - 1] ?? 0;
    return { lines: { bytes: lines.bytes.subarray(0, size), ends: proven }, count };
  }

  /** The record at `index`, whose line only looked like those before it. */
  #readAgain(index: number): RecordRun {
    const { layout } = this.#runOf(index);
    const { bytes, ends, beside } = this.#records;
    const data = bytes.subarray(index === 0 ? 0 : (ends[index - 1] ?? 0), (ends[index] ?? 1) - 1);
    if (layout === undefined) throw new Error('a record that was read whole is no JSON');
    const line = lineWith(layout, data, beside[index] ?? 0);
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
