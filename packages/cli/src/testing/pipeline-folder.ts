import { mkdir, readFile, symlink } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { tempFolder, type TempFolder } from '@fairlead/testkit';

/** A folder for one test in which the connectors of `test/connectors` are installed. */
export interface PipelineFolder extends TempFolder {
  read(name: string): Promise<string>;
}

const connectors = fileURLToPath(new URL('../../test/connectors', import.meta.url));

/** Makes a folder with the connectors `source-tick` and `@acme/materialize-box`, and some files. */
export async function pipelineFolder(
  files: Readonly<Record<string, string>> = {},
): Promise<PipelineFolder> {
  const folder = await tempFolder('fairlead-cli-');
  const modules = folder.join('node_modules');
  await mkdir(`${modules}/@acme`, { recursive: true });
  await symlink(`${connectors}/source-tick`, `${modules}/source-tick`);
  await symlink(`${connectors}/materialize-box`, `${modules}/@acme/materialize-box`);
  for (const [name, text] of Object.entries(files)) await folder.write(name, text);
  return { ...folder, read: (name) => readFile(folder.join(name), 'utf8') };
}
