import type { DocumentBatch } from './batches.ts';

/** Writes the messages of documents, many at once. */
export interface DocumentOutput {
  /**
   * Writes the documents of a batch from `from` on, and answers the first that is not written: their
   * number, or one that is too large for this, and is to be written by other means. What
   * was written is in line at the output by then, and the batch is looked at no more.
   * @throws {Failure} transient, when the output failed.
   */
  write(batch: DocumentBatch, from: number): Promise<number>;
}
