import { ByteWriter, encodeLine, type BoundedLines, type Lines } from '@fairlead/json';

/** What a document does to the row with its key. */
export const Op = {
  /** The document is the whole row, whether there is one or not. What is meant when nothing is said. */
  upsert: 0,
  /** As `upsert`, and the source knows that no document with this key was handed out before. */
  insert: 1,
  /** The members that the document has replace those of the row; the others stay. */
  patch: 2,
  /** The row goes. The document has at least the key. */
  delete: 3,
} as const;
export type Op = (typeof Op)[keyof typeof Op];

/**
 * Consecutive documents of one binding: the unit of flow, about 1 MiB. Never changed after it was
 * handed on. With a `shape`, a host need not look at them to know that they fit.
 */
export interface Documents extends BoundedLines {
  /** An {@link Op} for each document; all are upserts when absent. */
  readonly ops?: Uint8Array;
}

/** How many documents there are. */
export function countOf(documents: Documents): number {
  return documents.ends.length;
}

/** Where document `index` begins in `documents.bytes`. */
export function startOf(documents: Lines, index: number): number {
  return index === 0 ? 0 : (documents.ends[index - 1] ?? 0);
}

/** The documents whose index `keep` accepts, in order, as a copy. */
export function selectDocuments(documents: Documents, keep: (index: number) => boolean): Documents {
  const builder = new DocumentsBuilder();
  for (let index = 0; index < documents.ends.length; index++) {
    if (!keep(index)) continue;
    const line = documents.bytes.subarray(startOf(documents, index), documents.ends[index]);
    builder.addLine(line, documents.ops?.[index] ?? Op.upsert);
  }
  return builder.take();
}

/** Gathers documents into {@link Documents}. One builder makes one after another. */
export class DocumentsBuilder {
  readonly #bytes = new ByteWriter();
  #ends: number[] = [];
  #ops: number[] = [];
  #plain = true;

  /** Documents gathered since the last `take`. */
  get count(): number {
    return this.#ends.length;
  }

  /** Bytes gathered since the last `take`. */
  get sizeBytes(): number {
    return this.#bytes.length;
  }

  /**
   * Adds a plain object; integers as bigint, `Decimal`, `Date` and bytes keep their value.
   * @throws {EncodeError} for a value that JSON cannot hold.
   */
  add(document: object, op: Op = Op.upsert): void {
    encodeLine(document, this.#bytes);
    this.#end(op);
  }

  /** Adds a document that is encoded already, with its `\n`. */
  addLine(line: Uint8Array, op: number = Op.upsert): void {
    this.#bytes.bytes(line);
    this.#end(op);
  }

  /** What was gathered; the builder is empty afterwards. */
  take(): Documents {
    const bytes = this.#bytes.take();
    const documents = {
      bytes,
      ends: Uint32Array.from(this.#ends),
      ...(this.#plain ? {} : { ops: Uint8Array.from(this.#ops) }),
    };
    this.#ends = [];
    this.#ops = [];
    this.#plain = true;
    return documents;
  }

  #end(op: number): void {
    this.#ends.push(this.#bytes.length);
    this.#ops.push(op);
    if (op !== Op.upsert) this.#plain = false;
  }
}

/** Plain objects as {@link Documents}. */
export function encodeDocuments(objects: Iterable<object>, op: Op = Op.upsert): Documents {
  const builder = new DocumentsBuilder();
  for (const object of objects) builder.add(object, op);
  return builder.take();
}
