import type { CalendarDate, Time } from './value.ts';

const nanosPerMilli = 1_000_000n;

/** The text of an instant: UTC with Z, and 0, 3, 6 or 9 digits of a second. */
export function timeText(nanos: bigint): string {
  const millis = floorDiv(nanos, nanosPerMilli);
  const rest = Number(nanos - millis * nanosPerMilli);
  const iso = new Date(Number(millis)).toISOString();
  const seconds = iso.slice(0, -5);
  const fraction = iso.slice(-4, -1) + String(rest).padStart(6, '0');
  if (fraction === '000000000') return `${seconds}Z`;
  if (rest === 0) return `${seconds}.${fraction.slice(0, 3)}Z`;
  if (rest % 1000 === 0) return `${seconds}.${fraction.slice(0, 6)}Z`;
  return `${seconds}.${fraction}Z`;
}

/** The instant of a text; undefined where it has none. */
export function parseTime(text: string): Time | undefined {
  const match =
    /^([+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/i.exec(text);
  const [, seconds = '', fraction = '', zone = ''] = match ?? [];
  if (match === null) return undefined;
  const millis = Date.parse(`${seconds}${zone.toUpperCase()}`);
  if (Number.isNaN(millis)) return undefined;
  return { kind: 'time', nanos: BigInt(millis) * nanosPerMilli + BigInt(fraction.padEnd(9, '0')) };
}

/** The day of a text; undefined where it has none. */
export function parseDate(text: string): CalendarDate | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const millis = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 10) !== text)
    return undefined;
  return { kind: 'date', text };
}

/** Whole microseconds of an instant, rounded down. */
export function microsOf(time: Time): bigint {
  return floorDiv(time.nanos, 1000n);
}

/** The instant of microseconds since 1970. */
export function timeOfMicros(micros: bigint | number): Time {
  return { kind: 'time', nanos: BigInt(micros) * 1000n };
}

export function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
