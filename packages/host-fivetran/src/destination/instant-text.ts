import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { Failure } from '@fairlead/sdk';

/**
 * A timestamp in RFC 3339, with all nine digits of its fraction.
 * @throws {Failure} data when it is beyond the years 1 to 9999.
 */
export function instantText({ seconds, nanos }: Pick<Timestamp, 'seconds' | 'nanos'>): string {
  const date = new Date(Number(seconds) * 1000);
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999) || nanos < 0 || nanos > 999_999_999) {
    throw new Failure('data', 'a time is not between the years 1 and 9999');
  }
  return `${date.toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`;
}
