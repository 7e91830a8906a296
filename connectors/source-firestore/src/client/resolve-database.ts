import { Failure } from '@fairlead/sdk';
import { parseDatabase, type DatabaseName } from '../settings.ts';

/** Where the name of the database may be found. */
export interface DatabaseHints {
  /** The setting, which decides. */
  readonly database: string | undefined;
  /** The project of the credentials. */
  readonly projectId: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The database to read: that of the settings, or the default one of the project of the credentials or the environment.
 * @throws {Failure} config, when nothing names one.
 */
export function resolveDatabase({ database, projectId, env }: DatabaseHints): DatabaseName {
  if (database !== undefined) return parseDatabase(database);
  const project = [projectId, env['GOOGLE_CLOUD_PROJECT'], env['GCLOUD_PROJECT']].find(
    (name) => name !== undefined && name !== '',
  );
  if (project !== undefined) return parseDatabase(`projects/${project}`);
  throw new Failure('config', 'nothing says which project the database is in', {
    where: 'database',
    hint: 'Set database to projects/PROJECT/databases/(default), or the environment variable GOOGLE_CLOUD_PROJECT.',
  });
}
