import { fromBinary } from '@bufbuild/protobuf';
import { type UpdateResponse, UpdateResponseSchema } from '../../protocol/connector_sdk.gen.ts';
import { RecordMessages } from '../record-messages.ts';

/** Messages, and what was handed to the connection so far. */
export function collectMessages() {
  const framed: Uint8Array[] = [];
  const messages = new RecordMessages((bytes) => void framed.push(bytes));
  return {
    messages,
    /** The size of each message. */
    sizes: () => framesOf(framed).map(({ length }) => length),
    decoded: (): UpdateResponse[] =>
      framesOf(framed).map((frame) => fromBinary(UpdateResponseSchema, frame)),
  };
}

function framesOf(framed: readonly Uint8Array[]): Buffer[] {
  const all = Buffer.concat(framed);
  const frames: Buffer[] = [];
  for (let at = 0; at < all.length;) {
    if (all[at] !== 0) throw new Error('the frame is compressed');
    const end = at + 5 + all.readUInt32BE(at + 1);
    frames.push(all.subarray(at + 5, end));
    at = end;
  }
  return frames;
}
