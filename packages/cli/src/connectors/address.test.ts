import { describeFailure, Failure, type Address } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { isRelative, resolveAddress, schemeOf } from './address.ts';
import type { InstalledConnector } from './find-connectors.ts';

const installed = (
  name: string,
  schemes: readonly string[] | undefined,
  kind: InstalledConnector['kind'] = 'source',
): InstalledConnector => ({
  name,
  kind,
  shortName: name,
  version: '',
  description: '',
  folder: '',
  schemes,
});

const found = [
  installed('quiet', undefined),
  installed('files', ['file']),
  installed('web', ['http', 'https']),
  installed('lake', ['lake'], 'destination'),
];

/** Resolves an address, and tells which connectors were loaded for it. */
async function resolve(address: string, kind: InstalledConnector['kind'] = 'source', all = found) {
  const loaded: string[] = [];
  const load = async ({ name, schemes }: InstalledConnector): Promise<{ address?: Address }> => {
    loaded.push(name);
    if (name === 'broken') throw new Failure('config', 'the connector is broken');
    const own = schemes ?? ['quiet'];
    return { address: { schemes: own, parse: (text) => ({ text }) } };
  };
  const result = await resolveAddress(address, kind, all, load).catch((error: unknown) => {
    if (error instanceof Failure) return describeFailure(error);
    throw error;
  });
  return { result, loaded };
}

test.each([
  ['./data/*.csv', 'file'],
  ['data.csv', 'file'],
  ['C:\\data.csv', 'file'],
  ['c:data.csv', 'file'],
  ['file:data.csv', 'file'],
  ['HTTPS://x/y', 'https'],
  ['a+b.c-d:x', 'a+b.c-d'],
  ['./2024:01.csv', 'file'],
  ['', 'file'],
])('%j is of the scheme %s', (address, scheme) => {
  expect(schemeOf(address)).toBe(scheme);
});

test.each([
  ['./data/*.csv', true],
  ['data.csv', true],
  ['duckdb:shop.duckdb', true],
  ['/data/a.csv', false],
  ['file:/data/a.csv', false],
  ['postgres://me@host/shop', false],
])('%s depends on the folder: %s', (address, expected) => {
  expect(isRelative(address)).toBe(expected);
});

test.each([
  ['./data/*.csv', 'files'],
  ['https://x/y', 'web'],
])('%s is loaded by its scheme, without the others', async (address, name) => {
  const { result, loaded } = await resolve(address);
  expect(result).toMatchObject({ address, installed: { name }, settings: { text: address } });
  expect(loaded).toEqual([name]);
});

test('a connector that does not tell its schemes is asked last', async () => {
  const { result, loaded } = await resolve('quiet:x');
  expect(result).toMatchObject({ installed: { name: 'quiet' } });
  expect(loaded).toEqual(['quiet']);
});

test('a connector that cannot be loaded is in nobody else’s way', async () => {
  const all = [installed('broken', undefined), ...found];
  expect((await resolve('quiet:x', 'source', all)).result).toMatchObject({ settings: {} });
  expect((await resolve('other:x', 'source', all)).result).toBe('the connector is broken');
  const named = [installed('broken', ['file']), ...found];
  expect((await resolve('a.csv', 'source', named)).result).toBe('the connector is broken');
});

test.each<[string, InstalledConnector['kind'], string]>([
  ['htps://x', 'source', 'no source connector for "htps:" is installed; did you mean "https:"?'],
  [
    'mongo://x',
    'source',
    'no source connector for "mongo:" is installed. See what there is: fairlead connectors. A path that holds a colon begins with "./".',
  ],
  [
    'mongo://x',
    'destination',
    'no destination connector for "mongo:" is installed. See what there is: fairlead connectors.',
  ],
  [
    'b.csv',
    'destination',
    'the destination is a path, and no connector writes to one. Write its kind before it, as in "lake:shop.lake". If the shell spread a pattern into several files, put quotes around it.',
  ],
])('%s as %s is refused', async (address, kind, message) => {
  expect((await resolve(address, kind)).result).toBe(message);
});

test('without a connector for files a path says what to install', async () => {
  expect((await resolve('a.csv', 'source', [])).result).toBe(
    'no source connector for files is installed. Install it: npm install @fairlead/source-file.',
  );
});
