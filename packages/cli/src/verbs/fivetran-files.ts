import { readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Configuration } from '@fairlead/fivetran-tester';
import { Failure } from '@fairlead/sdk';
import type { Environment } from '../environment.ts';
import { givenSettings } from '../platform/given-settings.ts';

const usualConfiguration = 'configuration.json';

/** Where Fivetran's own command leaves what it has read. */
export function filesOf({ folder }: Environment) {
  const files = join(folder, 'files');
  return {
    folder: files,
    warehouse: join(files, 'warehouse.db'),
    state: join(files, 'state.json'),
  };
}

/** A path as the user would write it. */
export function shown({ folder }: Environment, path: string): string {
  return relative(folder, path);
}

/**
 * The settings in a file; none when no file is named and the usual one is not there.
 * @throws {Failure} config; values are not told.
 */
export function readConfiguration(environment: Environment, given?: string): Configuration {
  const path = given ?? usualConfiguration;
  if (given === undefined && !exists(resolve(environment.folder, path))) return {};
  const settings = givenSettings(environment, '--configuration', path);
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings)) {
    const where = `${path}, ${name}`;
    if (typeof value !== 'string') {
      throw new Failure('config', 'the value is no text, and Fivetran takes nothing else', {
        where,
        hint: 'Write it in quotes.',
      });
    }
    if (value.startsWith('fivetran_encrypted:')) {
      throw new Failure('config', 'the value was encrypted by another tool', {
        where,
        hint: 'Write the value itself, or fill in the form: fairlead fivetran configuration.',
      });
    }
    texts[name] = value;
  }
  return texts;
}

/** Writes settings into a file that only its owner can read, and answers with its path as it was given. */
export async function writeConfiguration(
  { folder }: Environment,
  configuration: Configuration,
  given: string = usualConfiguration,
): Promise<string> {
  const path = resolve(folder, given);
  await writeFile(path, `${JSON.stringify(configuration, null, 2)}\n`, { mode: 0o600 });
  // The mode of a file that was there before stays.
  await chmod(path, 0o600);
  return given;
}

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}
