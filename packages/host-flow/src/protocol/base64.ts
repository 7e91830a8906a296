import type { ByteWriter } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';

/**
 * Appends what the base64 from `start` to `end` stands for.
 * @throws {Failure} data, for anything else than base64.
 */
export function decodeBase64(bytes: Uint8Array, start: number, end: number, out: ByteWriter): void {
  let stop = end;
  while (stop > start && end - stop < 2 && bytes[stop - 1] === padding) stop--;
  let bits = 0;
  let count = 0;
  for (let at = start; at < stop; at++) {
    const value = values[bytes[at] ?? 0] ?? none;
    if (value === none) throw new Failure('data', 'malformed JSON: this is no base64');
    bits = ((bits & 0xffff) << 6) | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.byte(bits >>> count);
  }
  if ((stop - start) % 4 === 1) throw new Failure('data', 'malformed JSON: this is no base64');
}

const padding = 0x3d;
const none = 0xff;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const values = Uint8Array.from({ length: 256 }, (_, byte) => {
  const index = alphabet.indexOf(String.fromCharCode(byte));
  return index === -1 ? none : index;
});
