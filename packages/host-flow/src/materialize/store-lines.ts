import { createColumnizer, type ColumnValues, type Lines, type ValueType } from '@fairlead/json';
import { StoreFlag, type Slices, type StoreBatch } from '../protocol/batches.ts';

/** Takes store requests out of lines of JSON by the kernel, many at once. */
export interface StoreLines {
  /** Says that the batches read so far are done with. */
  recycle(): void;
  /**
   * The requests on some lines, in order. They are good until `recycle`. Undefined when they are not all of the usual form: then
   * a reader that takes every form has to read them, or say what is wrong.
   */
  read(lines: Lines): readonly StoreBatch[] | undefined;
}

/** How a line with a store request usually begins. */
export const storeLineStart: Uint8Array = Buffer.from('{"store":{');

/**
 * A reader of lines with stores.
 * @param hasTuples whether somebody wants keys and values; they are left out otherwise.
 */
export function storeLines(hasTuples: boolean): StoreLines {
  const tuples = hasTuples ? (['key', 'values'] as const) : [];
  const names: readonly Name[] = ['binding', 'exists', 'delete', ...tuples, 'doc'];
  const columnizer = createColumnizer(
    names.map((name) => ({ pointer: ['store', name], type: types[name] })),
  );
  const memory = new Arena();
  return {
    recycle: () => memory.clear(),
    read(lines) {
      const found: StoreBatch[] = [];
      let rows: Rows = emptyRows(0);
      let isUsual = true;
      try {
        columnizer.columnize(lines, (column, values) => {
          const name = names[column] ?? 'doc';
          if (column === 0) rows = emptyRows(values.rowCount);
          isUsual &&= takeColumn(rows, name, values, memory);
          if (isUsual && name === 'doc') found.push(...batchesOf(rows));
        });
      } catch {
        // The kernel does not say what is wrong with a line; the other reader does.
        return undefined;
      }
      return isUsual ? found : undefined;
    },
  };
}

type Name = 'binding' | 'exists' | 'delete' | 'key' | 'values' | 'doc';

const types: Readonly<Record<Name, ValueType>> = {
  binding: 'integer',
  exists: 'boolean',
  delete: 'boolean',
  key: 'json',
  values: 'json',
  doc: 'json',
};

interface Rows {
  readonly bindings: Uint32Array;
  readonly flags: Uint8Array;
  keys: Slices;
  values: Slices;
  documents: Slices;
}

function emptyRows(count: number): Rows {
  const absent = slicesOf(count, new Uint8Array());
  return {
    bindings: new Uint32Array(count),
    flags: new Uint8Array(count),
    keys: absent,
    values: absent,
    documents: absent,
  };
}

/** Whether the values of a column are what they usually are. */
function takeColumn(rows: Rows, name: Name, found: ColumnValues, memory: Arena): boolean {
  const isThere = found.nullCount < found.rowCount;
  switch (name) {
    case 'binding':
      return !isThere || takeBindings(rows.bindings, found);
    case 'exists':
      if (isThere) takeFlags(rows.flags, StoreFlag.exists, found);
      return true;
    case 'delete':
      if (isThere) takeFlags(rows.flags, StoreFlag.delete, found);
      return true;
    case 'key':
    case 'values':
    case 'doc': {
      // A key that is not there is a packed one; of the others all have it, or none.
      if (!isThere) return name !== 'key';
      if (found.nullCount > 0) return false;
      const slices = slicesOf(found.rowCount, memory.copy(found.values));
      if (name === 'key') rows.keys = slices;
      else if (name === 'values') rows.values = slices;
      else rows.documents = slices;
      return true;
    }
  }
}

function takeBindings(bindings: Uint32Array, found: ColumnValues): boolean {
  const view = new DataView(found.values.buffer, found.values.byteOffset, found.values.length);
  let next = 0;
  for (let row = 0; row < found.rowCount; row++) {
    if (!isValid(found, row)) continue;
    bindings[row] = view.getUint32(next, true);
    if (view.getUint32(next + 4, true) !== 0) return false;
    next += 8;
  }
  return true;
}

function takeFlags(flags: Uint8Array, flag: number, found: ColumnValues): void {
  let next = 0;
  for (let row = 0; row < found.rowCount; row++) {
    if (!isValid(found, row)) continue;
    const isSet = ((found.values[next >>> 3] ?? 0) >>> (next & 7)) & 1;
    if (isSet === 1) flags[row] = (flags[row] ?? 0) | flag;
    next++;
  }
}

function isValid({ validity, nullCount }: ColumnValues, row: number): boolean {
  return nullCount === 0 || (((validity[row >>> 3] ?? 0) >>> (row & 7)) & 1) === 1;
}

/** Values that are behind their lengths. Without any, every slice is empty. */
function slicesOf(count: number, bytes: Uint8Array): Slices {
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  if (bytes.length === 0) return { bytes, starts, ends };
  let place = 0;
  for (let row = 0; row < count; row++) {
    const length =
      (bytes[place] ?? 0) |
      ((bytes[place + 1] ?? 0) << 8) |
      ((bytes[place + 2] ?? 0) << 16) |
      ((bytes[place + 3] ?? 0) << 24);
    starts[row] = place + 4;
    place += 4 + length;
    ends[row] = place;
  }
  return { bytes, starts, ends };
}

/** One batch for each run of rows of one binding. */
function* batchesOf({ bindings, flags, keys, values, documents }: Rows): Generator<StoreBatch> {
  for (let first = 0; first < bindings.length;) {
    const binding = bindings[first] ?? 0;
    let next = first + 1;
    while (next < bindings.length && bindings[next] === binding) next++;
    yield {
      is: 'store',
      binding,
      packed: false,
      keys: part(keys, first, next),
      values: part(values, first, next),
      documents: part(documents, first, next),
      flags: flags.subarray(first, next),
    };
    first = next;
  }
}

function part({ bytes, starts, ends }: Slices, first: number, next: number): Slices {
  return { bytes, starts: starts.subarray(first, next), ends: ends.subarray(first, next) };
}

/** Memory for copies of what the kernel gives, whose own memory the next column has. */
class Arena {
  #bytes = new Uint8Array();
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  copy(values: Uint8Array): Uint8Array {
    if (this.#length + values.length > this.#bytes.length) {
      this.#bytes = new Uint8Array(Math.max(arenaBytes, 2 * values.length));
      this.#length = 0;
    }
    const start = this.#length;
    this.#bytes.set(values, start);
    this.#length += values.length;
    return this.#bytes.subarray(start, this.#length);
  }
}

/** A chunk of input, and a little more for the lengths. */
const arenaBytes = 1.5 * 1024 * 1024;
