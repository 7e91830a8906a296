import { Failure, type Log } from '@fairlead/sdk';
import type { Database } from '../wire/database.ts';

/**
 * Nothing, when a database of this kind can be captured. The log says how far back it can be read.
 * @param name what failures name as their place.
 * @throws {Failure} config
 */
export function checkDatabase(database: Database, name: string, log: Log): void {
  const problem = problems.find(({ is }) => is(database));
  if (problem !== undefined) {
    throw new Failure('config', problem.message, { where: name, hint: problem.hint });
  }
  const { locationId, edition, hasPointInTimeRecovery, versionRetentionSeconds } = database;
  log.info('the database can be read', {
    locationId,
    edition,
    pointInTimeRecovery: hasPointInTimeRecovery,
    ...(versionRetentionSeconds === undefined ? {} : { versionRetentionSeconds }),
  });
}

const problems: readonly {
  readonly is: (database: Database) => boolean;
  readonly message: string;
  readonly hint: string;
}[] = [
  {
    is: ({ type }) => type === 'datastore',
    message: 'the database is in Datastore mode, which this connector cannot read',
    hint: 'Name a database in native mode.',
  },
  {
    is: ({ firestoreAccess }) => firestoreAccess === 'disabled',
    message: 'the database does not let the Firestore API read it',
    hint: 'Enable Firestore data access in the settings of the database.',
  },
  {
    is: ({ realtimeUpdates }) => realtimeUpdates === 'disabled',
    message: 'the database has real-time updates disabled, so that nothing tells of changes',
    hint: 'Enable real-time updates in the settings of the database.',
  },
];
