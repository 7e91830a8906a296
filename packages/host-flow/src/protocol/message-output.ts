import { ByteWriter } from '@fairlead/json';
import type { FlowOutput } from '../io.ts';
import { type DocumentBatch, isDocumentBatch } from './batches.ts';
import type { CodecName } from './codec.ts';
import { codecs } from './codecs.ts';
import type { DocumentOutput } from './document-output.ts';
import type { MessageSet } from './message-set.ts';
import { messageWriter } from './message-writer.ts';

/** Writes messages to where they go. */
export interface MessageOutput<Message> {
  /**
   * Writes a message; of a batch, a message for each document. When a promise comes back, wait for it
   * before the next one.
   * @throws {Failure} transient, in the promise, when the output failed.
   */
  readonly write: (message: Message) => Promise<void> | undefined;
}

/** Writes the messages of a set to `output`. `Message` is what the set is made of. */
export function messageOutput<Message extends { readonly is: string }>(
  set: MessageSet,
  name: CodecName,
  output: FlowOutput,
): MessageOutput<Message> {
  const codec = codecs[name];
  const writer = messageWriter<{ readonly is: string }>(set, name);
  let documents: DocumentOutput | undefined;
  const writeDocuments = async (batch: DocumentBatch) => {
    documents ??= codec.documentOutput(set, output);
    const count = batch.documents.ends.length;
    for (let at = 0; ; at++) {
      at = await documents.write(batch, at);
      if (at === count) return;
      const large = new ByteWriter();
      codec.writeDocument(set, batch, at, large);
      await output.write(large.view());
    }
  };
  return {
    write: (message) =>
      isDocumentBatch(message) ? writeDocuments(message) : output.write(writer.encode(message)),
  };
}
