import { readdir, rm, rmdir } from 'node:fs/promises';
import { writeJson, type Invocation } from '../invocation.ts';
import { filesOf, shown } from './fivetran-files.ts';

/** `fairlead fivetran reset`: removes the files of `debug`, and nothing that somebody else has put there. */
export async function resetFiles({ environment, output, options }: Invocation): Promise<void> {
  const { folder, warehouse, state } = filesOf(environment);
  const names = await readdir(folder).catch(() => []);
  const own = [warehouse, `${warehouse}.wal`, state, `${state}.new`];
  const removed = own.filter((path) => names.some((name) => path.endsWith(`/${name}`)));
  for (const path of removed) await rm(path);
  // One that holds something else stays.
  await rmdir(folder).catch(() => undefined);
  const paths = removed.map((path) => shown(environment, path));
  if (options.json === true) await writeJson(output, { removed: paths });
  else if (paths.length === 0) await output.write('there is nothing to remove\n');
  else await output.write(paths.map((path) => `removed ${path}\n`).join(''));
}
