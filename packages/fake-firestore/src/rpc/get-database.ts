import { databaseName } from '../names/resource-name.ts';
import { DatabaseInfoSchema, GetDatabaseRequestSchema } from '../protocol/admin.gen.ts';
import { timestampOf } from '../time/micros.ts';
import { method } from './method.ts';

/** What the administration tells of a database: its mode, its edition and how far back it can be read. */
export const getDatabase = method(
  GetDatabaseRequestSchema,
  async ({ store, settings }, request, answer) => {
    const database = store.database(databaseName(request.name));
    const { retentionMs, pointInTimeRecovery } = store.retention;
    const keptSeconds = pointInTimeRecovery ? 7 * 24 * 3600 : Math.floor(retentionMs / 1000);
    const earliest = Math.max(database.createdAt, store.readNow() - keptSeconds * 1e6);
    await answer.send(DatabaseInfoSchema, {
      name: database.name,
      createTime: timestampOf(database.createdAt),
      locationId: 'eur3',
      type: settings.mode === 'native' ? 1 : 2,
      concurrencyMode: 1,
      versionRetentionPeriod: { seconds: BigInt(keptSeconds) },
      earliestVersionTime: timestampOf(earliest),
      pointInTimeRecoveryEnablement: pointInTimeRecovery ? 1 : 2,
      databaseEdition: settings.edition === 'standard' ? 1 : 2,
      realtimeUpdatesMode: settings.realtimeUpdates ? 1 : 2,
      firestoreDataAccessMode: settings.dataAccess ? 1 : 2,
    });
  },
);
