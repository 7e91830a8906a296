import type { Messages } from '@fairlead/grpc';

/** The messages of a batch, which are its own bytes until the next one is asked for. */
export function* messagesIn({ bytes, bounds, count }: Messages): Generator<Uint8Array> {
  for (let i = 0; i < count; i++) yield bytes.subarray(bounds[2 * i], bounds[2 * i + 1]);
}
