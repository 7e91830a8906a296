import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { TimestampSchema, type Timestamp } from '@bufbuild/protobuf/wkt';
import { ResumeTokenSchema } from '../protocol/listen.gen.ts';

/** An instant of the server: whole microseconds since 1970, exact until the year 2255. */
export type Micros = number;

/** The instant of a timestamp, or the first microsecond after it where it lies between two. */
export function microsOf(timestamp: Timestamp): Micros {
  return Number(timestamp.seconds) * 1e6 + Math.ceil(timestamp.nanos / 1000);
}

/** The timestamp of an instant. */
export function timestampOf(micros: Micros): Timestamp {
  const seconds = Math.floor(micros / 1e6);
  const nanos = (micros - seconds * 1e6) * 1000;
  return create(TimestampSchema, { seconds: BigInt(seconds), nanos });
}

/** The resume token of a consistent point: nothing but its time. */
export function tokenOf(micros: Micros): Uint8Array {
  return toBinary(
    ResumeTokenSchema,
    create(ResumeTokenSchema, { point: { micros: BigInt(micros) } }),
  );
}

/** The time in a resume token; undefined for bytes that are no token of ours. */
export function microsOfToken(token: Uint8Array): Micros | undefined {
  try {
    const micros = fromBinary(ResumeTokenSchema, token).point?.micros;
    return micros === undefined ? undefined : Number(micros);
  } catch {
    return undefined;
  }
}
