import {
  ByteWriter,
  decodeValue,
  encodeObject,
  encodeValue,
  parsePointer,
  type Lines,
} from '@fairlead/json';
import { startOf } from '@fairlead/sdk';
import { StoreFlag, type LoadBatch, type Slices, type StoreBatch } from '../protocol/batches.ts';
import type { BindingSpec } from './flow-spec.ts';
import { packTuple } from './pack-tuple.ts';

/** A document of which the numbers have all their digits. */
export type TestDocument = Readonly<Record<string, unknown>>;

/** What becomes of a document when one with the same key comes after it. */
export type Reduce = (before: TestDocument, after: TestDocument) => TestDocument;

/** The documents of one transaction for one binding, reduced by key as the runtime does. */
export class BindingTransaction {
  readonly #spec: BindingSpec;
  readonly #binding: number;
  readonly #reduce: Reduce;
  readonly #packed: boolean;
  readonly #rows = new Map<string, Row>();

  constructor(spec: BindingSpec, binding: number, reduce: Reduce, packed: boolean) {
    this.#spec = spec;
    this.#binding = binding;
    this.#reduce = reduce;
    this.#packed = packed;
  }

  /** The greatest key, packed, as text of which the order is that of the keys; '' when there is none. */
  get greatestKey(): string {
    return [...this.#rows.keys()].reduce((a, b) => (a > b ? a : b), '');
  }

  /** @param published when the document was published. */
  add(document: TestDocument, published: string): void {
    const key = valuesOf(this.#spec, this.#spec.fieldSelection?.keys ?? [], document, published);
    const id = packTuple(key).toString('latin1');
    const row = this.#rows.get(id);
    if (row === undefined) {
      this.#rows.set(id, { key, document, published, exists: false, reduced: false });
      return;
    }
    row.document = this.#reduce(row.document, document);
    row.published = published;
    row.reduced = true;
  }

  /** What has to be loaded: the keys up to `greatest`, for later ones were never stored. */
  loads(greatest: string): LoadBatch | undefined {
    const wanted = [...this.#rows].filter(([id]) => id <= greatest).map(([, row]) => row);
    if (wanted.length === 0 || this.#spec.deltaUpdates === true) return undefined;
    const keys = slicesOf(wanted.map(({ key }) => this.#tuple(key)));
    return { is: 'load', binding: this.#binding, packed: this.#packed, keys };
  }

  /** Takes documents that the destination has. */
  loaded({ bytes, ends }: Lines): void {
    for (const [index, end] of ends.entries()) {
      const before = objectOf(decodeValue(bytes, startOf({ bytes, ends }, index), end));
      const { keys = [] } = this.#spec.fieldSelection ?? {};
      const row = this.#rows.get(
        packTuple(valuesOf(this.#spec, keys, before, '')).toString('latin1'),
      );
      if (row === undefined) throw new Error('a document was loaded that nobody asked for');
      row.document = this.#reduce(before, row.document);
      row.exists = true;
      row.reduced = true;
    }
  }

  /** Everything that is to be stored, in the order of the keys. */
  stores(): StoreBatch | undefined {
    if (this.#rows.size === 0) return undefined;
    const rows = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    const { values = [], document = '' } = this.#spec.fieldSelection ?? {};
    return {
      is: 'store',
      binding: this.#binding,
      packed: this.#packed,
      keys: slicesOf(rows.map(({ key }) => this.#tuple(key))),
      values: slicesOf(
        rows.map((row) => this.#tuple(valuesOf(this.#spec, values, row.document, row.published))),
      ),
      documents: slicesOf(rows.map((row) => (document === '' ? '' : encoded(row.document)))),
      flags: Uint8Array.from(rows, (row) => flagsOf(row)),
    };
  }

  #tuple(values: readonly unknown[]): Uint8Array {
    return this.#packed ? packTuple(values) : encoded(values);
  }
}

interface Row {
  readonly key: readonly unknown[];
  document: TestDocument;
  published: string;
  exists: boolean;
  /** Whether a document came before the last one. */
  reduced: boolean;
}

function flagsOf({ exists, reduced, document }: Row): number {
  const isDelete = reduced && valueAt(document, '/_meta/op') === 'd';
  return (exists ? StoreFlag.exists : 0) | (isDelete ? StoreFlag.delete : 0);
}

function valuesOf(
  { collection }: BindingSpec,
  fields: readonly string[],
  document: TestDocument,
  published: string,
): unknown[] {
  return fields.map((name) => {
    const projection = collection?.projections?.find(({ field }) => field === name);
    const { contentEncoding } = projection?.inference?.string ?? {};
    return contentEncoding === 'uuid'
      ? published
      : (valueAt(document, projection?.ptr ?? '') ?? null);
  });
}

function valueAt(document: TestDocument, pointer: string): unknown {
  let value: unknown = document;
  for (const step of parsePointer(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    // The check above makes it one of the object's own members.
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function objectOf(value: unknown): TestDocument {
  if (typeof value === 'object' && value !== null) return { ...value };
  throw new Error('a document that was loaded is no object');
}

function encoded(value: object): Uint8Array {
  const out = new ByteWriter();
  if (Array.isArray(value)) encodeValue(value, out);
  else encodeObject(value, out);
  return out.take();
}

function slicesOf(pieces: readonly (Uint8Array | string)[]): Slices {
  const buffers = pieces.map((piece) => Buffer.from(piece));
  const starts = new Uint32Array(buffers.length);
  const ends = new Uint32Array(buffers.length);
  let at = 0;
  for (const [index, buffer] of buffers.entries()) {
    starts[index] = at;
    at += buffer.length;
    ends[index] = at;
  }
  return { bytes: Buffer.concat(buffers), starts, ends };
}
