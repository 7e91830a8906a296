import { ProtoReader } from './protobuf.ts';
import { readTimeIn, type Time } from './time.ts';

/** What is of interest in a `google.firestore.admin.v1.Database`. */
export interface Database {
  readonly name: string;
  readonly locationId: string;
  readonly type: 'native' | 'datastore' | 'unknown';
  readonly edition: 'standard' | 'enterprise' | 'unknown';
  /** Whether past versions are kept for longer than an hour. */
  readonly hasPointInTimeRecovery: boolean;
  /** How long past versions are kept. */
  readonly versionRetentionSeconds?: number;
  /** The earliest instant that can be read. */
  readonly earliestVersionTime?: Time;
  /** Whether Listen works, where the server says. */
  readonly realtimeUpdates: 'enabled' | 'disabled' | 'unknown';
  /** Whether the Firestore API may read it, where the server says. */
  readonly firestoreAccess: 'enabled' | 'disabled' | 'unknown';
}

/**
 * The database that the message describes.
 * @throws {Failure} data, when it is malformed.
 */
export function readDatabase(bytes: Uint8Array, start = 0, end = bytes.length): Database {
  const reader = new ProtoReader(bytes, start, end);
  const database: { -readonly [K in keyof Database]: Database[K] } = {
    name: '',
    locationId: '',
    type: 'unknown',
    edition: 'unknown',
    hasPointInTimeRecovery: false,
    realtimeUpdates: 'unknown',
    firestoreAccess: 'unknown',
  };
  while (reader.next()) {
    const { tag } = reader;
    if (tag === 0x0a) database.name = reader.text();
    else if (tag === 9 * 8 + 2) database.locationId = reader.text();
    else if (tag === 10 * 8) database.type = types[reader.int32()] ?? 'unknown';
    else if (tag === 17 * 8 + 2) database.versionRetentionSeconds = secondsIn(reader.message());
    else if (tag === 18 * 8 + 2) database.earliestVersionTime = readTimeIn(reader);
    else if (tag === 21 * 8) database.hasPointInTimeRecovery = reader.int32() === 1;
    else if (tag === 28 * 8) database.edition = editions[reader.int32()] ?? 'unknown';
    else if (tag === 31 * 8) database.realtimeUpdates = modes[reader.int32()] ?? 'unknown';
    else if (tag === 33 * 8) database.firestoreAccess = modes[reader.int32()] ?? 'unknown';
  }
  return database;
}

const types = ['unknown', 'native', 'datastore'] as const;
const editions = ['unknown', 'standard', 'enterprise'] as const;
const modes = ['unknown', 'enabled', 'disabled'] as const;

function secondsIn(duration: ProtoReader): number {
  let seconds = 0;
  while (duration.next()) if (duration.tag === 0x08) seconds = Number(duration.int64());
  return seconds;
}
