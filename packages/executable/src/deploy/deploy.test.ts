import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { tempFolder, type TempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { fromSource, run } from '../testing/process.ts';
import { deploy } from './deploy.ts';

/** Writes a package whose only module tells its name and version. */
async function put(
  folder: TempFolder,
  path: string,
  about: Readonly<Record<string, unknown>> & { readonly version?: string },
) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const manifest = { name, version: '1.0.0', main: 'dist/index.js', ...about };
  await folder.write(`${path}/package.json`, JSON.stringify(manifest));
  const text = `module.exports = '${manifest.name}@${manifest.version}';`;
  await folder.write(`${path}/dist/index.js`, text);
}

/** The files of a folder, relative and in order. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath.slice(folder.length + 1)}/${entry.name}`.replace(/^\//, ''))
    .toSorted();
}

test('a package goes with what it needs to run, and nothing else', async () => {
  await using folder = await tempFolder();
  await put(folder, 'connectors/source-crm', {
    name: 'source-crm',
    files: ['dist', 'bin', 'README.md'],
    dependencies: { '@acme/shared': '1.0.0', zed: '1.0.0' },
    optionalDependencies: { 'native-linux': '1.0.0', 'native-other': '1.0.0' },
    devDependencies: { tool: '1.0.0' },
  });
  await folder.write('connectors/source-crm/bin/source-crm.js', '');
  await folder.write('connectors/source-crm/dist/index.d.ts', '');
  await folder.write('connectors/source-crm/dist/index.js.map', '');
  await folder.write('connectors/source-crm/src/index.ts', '');
  await folder.write('connectors/source-crm/secrets/config.json', '');
  await put(folder, 'packages/shared', { name: '@acme/shared', files: ['dist'] });
  await mkdir(folder.join('node_modules/@acme'), { recursive: true });
  await symlink(folder.join('packages/shared'), folder.join('node_modules/@acme/shared'));
  await put(folder, 'node_modules/zed', { files: ['lib'] });
  await put(folder, 'node_modules/native-linux', {});
  await put(folder, 'node_modules/tool', {});

  const names = await deploy(folder.join('connectors/source-crm'), folder.join('out'));
  expect(names).toEqual(['source-crm', '@acme/shared', 'zed', 'native-linux']);
  expect(await filesIn(folder.join('out'))).toEqual([
    'bin/source-crm.js',
    'dist/index.js',
    'node_modules/@acme/shared/dist/index.js',
    'node_modules/@acme/shared/package.json',
    'node_modules/native-linux/dist/index.js',
    'node_modules/native-linux/package.json',
    'node_modules/zed/dist/index.js',
    'node_modules/zed/package.json',
    'package.json',
  ]);
});

test('each package finds the version that it finds where it is installed', async () => {
  await using folder = await tempFolder();
  const needs = (...names: readonly string[]) => ({
    dependencies: Object.fromEntries(names.map((name) => [name, '*'])),
  });
  await put(folder, 'app', { name: 'app', ...needs('a', 'b', 'c') });
  await put(folder, 'app/node_modules/a', needs('b', 'c'));
  await put(folder, 'app/node_modules/a/node_modules/b', { version: '2.0.0', ...needs('c', 'a') });
  await put(folder, 'app/node_modules/a/node_modules/c', { version: '3.0.0' });
  await put(folder, 'app/node_modules/b', needs('c'));
  await put(folder, 'app/node_modules/c', {});
  const found = async (path: string) => {
    const code = `const m = require('node:module').createRequire(process.argv[1] + '/package.json');
      const of = (...ids) => ids.map((id) => { try { return m(id); } catch { return id; } });
      console.log(JSON.stringify(of('a', 'b', 'c')));`;
    const { stdout } = await run(['node', '-e', code, path]);
    return JSON.parse(stdout.toString()) as unknown;
  };
  await deploy(folder.join('app'), folder.join('out'));
  for (const path of ['', 'node_modules/a', 'node_modules/a/node_modules/b', 'node_modules/b']) {
    expect([path, await found(folder.join('out', path))]).toEqual([
      path,
      await found(folder.join('app', path)),
    ]);
  }
});

test('packages that need each other are copied once', async () => {
  await using folder = await tempFolder();
  await put(folder, 'app', { name: 'app', dependencies: { a: '*' } });
  await put(folder, 'app/node_modules/a', { dependencies: { b: '*' } });
  await put(folder, 'app/node_modules/b', { dependencies: { a: '*' } });
  expect(await deploy(folder.join('app'), folder.join('out'))).toEqual(['app', 'a', 'b']);
});

test.each([
  ['is not installed', { dependencies: { a: '*' } }, 'the package a is not installed'],
  ['is not built', { files: ['dist', 'lib'], main: 'lib' }, 'the package is not built'],
])('a package that %s is named', async (_what, about, message) => {
  await using folder = await tempFolder();
  const manifest = { name: 'app', version: '1.0.0', ...about };
  await folder.write('app/package.json', JSON.stringify(manifest));
  const failure = { kind: 'config', message, where: folder.join('app') };
  await expect(deploy(folder.join('app'), folder.join('out'))).rejects.toMatchObject(failure);
});

test('a folder without a package is refused', async () => {
  await using folder = await tempFolder();
  const failure = { kind: 'config', message: 'there is no package here', where: folder.path };
  await expect(deploy(folder.path, folder.join('out'))).rejects.toMatchObject(failure);
});

test('the program tells what it did, or what is wrong', async () => {
  await using folder = await tempFolder();
  await put(folder, 'app', { name: 'app' });
  const program = fromSource(new URL('main.ts', import.meta.url));
  const good = await run([...program, 'app', 'out'], { cwd: folder.path });
  expect({ ...good, stdout: good.stdout.toString() }).toEqual({
    end: 0,
    stdout: '1 packages in out\n',
    stderr: '',
  });
  expect(await readFile(folder.join('out/dist/index.js'), 'utf8')).toContain('app@1.0.0');
  const bad = await run([...program, 'app'], { cwd: folder.path });
  expect(bad).toMatchObject({
    end: 2,
    stderr: 'deploy: write the folder of a package, and where to copy it\n',
  });
});
