import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readDotEnv } from './dot-env.ts';
import type { Variables } from './variables.ts';

/**
 * The variables of a pipeline in `folder`: the environment, and behind it the file `.env` in that
 * folder, which is read when it is first needed. It never becomes part of the environment.
 */
export function readVariables(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Variables {
  let dotEnv: ReadonlyMap<string, string> | undefined;
  return {
    env(name) {
      if (Object.hasOwn(environment, name)) return environment[name];
      dotEnv ??= readDotEnv(join(folder, '.env'));
      return dotEnv.get(name);
    },
    file: (path) => readFileSync(resolve(folder, path), 'utf8'),
  };
}
