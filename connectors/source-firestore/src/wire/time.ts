import { malformed, ProtoReader, ProtoWriter } from './protobuf.ts';

/** An instant as Firestore has it: seconds since 1970, which may be negative, and nanoseconds after them. */
export interface Time {
  seconds: number;
  nanos: number;
}

/** Whether RFC 3339 has a text for the instant: years 1 to 9999. */
export function isTime({ seconds, nanos }: Readonly<Time>): boolean {
  return seconds >= leastSeconds && seconds <= mostSeconds && nanos >= 0 && nanos <= 999_999_999;
}

/** Negative, 0 or positive as `a` is before, at or after `b`. */
export function compareTimes(a: Readonly<Time>, b: Readonly<Time>): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}

/** The instant as RFC 3339 in UTC, with as many digits of a second as it needs. */
export function formatTime(time: Readonly<Time>): string {
  if (!isTime(time)) throw new RangeError('a time outside the years 1 to 9999');
  const fraction = String(time.nanos).padStart(9, '0').replace(/0+$/, '');
  const second = new Date(time.seconds * 1000).toISOString().slice(0, 19);
  return fraction === '' ? `${second}Z` : `${second}.${fraction}Z`;
}

/** The instant that an RFC 3339 text names, or undefined when it names none. */
export function parseTime(text: string): Time | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const [, date = '', clock = '', fraction = '', zone = ''] = match;
  const atEpochMs = Date.parse(`${date}T${clock}Z`);
  // `Date` takes the 30th of February for the 2nd of March.
  if (Number.isNaN(atEpochMs) || !new Date(atEpochMs).toISOString().startsWith(date)) {
    return undefined;
  }
  const time = {
    seconds: atEpochMs / 1000 - offsetSeconds(zone),
    nanos: Number(fraction.slice(0, 9).padEnd(9, '0')),
  };
  return isTime(time) ? time : undefined;
}

/** The instant as microseconds since 1970, of which fractions are dropped. Exact to the year 2255. */
export function microsOf({ seconds, nanos }: Readonly<Time>): number {
  return seconds * 1e6 + Math.floor(nanos / 1000);
}

/** The instant so many microseconds after 1970. */
export function timeOfMicros(micros: number): Time {
  const seconds = Math.floor(micros / 1e6);
  return { seconds, nanos: (micros - seconds * 1e6) * 1000 };
}

/** A `google.protobuf.Timestamp`. */
export function encodeTime({ seconds, nanos }: Readonly<Time>): ProtoWriter {
  const writer = new ProtoWriter();
  if (seconds !== 0) writer.varint(1, seconds);
  if (nanos !== 0) writer.varint(2, nanos);
  return writer;
}

/**
 * Sets `time` to the `google.protobuf.Timestamp` from `from` to `to`; what the message does not say is
 * left as it is.
 * @throws {Failure} data, when the message is malformed.
 */
export function readTime(bytes: Uint8Array, from: number, to: number, time: Time): void {
  let p = from;
  if (p < to && bytes[p] === 0x08) {
    const begin = p + 1;
    let scale = 1;
    let seconds = 0;
    let byte = 0x80;
    p = begin;
    while (byte > 0x7f && p < to) {
      byte = bytes[p++] ?? 0;
      seconds += (byte & 0x7f) * scale;
      scale *= 128;
    }
    // A negative one has ten bytes.
    if (byte > 0x7f || p - begin > 7) return readOddTime(bytes, from, to, time);
    time.seconds = seconds;
  }
  if (p < to && bytes[p] === 0x10) {
    const begin = p + 1;
    let shift = 0;
    let nanos = 0;
    let byte = 0x80;
    p = begin;
    while (byte > 0x7f && p < to) {
      byte = bytes[p++] ?? 0;
      nanos |= (byte & 0x7f) << shift;
      shift += 7;
    }
    if (byte > 0x7f || p - begin > 5) return readOddTime(bytes, from, to, time);
    time.nanos = nanos;
  }
  if (p !== to) readOddTime(bytes, from, to, time);
}

function readOddTime(bytes: Uint8Array, from: number, to: number, time: Time): void {
  const reader = new ProtoReader(bytes, from, to);
  while (reader.next()) {
    if (reader.tag === 0x08) time.seconds = Number(reader.int64());
    if (reader.tag === 0x10) time.nanos = reader.int32();
  }
}

/**
 * The `google.protobuf.Timestamp` that `reader` stands on. It may be one that {@link isTime} refuses.
 * @throws {Failure} data, when the message is malformed.
 */
export function timeIn(reader: ProtoReader): Time {
  const time = { seconds: 0, nanos: 0 };
  readTime(reader.bytes, reader.valueStart, reader.valueEnd, time);
  return time;
}

/**
 * As {@link timeIn}.
 * @throws {Failure} data, also when it is outside the years 1 to 9999.
 */
export function readTimeIn(reader: ProtoReader): Time {
  const time = timeIn(reader);
  if (!isTime(time)) throw malformed('a time in it is outside the years 1 to 9999');
  return time;
}

const leastSeconds = -62_135_596_800;
const mostSeconds = 253_402_300_799;
const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;

function offsetSeconds(zone: string): number {
  if (zone.length === 1) return 0;
  const seconds = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4)) * 60;
  return zone.startsWith('-') ? -seconds : seconds;
}
