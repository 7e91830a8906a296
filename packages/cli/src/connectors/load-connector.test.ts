import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { findConnectors } from './find-connectors.ts';
import { loadMaterialization, loadSource } from './load-connector.ts';

const good = `
const no = () => {};
export const connector = {
  name: 'x', config: {}, resource: {}, cursor: {},
  check: no, discover: no, pull: no, connect: no, resourceFor: no,
};`;

/** Loads a package with this entry, as it was found installed. */
async function load(entry: string | undefined, about: object, name = 'source-x') {
  await using folder = await tempFolder();
  const manifest = { name, type: 'module', keywords: ['fairlead-connector'], ...about };
  await folder.write(`node_modules/${name}/package.json`, JSON.stringify(manifest));
  if (entry !== undefined) await folder.write(`node_modules/${name}/lib/entry.js`, entry);
  const [installed] = findConnectors(folder.path);
  return await (installed!.kind === 'source' ? loadSource : loadMaterialization)(installed!);
}

test.each([
  ['main', { main: './lib/entry.js' }],
  ['a lone export', { exports: './lib/entry.js' }],
  ['conditions', { exports: { '.': { types: './x.d.ts', default: './lib/entry.js' } } }],
  ['import only', { exports: { '.': { import: './lib/entry.js' } } }],
  ['import only, with conditions', { exports: { import: { default: './lib/entry.js' } } }],
])('a package with %s is loaded', async (_what, about) => {
  expect(await load(good, about)).toMatchObject({ name: 'x' });
  expect(await load(good, about, 'materialize-x')).toMatchObject({ name: 'x' });
});

test.each([
  ['that is not built', undefined, 'the connector cannot be loaded, as a file of it is missing'],
  [
    'that imports what is not installed',
    `import 'not-installed';`,
    'the connector cannot be loaded, as a file of it is missing',
  ],
  [
    'without a connector',
    'export const source = {};',
    'the package exports no source as "connector"',
  ],
  [
    'whose connector has no pull',
    good.replace('pull: no,', ''),
    'the package exports no source as "connector"',
  ],
  [
    'whose connector is a class',
    'export class connector {}',
    'the package exports no source as "connector"',
  ],
])('a package %s is refused by name', async (_what, entry, message) => {
  await expect(load(entry, { exports: './lib/entry.js' })).rejects.toMatchObject({
    name: 'Failure',
    kind: 'config',
    where: 'source-x',
    message,
  });
});

test('an error of the package itself is passed on', async () => {
  const loading = load(`throw new RangeError('odd');`, { exports: './lib/entry.js' });
  await expect(loading).rejects.toThrow(new RangeError('odd'));
});
