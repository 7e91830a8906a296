import type { BoundedLines } from '@fairlead/json';

/** Turns the text of one file into documents. It remembers where in the file's structure it is. */
export interface Decoder {
  /**
   * The documents that are whole in `chunk`, about 1 MiB of them at most. The caller passes what was
   * not consumed again, followed by more; `final` says that no more follows.
   * @throws {DecodeError} when the first record of `chunk` is bad; records before it come first.
   */
  decode(chunk: Uint8Array, final: boolean): Decoded;
  /** Why the file cannot end after what was decoded; undefined when it can. */
  readonly unfinished: string | undefined;
  /** What another decoder must be told to go on after what was decoded; absent at the outermost level. */
  readonly inside: string | undefined;
  /** Records that were left out as the settings ask, and why: the first of them. */
  readonly skipped?: { readonly count: number; readonly reasons: readonly string[] };
}

export interface Decoded {
  /** Owned by the caller, who may give the bytes back with `giveBlock`. */
  readonly lines: BoundedLines;
  /** Bytes of the chunk that are done with. */
  readonly consumed: number;
  /** Records in those bytes: as many as there are lines, and those that were left out. */
  readonly records: number;
}

/** A record that has no faithful form as a document. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** Where, in bytes of the chunk that was being decoded. */
  readonly offset: number;
  /** Which record of that chunk, from 0; -1 when it is no record's fault. */
  readonly record: number;
  readonly hint: string | undefined;

  constructor(
    reason: string,
    at: { readonly offset: number; readonly record: number; readonly hint?: string },
  ) {
    super(reason);
    this.offset = at.offset;
    this.record = at.record;
    this.hint = at.hint;
  }
}

/** No documents. */
export const noLines: BoundedLines = { bytes: new Uint8Array(0), ends: new Uint32Array(0) };
