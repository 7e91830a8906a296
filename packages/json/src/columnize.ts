import { ColumnPlan } from './column-plan.ts';
import { nextWindow } from './document-windows.ts';
import { setScratch } from './field-table.ts';
import { align, inputPadding, openKernel, writeInput } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import type { Lines } from './lines.ts';

/** A column of values that are taken out of documents. */
export interface ValueColumn {
  /** Names of members from the outside in: `['price']`, `['_meta', 'file']`; `[]` is the document. */
  readonly pointer: readonly string[];
  readonly type: ValueType;
}

/**
 * How the values of a column are written, one after the other, numbers little-endian:
 *
 * | type | values | as |
 * |---|---|---|
 * | `boolean` | `true`, `false` | a bit each, the first one lowest |
 * | `integer` | integers of signed 64 bits | 8 bytes |
 * | `number` | numbers | the nearest double, 8 bytes |
 * | `date` | `YYYY-MM-DD` of the years 0001 to 9999 | days since 1970, 4 bytes |
 * | `date-time` | RFC 3339 date-times, up to six digits of fraction | microseconds since 1970 in UTC, 8 bytes |
 * | `text` | what a string says, the JSON text of anything else | its length in 4 bytes, then UTF-8 |
 * | `json` | anything, as its JSON text | its length in 4 bytes, then UTF-8 |
 */
export type ValueType = 'boolean' | 'integer' | 'number' | 'date' | 'date-time' | 'text' | 'json';

/** The values of one column in some consecutive documents. The memory is good until the call returns. */
export interface ColumnValues {
  readonly rowCount: number;
  /** How many are null, or not in their document. */
  readonly nullCount: number;
  /** A bit for each row, the first one lowest: 1 where there is a value. */
  readonly validity: Uint8Array;
  /** The values without those that are null. */
  readonly values: Uint8Array;
}

/** Takes values: those of each column in some documents, then again those of the next documents. */
type TakeValues = (column: number, values: ColumnValues) => void;

/** Turns documents into columns of values, for systems that load Parquet and the like. */
export interface Columnizer {
  /**
   * Hands out the values of all documents. Of a member that is there twice the last one counts.
   * @throws {MisfitError} for a value that its column cannot have; what was handed out is of no use then.
   */
  columnize(lines: Lines, take: TakeValues): Columnized;
}

export interface ColumnizerOptions {
  /** Adds one more column of `text`: a character for each column, `1` where the document has the member. */
  readonly presence?: boolean;
}

interface Columnized {
  /** The bytes of the longest document. */
  readonly longest: number;
}

/** Thrown for a value that its column cannot have. */
export class MisfitError extends Error {
  override readonly name = 'MisfitError';
  /** Index of the document. */
  readonly document: number;
  /** Index of the column. */
  readonly column: number;

  constructor(document: number, column: number) {
    super(`document ${document} has a value that column ${column} cannot have`);
    this.document = document;
    this.column = column;
  }
}

/** A columnizer for some columns. */
export function createColumnizer(
  columns: readonly ValueColumn[],
  options: ColumnizerOptions = {},
): Columnizer {
  const plan = new ColumnPlan(columns);
  const kinds = columns.map(({ type }) => kindOf[type]);
  return {
    columnize(lines, take) {
      const kernel = openKernel(plan.end);
      plan.restore(kernel);
      let longest = 0;
      for (let first = 0; first < lines.ends.length;) {
        const { start, end, next } = nextWindow(lines, first);
        const input = lines.bytes.subarray(start, end);
        const window = { plan, kinds, input, first, count: next - first };
        columnizeWindow(kernel, window, { take, presence: options.presence === true });
        longest = Math.max(longest, kernel.run.longest.value >>> 0);
        first = next;
      }
      return { longest };
    },
  };
}

interface Window {
  readonly plan: ColumnPlan;
  readonly kinds: readonly number[];
  readonly input: Uint8Array;
  /** The index of the first document, and how many there are. */
  readonly first: number;
  readonly count: number;
}

/**
 * Memory: the plan, the input, the scratch memory of the table, places, validity, values. No column
 * takes more for its values than the input has, and eight bytes for each document.
 */
function columnizeWindow(
  kernel: Kernel,
  { plan, kinds, input, first, count }: Window,
  { take, presence }: { readonly take: TakeValues; readonly presence: boolean },
): void {
  const from = align(plan.end);
  const scratch = align(from + input.length + inputPadding);
  const places = align(scratch + input.length + inputPadding);
  const validity = align(places + kinds.length * count * 8);
  const values = align(validity + count / 8 + inputPadding);
  const valuesSize = Math.max(input.length + 8 * count, presence ? (4 + kinds.length) * count : 0);
  kernel.reserve(values + valuesSize + inputPadding);
  writeInput(kernel, from, input);
  setScratch(kernel, plan.layout, scratch);
  const { run } = kernel;
  if (run.locateValues(from, from + input.length, count, places) === 0) {
    throw new Error('what is columnized is no sequence of JSON objects');
  }
  for (const [column, kind] of kinds.entries()) {
    const at = places + column * count * 8;
    const end = run.writeValues(kind, at, count, validity, values, scratch) >>> 0;
    if (end === 0) throw new MisfitError(first + run.misfit.value, column);
    take(column, {
      rowCount: count,
      nullCount: run.nulls.value,
      validity: kernel.bytes.subarray(validity, validity + Math.ceil(count / 8)),
      values: kernel.bytes.subarray(values, end),
    });
  }
  if (!presence) return;
  const end = run.writePresence(places, kinds.length, count, values) >>> 0;
  take(kinds.length, { ...whole(count), values: kernel.bytes.subarray(values, end) });
}

/** The rows of a column that has a value in each. */
function whole(rowCount: number): Omit<ColumnValues, 'values'> {
  return { rowCount, nullCount: 0, validity: none };
}

const none = new Uint8Array();

// As in `kernel/values.ts`.
const kindOf: Readonly<Record<ValueType, number>> = {
  boolean: 0,
  integer: 1,
  number: 2,
  date: 3,
  'date-time': 4,
  text: 5,
  json: 6,
};
