import type { Lines } from './lines.ts';
import { ColumnPlan } from './column-plan.ts';
import { nextWindow } from './document-windows.ts';
import { setScratch } from './field-table.ts';
import { align, counterSize, inputPadding, openKernel, writeCounter } from './kernel.ts';
import type { Kernel } from './kernel.ts';

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

export interface Projection {
  /** The rows, each with a `\n` after it. Valid until the next call. */
  readonly bytes: Uint8Array;
  /** The bytes of the longest row, its `\n` included. */
  readonly longest: number;
}

/** A projector to some columns. */
export function createProjector(columns: readonly ProjectedColumn[]): Projector {
  const plan = new ColumnPlan(columns);
  const output = new Output();
  return {
    project(lines, options = {}) {
      const kernel = openKernel(plan.end);
      plan.restore(kernel);
      output.clear();
      const counter = options.sequence === undefined ? 0 : plan.end;
      if (options.sequence !== undefined) writeCounter(kernel, counter, options.sequence);
      let longest = 0;
      for (let first = 0; first < lines.ends.length; ) {
        const { start, end, next } = nextWindow(lines, first);
        const bytes = lines.bytes.subarray(start, end);
        const ops = options.ops?.subarray(first, next);
        longest = Math.max(longest, projectWindow(kernel, plan, output, {bytes, ops, counter, presence: options.presence === true}));
        first = next;
      }
      return { bytes: output.bytes, longest };
    },
  };
}
