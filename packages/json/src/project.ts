import { ByteWriter } from './byte-writer.ts';
import { ColumnPlan } from './column-plan.ts';
import { nextWindow } from './document-windows.ts';
import { setScratch } from './field-table.ts';
import { align, counterSize, inputPadding, openKernel, writeCounter } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import type { Lines } from './lines.ts';

/** A column of a projected row. */
export interface ProjectedColumn {
  /** Names of members from the outside in: `['price']`, `['_meta', 'file']`; `[]` is the document. */
  readonly pointer: readonly string[];
  /**
   * `plain`: the value as it is. `text`: a string or null as it is, anything else as a string with
   * its JSON text. `raw`: null as it is, anything else as a string with its JSON text.
   */
  readonly form: 'plain' | 'text' | 'raw';
}

/** Turns documents into rows of given columns, for systems that load JSON lines. */
export interface Projector {
  /**
   * A row per document: `{"0":…,"1":…}`, its members named by the number of the column, in that order,
   * those that are not in the document left out; then what the options ask for. Of a member that
   * is there twice the last one counts. The lines are JSON objects.
   */
  project(lines: Lines, options?: ProjectOptions): Projection;
}

export interface ProjectOptions {
  /** An op for each document, written as a number: `"o":1`. */
  readonly ops?: Uint8Array;
  /** The number of the first document: `"s":100`. The next one has one more. */
  readonly sequence?: number;
  /** Adds which columns are in the document, 1 for each that is: `"p":"0110"`. */
  readonly presence?: boolean;
}

interface Projection {
  /** The rows, each with a `\n` after it. Valid until the next call. */
  readonly bytes: Uint8Array;
  /** The bytes of the longest row, its `\n` included. */
  readonly longest: number;
}

/** A projector to some columns. */
export function createProjector(columns: readonly ProjectedColumn[]): Projector {
  const plan = new ColumnPlan(columns);
  let rows = new ByteWriter();
  return {
    project(lines, options = {}) {
      if (rows.length > largestKept) rows = new ByteWriter();
      rows.truncate(0);
      const kernel = openKernel(plan.end + counterSize);
      plan.restore(kernel);
      if (options.sequence !== undefined) writeCounter(kernel, plan.end, options.sequence);
      let longest = 0;
      for (let first = 0; first < lines.ends.length;) {
        const { start, end, next } = nextWindow(lines, first);
        const input = lines.bytes.subarray(start, end);
        const ops = options.ops?.subarray(first, next);
        const longestHere = projectWindow(kernel, plan, rows, {
          input,
          documents: next - first,
          ops,
          options,
        });
        longest = Math.max(longest, longestHere);
        first = next;
      }
      return { bytes: rows.view(), longest };
    },
  };
}

interface Window {
  readonly input: Uint8Array;
  readonly documents: number;
  readonly ops: Uint8Array | undefined;
  readonly options: ProjectOptions;
}

/** Writes the rows of some documents to `rows`; the length of the longest. */
function projectWindow(kernel: Kernel, plan: ColumnPlan, rows: ByteWriter, window: Window): number {
  const { input, documents, ops, options } = window;
  const opsAt = plan.end + counterSize;
  const from = align(opsAt + (ops?.length ?? 0));
  const end = from + input.length;
  const scratch = align(end + inputPadding);
  const to = align(scratch + input.length + inputPadding);
  let limit = to + leastOutput;
  kernel.reserve(limit + inputPadding);
  if (ops !== undefined) kernel.bytes.set(ops, opsAt);
  kernel.write(from, input);
  setScratch(kernel, plan.layout, scratch);
  const { run } = kernel;
  const counter = options.sequence === undefined ? 0 : plan.end;
  const presence = options.presence === true ? 1 : 0;
  let longest = 0;
  let done = 0;
  for (let at = from; at < end;) {
    const opsNow = ops === undefined ? 0 : opsAt + done;
    if (run.project(at, end, to, limit, opsNow, counter, presence) === 0) refuse();
    const count = run.projectedCount.value;
    if (count === 0) {
      limit += limit - to;
      kernel.reserve(limit + inputPadding);
    }
    rows.bytes(kernel.bytes.subarray(to, run.projectedEnd.value >>> 0));
    longest = Math.max(longest, run.longest.value);
    at = run.projected.value >>> 0;
    done += count;
  }
  if (done !== documents) refuse();
  return longest;
}

function refuse(): never {
  throw new Error('what is projected is no sequence of JSON objects');
}

/** Rows are written so much at a time, unless one is longer. */
const leastOutput = 512 * 1024;
const largestKept = 16 * 1024 * 1024;
