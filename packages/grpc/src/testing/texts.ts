import type { Messages } from '../message-reader.ts';

export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

/** The messages of a batch, in bytes of their own. */
export function messagesIn({ bytes, bounds, count }: Messages): Uint8Array[] {
  return Array.from(
    { length: count },
    (_, i) => new Uint8Array(bytes.subarray(bounds[2 * i], bounds[2 * i + 1])),
  );
}

/** All the messages to come, as text. */
export async function allTexts(call: AsyncIterable<Messages>): Promise<string[]> {
  const texts: string[] = [];
  for await (const messages of call) texts.push(...messagesIn(messages).map(textOf));
  return texts;
}

/** The messages that come before the error, and the error. */
export async function untilError(
  call: AsyncIterable<Messages>,
): Promise<{ texts: string[]; error: unknown }> {
  const texts: string[] = [];
  try {
    for await (const messages of call) texts.push(...messagesIn(messages).map(textOf));
  } catch (error) {
    return { texts, error };
  }
  throw new Error('the call ended well');
}
