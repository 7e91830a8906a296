import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '@fairlead/sdk';
import { tell, writeJson, type Invocation } from '../invocation.ts';
import { ownVersion } from '../own-version.ts';

export interface CreateOptions {
  readonly folder?: string;
  /** Also as a function that Fivetran calls. A connector that is there gets what it lacks for that. */
  readonly function?: boolean;
}

/** `fairlead connector create NAME`: a new source connector in a folder of its own, with a test that passes. */
export async function createConnector(
  invocation: Invocation,
  name: string,
  options: CreateOptions,
): Promise<void> {
  const { environment, output } = invocation;
  const words = namesOf(name);
  if (options.function === true) {
    const { createFunction } = await import('./create-function.ts');
    await createFunction(invocation, words, options.folder, writeTemplate);
    return;
  }
  const shown = options.folder ?? words.__name__;
  const written = await writeTemplate(invocation, words, shown);
  const names = written.map((path) => relative(environment.folder, path));
  if (invocation.options.json === true) await writeJson(output, { written: names });
  else {
    await output.write(names.map((path) => `${path}\n`).join(''));
    tell(invocation, `next: cd ${shown} && npm install && npm test`);
  }
}

/** Writes a new connector into a folder that is empty or not there. @returns the files' paths. */
async function writeTemplate(
  { environment }: Invocation,
  words: Words,
  shown: string,
): Promise<readonly string[]> {
  const folder = resolve(environment.folder, shown);
  await assertEmpty(folder, shown);
  await mkdir(folder, { recursive: true });
  await cp(templateFolder, folder, { recursive: true });
  // Packing a package drops files of that name, so the template calls it otherwise.
  await rename(join(folder, 'gitignore'), join(folder, '.gitignore'));
  await rename(join(folder, 'bin/program.js'), join(folder, 'bin', `${words.__name__}.js`));
  return await fillIn(folder, words);
}

const templateFolder = fileURLToPath(new URL('../../template', import.meta.url));

/** What stands for what in the template. */
export interface Words {
  /** The package: `@acme/source-big-crm`. */
  readonly __package__: string;
  /** The connector: `source-big-crm`. */
  readonly __name__: string;
  /** What it is called in a pipeline: `big-crm`. */
  readonly __short__: string;
  /** What users call it: `Big Crm`. */
  readonly __title__: string;
  /** What it is called in code: `bigCrm`. */
  readonly __variable__: string;
  readonly __version__: string;
}

function namesOf(name: string): Words {
  const [, scope = '', short = ''] =
    /^(@[a-z0-9][a-z0-9._-]*\/)?(?:source-)?([a-z][a-z0-9]*(?:-[a-z0-9]+)*)$/.exec(name) ?? [];
  if (short === '') {
    throw new Failure('config', `"${name}" is no name for a connector`, {
      hint: 'Write it in small letters, digits and single hyphens: crm, big-crm or @acme/crm.',
    });
  }
  const parts = short.split('-');
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  return {
    __package__: `${scope}source-${short}`,
    __name__: `source-${short}`,
    __short__: short,
    __title__: parts.map(capital).join(' '),
    // A word of the language, such as `new`, cannot be a name in code.
    __variable__: `${parts.map((word, index) => (index === 0 ? word : capital(word))).join('')}Source`,
    __version__: ownVersion(),
  };
}

async function assertEmpty(folder: string, shown: string): Promise<void> {
  const entries = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  if (entries.length === 0) return;
  throw new Failure('config', 'the folder is not empty', {
    where: shown,
    hint: 'Nothing is ever overwritten: name another with --folder.',
  });
}

/** Puts the words into every file of a folder. @returns the files' paths. */
async function fillIn(folder: string, words: Words): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  for (const path of paths) {
    let text = await readFile(path, 'utf8');
    for (const [mark, word] of Object.entries(words)) text = text.replaceAll(mark, () => word);
    await writeFile(path, text);
  }
  return paths;
}
