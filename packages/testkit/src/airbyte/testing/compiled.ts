import { readFile } from 'node:fs/promises';
import { transformWithOxc } from 'vite';
import type { TempFolder } from '../../temp-folder.ts';

/**
 * The command of a program in this folder as plain JavaScript, which starts much faster. It may only
 * import what is here, and Node's own.
 */
export async function compiled(name: string, folder: TempFolder): Promise<readonly string[]> {
  const program = `${name}-program`;
  const modules = new Set([program]);
  // What is added is looked at, too.
  for (const module of modules) {
    const path = new URL(`${module}.ts`, import.meta.url);
    const { code } = await transformWithOxc(await readFile(path, 'utf8'), `${module}.ts`);
    for (const [, imported = ''] of code.matchAll(/from "\.\/([^"]*)\.ts"/g)) modules.add(imported);
    await folder.write(`${module}.mjs`, code.replaceAll(/(from "\.\/[^"]*)\.ts"/g, '$1.mjs"'));
  }
  return [process.execPath, folder.join(`${program}.mjs`)];
}
