import { Failure } from '@fairlead/sdk';

/**
 * Milliseconds since 1970 of the time that a record was emitted. Some hosts write seconds: what
 * would be before March 1973 in milliseconds is read as such.
 * @throws {Failure} data, for a time that is not in the years 1970 to 9999.
 */
export function emittedAtMs(written: number, where: string): number {
  const ms = Math.floor(Math.abs(written) < leastMs ? written * 1000 : written);
  if (ms >= 0 && ms <= mostMs) return ms;
  throw new Failure('data', 'the time at which a record was emitted is out of range', { where });
}

/** How long the text of a time is: `2024-02-29T12:34:56.789Z`. */
export const timeSize = 24;

/** Writes a time in RFC 3339 at `at`, where that of `before` is already; -1 when none is. */
export function writeTime(bytes: Buffer, at: number, ms: number, before: number): void {
  if (before < 0 || Math.floor(ms / 1000) !== Math.floor(before / 1000)) {
    bytes.write(new Date(ms).toISOString(), at, 'latin1');
    return;
  }
  const millis = ms % 1000;
  bytes[at + 20] = 0x30 + Math.floor(millis / 100);
  bytes[at + 21] = 0x30 + (Math.floor(millis / 10) % 10);
  bytes[at + 22] = 0x30 + (millis % 10);
}

const leastMs = 1e11;
const mostMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
