import type { Lines } from '@fairlead/json';
import type { StoreKernel } from './store-kernel.ts';

/** Pieces of some bytes, one for each message of a batch. An absent one ends where it starts. */
export interface Slices {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Consecutive `captured` responses of one binding. */
export interface CapturedBatch {
  readonly is: 'captured';
  readonly binding: number;
  readonly documents: Lines;
}

/** Consecutive `loaded` responses of one binding. */
export interface LoadedBatch {
  readonly is: 'loaded';
  readonly binding: number;
  readonly documents: Lines;
}

/** Consecutive `load` requests of one binding. */
export interface LoadBatch {
  readonly is: 'load';
  readonly binding: number;
  /** Whether keys are packed tuples; else they are JSON arrays. */
  readonly packed: boolean;
  readonly keys: Slices;
}

/** Consecutive `store` requests of one binding. */
export interface StoreBatch {
  readonly is: 'store';
  readonly binding: number;
  /** Whether keys and values are packed tuples; else they are JSON arrays. */
  readonly packed: boolean;
  readonly keys: Slices;
  /** Absent where the binding has no value fields. */
  readonly values: Slices;
  /** Absent where the binding selects no document. */
  readonly documents: Slices;
  /** {@link StoreFlag}s of each, added up. */
  readonly flags: Uint8Array;
  /** What has found them, when it can make rows of them. */
  readonly kernel?: StoreKernel;
}

export const StoreFlag = {
  /** The destination has a document with this key already. */
  exists: 1,
  /** The document was reduced to a deletion. */
  delete: 2,
} as const;

/** Messages that come many at a time and hold documents alone. */
export type DocumentBatch = CapturedBatch | LoadedBatch;
/** Messages that come many at a time and have keys. */
export type KeyedBatch = LoadBatch | StoreBatch;
export type Batch = DocumentBatch | KeyedBatch;
export type BatchName = Batch['is'];

export function isDocumentBatch(message: { readonly is: string }): message is DocumentBatch {
  return message.is === 'captured' || message.is === 'loaded';
}

export function isKeyedBatch(message: { readonly is: string }): message is KeyedBatch {
  return message.is === 'load' || message.is === 'store';
}

/** One of some documents, without its line break. */
export function documentOf({ bytes, ends }: Lines, index: number): Uint8Array {
  const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
  return bytes.subarray(start, (ends[index] ?? 0) - 1);
}
