/** The length of what stands before each message: a flag for compression, and 4 bytes of length. */
export const prefixLength = 5;

/** One message as it goes over the wire, in bytes of its own. */
export function frameMessage(message: Uint8Array): Uint8Array {
  const framed = Buffer.allocUnsafe(prefixLength + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, prefixLength);
  return framed;
}

/** Messages as they go over the wire, one after the other. */
export function frameMessages(messages: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const message of messages) length += prefixLength + message.length;
  const framed = Buffer.allocUnsafe(length);
  let at = 0;
  for (const message of messages) {
    framed[at] = 0;
    framed.writeUInt32BE(message.length, at + 1);
    framed.set(message, at + prefixLength);
    at += prefixLength + message.length;
  }
  return framed;
}
