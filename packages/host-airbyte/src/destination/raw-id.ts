import { randomBytes } from 'node:crypto';

/** How long the text of an id is. */
export const rawIdSize = 36;

/**
 * Writes a UUID of version 7 (RFC 9562) at `at`, random but for the time. What {@link nextRawId}
 * makes of it is unique too.
 */
export function writeRawId(bytes: Buffer, at: number, nowMs: number): void {
  const time = nowMs.toString(16).padStart(12, '0');
  const random = randomBytes(10);
  // The variant; and room to count, which begins in the lower half.
  random[2] = ((random[2] ?? 0) & 0x3f) | 0x80;
  random[4] = (random[4] ?? 0) & 0x7f;
  const hex = random.toString('hex');
  const text = `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(1, 4)}-${hex.slice(4, 8)}-${hex.slice(8)}`;
  bytes.write(text, at, 'latin1');
}

/** Makes the id at `at` the one after it: its last twelve digits are a counter that began at random. */
export function nextRawId(bytes: Buffer, at: number): void {
  for (let index = at + rawIdSize - 1; ; index--) {
    const digit = bytes[index] ?? 0;
    if (digit !== letterF) {
      bytes[index] = digit === digitNine ? letterA : digit + 1;
      return;
    }
    bytes[index] = digitZero;
  }
}

const digitZero = 0x30;
const digitNine = 0x39;
const letterA = 0x61;
const letterF = 0x66;
