import type { ByteWriter } from '@fairlead/json';
import type { FlowOutput } from '../io.ts';
import type { DocumentBatch } from './batches.ts';
import type { DocumentOutput } from './document-output.ts';
import type { MessageSet } from './message-set.ts';

export type CodecName = 'json' | 'proto';

/** How messages are told apart and written down. */
export interface Codec {
  readonly name: CodecName;
  /**
   * Where the message that begins at `start` ends, its frame included; undefined when it is not all
   * there. `searched` says up to where that was found before.
   */
  frameEnd(bytes: Uint8Array, start: number, searched: number): number | undefined;
  /** How long the message that begins at `start` says that it is, if it does. */
  announcedLength(bytes: Uint8Array, start: number): number | undefined;
  /**
   * The messages of some frames, the first of which begins at 0, each up to its end.
   * @throws {Failure} data
   */
  read(
    set: MessageSet,
    bytes: Uint8Array,
    ends: readonly number[],
    strict: boolean,
  ): readonly { readonly is: string }[];
  /** Appends a message other than documents. */
  write(set: MessageSet, message: { readonly is: string }, out: ByteWriter): void;
  /** Appends the message of one document of a batch. */
  writeDocument(set: MessageSet, batch: DocumentBatch, index: number, out: ByteWriter): void;
  /** Writes messages of documents to an output, many at once. */
  documentOutput(set: MessageSet, output: FlowOutput): DocumentOutput;
}
