import { secret, type Materialization, type Source } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { identityOf, nameOfCopy } from './identity.ts';

const config = z.looseObject({ path: z.string(), password: secret('Password', 'Yours.') });
// Nothing but the name and the settings is looked at.
const source = { name: 'source-crm', config } as unknown as Source;
const other = { name: 'source-web', config } as unknown as Source;
const destination = { name: 'materialize-lake', config } as unknown as Materialization;

const from = (settings: object, connector = source) => ({ connector, settings });
const to = (settings: object) => ({ connector: destination, settings });
const identity = identityOf('/a', from({}), to({ path: 'x', deep: { a: 1, b: 2 } }));

test.each([
  [
    'a password',
    identityOf('/a', from({}), to({ password: '1', path: 'x', deep: { a: 1, b: 2 } })),
  ],
  ['the order of settings', identityOf('/a', from({}), to({ deep: { b: 2, a: 1 }, path: 'x' }))],
  [
    'the settings of the source',
    identityOf('/a', from({ y: 1 }), to({ path: 'x', deep: { a: 1, b: 2 } })),
  ],
])('%s does not change who a pipeline is', (_what, same) => {
  expect(same).toBe(identity);
});

test.each([
  ['the folder', identityOf('/b', from({}), to({ path: 'x', deep: { a: 1, b: 2 } }))],
  ['the source', identityOf('/a', from({}, other), to({ path: 'x', deep: { a: 1, b: 2 } }))],
  [
    'the settings of the destination',
    identityOf('/a', from({}), to({ path: 'y', deep: { a: 1, b: 2 } })),
  ],
])('%s does', (_what, changed) => {
  expect(changed).not.toBe(identity);
});

test('a copy has the same name for the same source, folder and table, and no other', () => {
  const names = [
    nameOfCopy('/a', from({ path: 'x' }), undefined),
    nameOfCopy('/b', from({ path: 'x' }), undefined),
    nameOfCopy('/a', from({ path: 'y' }), undefined),
    nameOfCopy('/a', from({ path: 'x' }), 'table'),
    nameOfCopy('/a', from({ path: 'x' }, other), undefined),
  ];
  expect(new Set(names).size).toBe(5);
  expect(nameOfCopy('/a', from({ path: 'x', password: 'p' }), undefined)).toBe(names[0]);
  // It is how a destination knows what it has, so it never changes.
  expect(names[0]).toBe('copy-crm-2b33d5ae0d');
});
