import type { Lines } from '@fairlead/json';
import { Failure, startOf } from '@fairlead/sdk';
import type { StreamDescriptor } from '../protocol/stream-id.ts';
import { readMessage, type Message, type RecordMessage } from './message.ts';
import { layoutOf, matches, timeAt, type RecordLayout } from './record-layout.ts';

/** What comes in, in order. */
export type Inbound =
  | RecordRun
  | {
      readonly is: 'message';
      readonly message: Exclude<Message, RecordMessage>;
      readonly line: Uint8Array;
    }
  /** A line that is no message. */
  | { readonly is: 'noise'; readonly line: Uint8Array };

/** Consecutive records of one stream, of one layout. Valid until the next one is asked for. */
export interface RecordRun {
  readonly is: 'records';
  readonly stream: StreamDescriptor;
  /** What is between the brackets of `meta.changes` of each of them. */
  readonly changes: Uint8Array | undefined;
  /** Where they are from, when their data still has to prove to be one object. */
  readonly layout: RecordLayout | undefined;
  /** The data of each, followed by `\n`. */
  readonly bytes: Uint8Array;
  /** Where the data of each ends in `bytes`, its `\n` included. */
  readonly ends: Uint32Array;
  /** As the source wrote it. */
  readonly emittedAt: Float64Array;
}

/** Finds the messages in lines, and the data in records. */
export class LineSplitter {
  /** The one that was used last comes first. */
  readonly #layouts: RecordLayout[] = [];
  #ends = new Uint32Array(1024);
  #times = new Float64Array(1024);

  /**
   * What is in the lines, whose bytes are overwritten: the data of records moves to the left, where
   * it becomes one piece.
   * @throws {Failure} data, for a record without data or time.
   */
  *split(lines: Lines): Generator<Inbound, void, undefined> {
    const { ends } = lines;
    const bytes = Buffer.from(lines.bytes.buffer, lines.bytes.byteOffset, lines.bytes.length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (this.#ends.length < ends.length) {
      this.#ends = new Uint32Array(ends.length);
      this.#times = new Float64Array(ends.length);
    }
    let to = 0;
    for (let index = 0; index < ends.length;) {
      const start = startOf(lines, index);
      const layout = this.#find(view, start, ends[index] ?? 0);
      if (layout === undefined) {
        const inbound = this.#read(bytes.subarray(start, ends[index]));
        if (inbound !== undefined) yield inbound;
        index++;
        continue;
      }
      const next = this.#pack(layout, lines, index, bytes, view, to);
      const count = next - index;
      const size = this.#ends[count - 1] ?? 0;
      yield {
        is: 'records',
        stream: layout.stream,
        changes: layout.changes,
        layout,
        bytes: bytes.subarray(to, to + size),
        ends: this.#ends.subarray(0, count),
        emittedAt: this.#times.subarray(0, count),
      };
      to += size;
      index = next;
    }
  }

  /** The layout that begins as the line does that begins at `start`; more it does not need to have of it. */
  seen(bytes: Uint8Array, start: number, end: number): RecordLayout | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, end);
    const layouts = this.#layouts;
    for (const [index, layout] of layouts.entries()) {
      const { head } = layout;
      if (end - start < head.bytes.length || !matches(head, view, start)) continue;
      if (index > 0) this.#prefer(index, layout);
      return layout;
    }
    return undefined;
  }

  /** Moves the data of records of a layout to `to`; answers the index of the first line of another. */
  #pack(
    layout: RecordLayout,
    lines: Lines,
    from: number,
    bytes: Buffer,
    view: DataView,
    to: number,
  ): number {
    const { head, tail } = layout;
    const { ends } = lines;
    const isTimedFirst = layout.timed === 'head';
    const headSize = head.bytes.length;
    const tailSize = tail.bytes.length;
    const runEnds = this.#ends;
    const times = this.#times;
    let at = to;
    let count = 0;
    let start = startOf(lines, from);
    for (let index = from; index < ends.length; index++) {
      const end = ends[index] ?? 0;
      const dataStart = start + headSize;
      const dataEnd = end - tailSize;
      if (dataEnd - dataStart < leastData) return index;
      if (!matches(head, view, start) || !matches(tail, view, dataEnd)) return index;
      const time = isTimedFirst ? timeAt(head, bytes, start) : timeAt(tail, bytes, dataEnd);
      if (time < 0) return index;
      bytes.copyWithin(at, dataStart, dataEnd);
      at += dataEnd - dataStart;
      bytes[at++] = newline;
      runEnds[count] = at - to;
      times[count++] = time;
      start = end;
    }
    return ends.length;
  }

  /** The known layout that a line has. */
  #find(view: DataView, start: number, end: number): RecordLayout | undefined {
    const layouts = this.#layouts;
    for (const [index, layout] of layouts.entries()) {
      const { head, tail, timed } = layout;
      const dataEnd = end - tail.bytes.length;
      if (dataEnd - start - head.bytes.length < leastData) continue;
      if (!matches(head, view, start) || !matches(tail, view, dataEnd)) continue;
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      const time = timed === 'head' ? timeAt(head, bytes, start) : timeAt(tail, bytes, dataEnd);
      if (time < 0) continue;
      if (index > 0) this.#prefer(index, layout);
      return layout;
    }
    return undefined;
  }

  /** Makes a layout the first one. */
  #prefer(index: number, layout: RecordLayout): void {
    this.#layouts.splice(index, 1);
    this.#layouts.unshift(layout);
  }

  #read(line: Uint8Array): Inbound | undefined {
    const message = readMessage(line);
    if (message === undefined) return isBlank(line) ? undefined : { is: 'noise', line };
    if (message.is !== 'record') return { is: 'message', message, line };
    const layout = layoutOf(line, message);
    // What was changed in one record says nothing about the next.
    if (layout !== undefined && message.changes === undefined) {
      this.#layouts.unshift(layout);
      if (this.#layouts.length > mostLayouts) this.#layouts.pop();
    }
    return singleRecord(line, message);
  }
}

/** A record whose line was read whole. */
export function singleRecord(line: Uint8Array, message: RecordMessage): RecordRun {
  const { stream, changes, data, emittedAt } = message;
  const text = emittedAt && Buffer.from(line.subarray(emittedAt.start, emittedAt.end)).toString();
  const time = Number(text ?? Number.NaN);
  if (!Number.isFinite(time)) {
    throw new Failure('data', 'a record does not say when it was emitted', {
      where: `stream ${stream.name}`,
    });
  }
  const row = Buffer.allocUnsafe(data.end - data.start + 1);
  row.set(line.subarray(data.start, data.end));
  row[row.length - 1] = newline;
  // No line breaks between tokens, which would be more than one line of a document.
  for (let at = 0; at < row.length - 1; at++) if (isBreak(row[at])) row[at] = 0x20;
  return {
    is: 'records',
    stream,
    changes,
    layout: undefined,
    bytes: row,
    ends: Uint32Array.of(row.length),
    emittedAt: Float64Array.of(time),
  };
}

const newline = 0x0a;
/** `{}` is the shortest data. */
const leastData = 2;
/** Streams may come in turns; so many of them are told apart without reading the whole line. */
const mostLayouts = 64;

function isBreak(byte: number | undefined): boolean {
  return byte === newline || byte === 0x0d;
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte <= 0x20);
}
