import { randomUUID } from 'node:crypto';

/** How long the text of an id is. */
export const rawIdSize = 36;

/**
 * Writes a UUID of version 7 (RFC 9562) at `at`, random but for the time. What {@link nextRawId}
 * makes of it is unique too.
 */
export function writeRawId(bytes: Buffer, at: number, nowMs: number): void {
  const time = nowMs.toString(16).padStart(12, '0');
  // Of version 4, whose variant is the same.
  const random = randomUUID();
  // Room to count, which begins in the lower half.
  const count = (parseInt(random.slice(24, 25), 16) & 7).toString() + random.slice(25);
  const text = `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15, 24)}${count}`;
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
