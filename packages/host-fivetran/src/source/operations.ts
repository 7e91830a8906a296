import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { UpdateResponseSchema } from '../protocol/connector_sdk.gen.ts';
import { WireBuffer } from './wire-buffer.ts';

type Operation = NonNullable<MessageInitShape<typeof UpdateResponseSchema>['operation']>;

/** A message of an update that has no rows. */
export function encodeOperation(operation: Operation): Uint8Array {
  return toBinary(UpdateResponseSchema, create(UpdateResponseSchema, { operation }));
}

/** A message of one record without a row, such as that of a truncation. */
export function encodeRecord(content: Uint8Array): Uint8Array {
  const out = new WireBuffer(content.length + 8);
  out.byte(0x0a);
  out.varint(content.length);
  out.put(content);
  return out.bytes.slice(0, out.at);
}
