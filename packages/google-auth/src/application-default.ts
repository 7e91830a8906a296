import { Failure } from '@fairlead/sdk';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from './json-object.ts';
import type { Surroundings } from './surroundings.ts';

export interface DefaultFile {
  readonly path: string;
  readonly content: string;
}

/**
 * The file of application-default credentials: the one that GOOGLE_APPLICATION_CREDENTIALS names, or
 * else what `gcloud auth application-default login` left; undefined when there is neither.
 * https://cloud.google.com/docs/authentication/application-default-credentials
 * @throws {Failure} config for a file that is named and cannot be read
 */
export async function findDefaultFile(around: Surroundings): Promise<DefaultFile | undefined> {
  const named = text(around.env['GOOGLE_APPLICATION_CREDENTIALS']);
  if (named !== undefined) {
    try {
      return { path: named, content: await readFile(named, 'utf8') };
    } catch (error) {
      const reason = codeOf(error) === 'ENOENT' ? 'does not exist' : 'cannot be read';
      throw unreadable(`the file ${reason}`, `GOOGLE_APPLICATION_CREDENTIALS, ${named}`, error);
    }
  }
  const folder = gcloudFolder(around);
  if (folder === undefined) return undefined;
  const path = join(folder, 'application_default_credentials.json');
  try {
    return { path, content: await readFile(path, 'utf8') };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw unreadable('the file cannot be read', path, error);
  }
}

/** Where gcloud keeps its files. */
export function gcloudFolder({ env, platform }: Surroundings): string | undefined {
  const set = text(env['CLOUDSDK_CONFIG']);
  if (set !== undefined) return set;
  const isWindows = platform === 'win32';
  const home = text(env[isWindows ? 'APPDATA' : 'HOME']);
  if (home === undefined) return undefined;
  return isWindows ? join(home, 'gcloud') : join(home, '.config', 'gcloud');
}

/**
 * The project that gcloud is set to; undefined when it is set to none or was never used. Its files
 * are for gcloud alone, so that one which cannot be read is as good as none.
 */
export async function gcloudProject(around: Surroundings): Promise<string | undefined> {
  const set = text(around.env['CLOUDSDK_CORE_PROJECT']);
  const folder = gcloudFolder(around);
  if (set !== undefined || folder === undefined) return set;
  try {
    const name =
      text(around.env['CLOUDSDK_ACTIVE_CONFIG_NAME']) ??
      text((await readFile(join(folder, 'active_config'), 'utf8')).trim()) ??
      'default';
    const settings = await readFile(join(folder, 'configurations', `config_${name}`), 'utf8');
    const [, core] = /^\[core\]([^[]*)/m.exec(settings) ?? [];
    return /^project\s*=\s*(\S+)\s*$/m.exec(core ?? '')?.[1];
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function unreadable(message: string, where: string, cause: unknown): Failure {
  const code = codeOf(cause);
  const hint = 'Check the path and the rights of the file.';
  return new Failure('config', code === '' ? message : `${message} (${code})`, {
    where,
    hint,
    cause,
  });
}
