import { ByteWriter } from '@fairlead/json';
import { isDocumentBatch } from './batches.ts';
import type { CodecName } from './codec.ts';
import { codecs } from './codecs.ts';
import type { MessageSet } from './message-set.ts';

/** Makes bytes of messages. */
export interface MessageWriter<Message> {
  /** A message with its frame; of a batch, a message for each. Good until the next call. */
  encode(message: Message): Uint8Array;
}

/** A writer of the messages of a set. `Message` is what the set is made of. */
export function messageWriter<Message extends { readonly is: string }>(
  set: MessageSet,
  name: CodecName,
): MessageWriter<Message> {
  const codec = codecs[name];
  const out = new ByteWriter();
  return {
    encode(message) {
      out.truncate(0);
      if (isDocumentBatch(message)) {
        for (let index = 0; index < message.documents.ends.length; index++) {
          codec.writeDocument(set, message, index, out);
        }
      } else codec.write(set, message, out);
      return out.view();
    },
  };
}
