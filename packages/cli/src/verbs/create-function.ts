import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '@fairlead/sdk';
import { type Document, isMap, parseDocument, YAMLMap } from 'yaml';
import { type Invocation, tell, writeJson } from '../invocation.ts';
import type { Words } from './create-connector.ts';
import { connectorsFolder } from './deploy-code.ts';
import { deployFileName } from './deploy-file.ts';
import { textAt } from './deploy-written.ts';

type WriteTemplate = (
  invocation: Invocation,
  words: Words,
  shown: string,
) => Promise<readonly string[]>;

/**
 * Makes a connector a function as well: a new one, or one that is there. What is there is never
 * overwritten; manifest, README and deploy.yaml get what they lack.
 */
export async function createFunction(
  invocation: Invocation,
  words: Words,
  folder: string | undefined,
  writeTemplate: WriteTemplate,
): Promise<void> {
  const { environment, output } = invocation;
  const shown = folder ?? folderOf(environment.folder, words);
  const place = resolve(environment.folder, shown);
  const deployed = words.__short__;
  const file = join(environment.folder, deployFileName);
  const before = await textAt(file);
  // Made first, so that nothing is written where it cannot be.
  const connector = connectorName(environment.folder, place, words);
  const deployments = deployText(before, deployed, connector);
  const isThere = existsSync(join(place, 'package.json'));
  if (isThere) await assertConnector(place, shown);
  const written = isThere ? [] : [...(await writeTemplate(invocation, words, shown))];
  const changed: string[] = [];
  const note = (path: string, how: 'new' | 'changed' | 'same') => {
    if (how === 'new') written.push(path);
    else if (how === 'changed' && !written.includes(path)) changed.push(path);
  };
  for (const [path, from] of [
    ['src/function.ts', 'function.ts.txt'],
    ['src/function.test.ts', isThere ? 'existing.test.ts.txt' : 'function.test.ts.txt'],
  ] as const) {
    const text = await templateText(from, words);
    note(join(place, path), await writeNew(join(place, path), text));
  }
  const manifest = join(place, 'package.json');
  note(manifest, await addDependency(manifest, words.__version__));
  const readme = join(place, 'README.md');
  const part = await templateText('README.part.md', words);
  note(readme, await addPart(readme, part));
  if (deployments !== undefined) {
    await writeFile(file, deployments);
    note(file, before === undefined ? 'new' : 'changed');
  }

  const names = (paths: readonly string[]) =>
    paths.map((path) => relative(environment.folder, path)).toSorted();
  if (invocation.options.json === true) {
    await writeJson(output, { written: names(written), changed: names(changed) });
    return;
  }
  const lines = [...names(written), ...names(changed).map((path) => `${path} (added to)`)];
  await output.write(
    lines.length === 0
      ? 'nothing to do: it is a function already\n'
      : lines.map((line) => `${line}\n`).join(''),
  );
  if (lines.length > 0) {
    tell(
      invocation,
      `next: npm install, npm test in ${shown}, fairlead deploy ${deployed} --dry-run`,
    );
  }
}

/** Its files are code only where they are written to, beside the modules that they ask for. */
const templateFolder = fileURLToPath(new URL('../../template-function', import.meta.url));

async function templateText(name: string, words: Words): Promise<string> {
  const text = await readFile(join(templateFolder, name), 'utf8');
  return text
    .replaceAll('__title__', () => words.__title__)
    .replaceAll('__deployed__', () => words.__short__);
}

/** Where the connector is, or where a new one goes. */
function folderOf(folder: string, { __name__: name, __short__: short }: Words): string {
  const candidates = [`${connectorsFolder}/${short}`, `${connectorsFolder}/${name}`, name];
  const found = candidates.find((path) => existsSync(join(folder, path, 'package.json')));
  return found ?? `${connectorsFolder}/${short}`;
}

/** What deploy.yaml calls the connector at `place`. */
function connectorName(folder: string, place: string, { __short__: short }: Words): string {
  const path = relative(folder, place).replaceAll('\\', '/');
  if (path === `${connectorsFolder}/source-${short}`) return short;
  if (path === `${connectorsFolder}/${basename(place)}`) return basename(place);
  return `./${path}`;
}

async function assertConnector(place: string, shown: string): Promise<void> {
  if (existsSync(join(place, 'src/index.ts'))) return;
  throw new Failure('config', 'there is a package without src/index.ts', {
    where: shown,
    hint: 'It has to export the source as "connector".',
  });
}

async function writeNew(path: string, text: string): Promise<'new' | 'same'> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return 'new';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return 'same';
    throw error;
  }
}

/** Adds the package that makes functions of sources, with the indentation that the manifest has. */
async function addDependency(path: string, version: string): Promise<'changed' | 'same'> {
  const text = await readFile(path, 'utf8');
  const manifest: unknown = JSON.parse(text);
  if (!isRecord(manifest))
    throw new Failure('config', 'the manifest is no object', { where: path });
  const known = isRecord(manifest['dependencies']) ? manifest['dependencies'] : {};
  const name = '@fairlead/host-fivetran';
  if (Object.hasOwn(known, name)) return 'same';
  const entries = Object.entries({ ...known, [name]: version });
  const dependencies = Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const [, indentation = '  '] = /\n([ \t]+)"/.exec(text) ?? [];
  const changed = JSON.stringify({ ...manifest, dependencies }, null, indentation);
  await writeFile(path, `${changed}\n`);
  return 'changed';
}

async function addPart(path: string, part: string): Promise<'new' | 'changed' | 'same'> {
  const before = await textAt(path);
  if (before === undefined) return await writeNew(path, part);
  const [, title = ''] = /^(## .*)$/m.exec(part) ?? [];
  if (before.includes(title)) return 'same';
  await appendFile(path, `\n${part}`);
  return 'changed';
}

/**
 * The file of deployments with a function added, in the only environment where there is one; undefined
 * when it has that function.
 * @throws {Failure} config, for a file that is no YAML.
 */
function deployText(
  before: string | undefined,
  name: string,
  connector: string,
): string | undefined {
  const document: Document = parseDocument(before ?? newFile);
  const [error] = document.errors;
  if (error !== undefined) {
    throw new Failure('config', `this is no YAML: ${error.message}`, { where: deployFileName });
  }
  document.contents ??= new YAMLMap();
  if (document.has(name)) return undefined;
  const environments = document.get('environments');
  const known = isMap(environments) ? environments.items.map(({ key }) => String(key)) : [];
  const [only] = known;
  document.set(name, {
    connector,
    ...(only === undefined || known.length > 1 ? {} : { environment: only }),
    form: 'gcf',
  });
  return document.toString({ lineWidth: 0 });
}

const newFile = `# What is deployed as functions, and where: see "fairlead deploy --help".
environments:
  dev:
    region: us-central1
`;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
