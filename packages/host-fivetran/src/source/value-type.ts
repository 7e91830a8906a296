import type { WireBuffer } from './wire-buffer.ts';

/**
 * Writes a JSON value that is not null as the content of a `ValueType`. False when it has another type;
 * what was written is of no use then.
 */
export type WriteValue = (
  out: WireBuffer,
  bytes: Uint8Array,
  start: number,
  end: number,
) => boolean;

/** What each member of `ValueType` begins with. */
export const Tag = {
  bool: 0x10,
  short: 0x18,
  int: 0x20,
  long: 0x28,
  double: 0x39,
  naiveDate: 0x42,
  naiveDatetime: 0x4a,
  utcDatetime: 0x52,
  decimal: 0x5a,
  binary: 0x62,
  string: 0x6a,
  json: 0x72,
  xml: 0x7a,
} as const;

/** Writes bytes as they are, behind a tag and their length. */
export function putRaw(
  out: WireBuffer,
  tag: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  out.byte(tag);
  out.varint(end - start);
  out.putRange(bytes, start, end);
  return true;
}
