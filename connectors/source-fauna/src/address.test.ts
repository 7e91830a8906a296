import { parseSettings } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { faunaAddress } from './address.ts';
import { FaunaConfig } from './settings.ts';

test.each([
  ['fauna://fauna.example.com', 'https', 'fauna.example.com', 443, undefined],
  ['fauna://fauna.example.com/', 'https', 'fauna.example.com', 443, undefined],
  ['fauna://fauna.example.com:8443/users', 'https', 'fauna.example.com', 8443, 'users'],
  ['fauna+http://localhost', 'http', 'localhost', 8443, undefined],
  ['fauna+http://localhost:80/users', 'http', 'localhost', 80, 'users'],
  ['fauna+http://[::1]:8443/a%2Fb', 'http', '[::1]', 8443, 'a/b'],
  ['fauna+http://10.0.0.1/100%', 'http', '10.0.0.1', 8443, '100%'],
])('%s stands for %s, %s, port %i and the collection %s', (address, scheme, domain, port, name) => {
  const { collection, ...settings } = parseSettings(FaunaConfig, faunaAddress.parse(address));
  expect(settings).toMatchObject({ scheme, domain, port });
  expect(settings.secret).toBeUndefined();
  expect(collection.name).toBe(name);
  expect(collection.deletions).toEqual({ deletion_mode: 'deleted_field', column: 'deleted_at' });
});

test.each([
  'fauna:localhost',
  'fauna://',
  'fauna:///users',
  'fauna://local host',
  'fauna://localhost:0',
  'fauna://localhost:65536',
  'fauna://localhost:port',
  'fauna://localhost/users/ada',
  'fauna+https://localhost',
  'http://localhost',
])('%s is a plain failure', (address) => {
  expect(() => faunaAddress.parse(address)).toThrow(
    expect.objectContaining({
      name: 'Failure',
      kind: 'config',
      where: address,
      hint: expect.stringMatching(/^Write fauna:\/\/DOMAIN/) as string,
    }),
  );
});

test('a secret in an address is not repeated', () => {
  const parse = () => faunaAddress.parse('fauna://fnSecret@localhost/users');
  expect(parse).toThrow(
    expect.objectContaining({
      where: 'fauna://…@localhost/users',
      hint: 'Leave the secret out, and set FAUNA_SECRET.',
    }),
  );
});
