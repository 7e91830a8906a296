import { cp, mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { Failure } from '@fairlead/sdk';

/**
 * Copies a package to `to` with the packages that it needs to run, as they are installed: those of a
 * workspace with what they would publish, none that is only needed to develop. Nothing is downloaded.
 * @returns the names of the packages, in the order in which they were copied.
 * @throws {Failure} config, when there is none, or one of them is not installed or not built.
 */
export async function deploy(folder: string, to: string): Promise<readonly string[]> {
  const copied = new Map<string, string>();
  const names: string[] = [];
  if (!(await exists(join(folder, 'package.json')))) {
    throw new Failure('config', 'there is no package here', { where: folder });
  }
  const waiting: Placed[] = [{ from: await realpath(folder), to }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const manifest = await readManifest(next.from);
    await copyPackage(next.from, next.to, manifest);
    copied.set(next.to, next.from);
    names.push(String(manifest['name']));
    for (const [name, isOptional] of dependenciesOf(manifest)) {
      const from = await findInstalled(next.from, name);
      if (from === undefined) {
        if (isOptional) continue;
        throw new Failure('config', `the package ${name} is not installed`, {
          where: next.from,
          hint: 'Run npm install first.',
        });
      }
      const place = placeFor(name, from, next.to, to, copied);
      if (place === undefined) continue;
      copied.set(place, from);
      waiting.push({ from, to: place });
    }
  }
  return names;
}

interface Placed {
  readonly from: string;
  readonly to: string;
}

type PackageJson = Readonly<Record<string, unknown>>;

/**
 * Where a dependency of the package at `dependent` goes: to the top, or below its dependent when
 * another version is there; nowhere when it is where Node will find it.
 */
function placeFor(
  name: string,
  from: string,
  dependent: string,
  top: string,
  copied: ReadonlyMap<string, string>,
): string | undefined {
  for (let above = dependent; ; above = dirname(above)) {
    const found = copied.get(join(above, 'node_modules', name));
    if (found === from) return undefined;
    if (found !== undefined) return join(dependent, 'node_modules', name);
    if (above === top) return join(top, 'node_modules', name);
  }
}

async function readManifest(folder: string): Promise<PackageJson> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (isRecord(manifest)) return manifest;
  throw new Failure('config', 'the manifest is no object', { where: join(folder, 'package.json') });
}

/** The names of what a package needs to run, and whether it can do without. */
function dependenciesOf(manifest: PackageJson): ReadonlyMap<string, boolean> {
  const names = (member: string) => Object.keys(recordOf(manifest[member]));
  return new Map([
    ...names('dependencies').map((name) => [name, false] as const),
    ...names('optionalDependencies').map((name) => [name, true] as const),
  ]);
}

/** Where Node finds a package from within another one, links followed. */
async function findInstalled(folder: string, name: string): Promise<string | undefined> {
  for (let above = folder; ; above = dirname(above)) {
    const candidate = join(above, 'node_modules', name);
    if (await exists(join(candidate, 'package.json'))) return await realpath(candidate);
    if (above === dirname(above)) return undefined;
  }
}

async function copyPackage(from: string, to: string, manifest: PackageJson): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of entriesOf(from, manifest)) {
    const source = join(from, entry);
    if (!(await exists(source))) {
      if (entry === 'dist') {
        throw new Failure('config', 'the package is not built', {
          where: from,
          hint: 'Run npm run build first.',
        });
      }
      continue;
    }
    await cp(source, join(to, entry), {
      recursive: true,
      dereference: true,
      filter: (path) => isNeeded(relative(from, path)),
    });
  }
}

/** What of a package is copied: what it publishes, or all of one that came from a registry. */
function entriesOf(from: string, { files }: PackageJson): readonly string[] {
  const isInstalled = from.split(/[\\/]/).includes('node_modules');
  const isPlain = Array.isArray(files) && files.every((file) => !/[*?!{[]/.test(String(file)));
  return isInstalled || !isPlain ? ['.'] : ['package.json', ...files.map(String)];
}

/** Nothing that only an editor or a compiler reads, and no packages, which have their own places. */
function isNeeded(path: string): boolean {
  return basename(path) !== 'node_modules' && !/\.(d\.[cm]?ts|map|tsbuildinfo)$/.test(path);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function recordOf(value: unknown): PackageJson {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is PackageJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
