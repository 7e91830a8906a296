import { expect, test } from 'vitest';
import { serverOf } from './target.ts';

test.each([
  [{}, {}, { host: 'firestore.googleapis.com', port: 443, tls: true }],
  [{ endpoint: 'eur3-firestore.googleapis.com' }, {}, { host: 'eur3-firestore.googleapis.com' }],
  [{ endpoint: 'localhost:8443' }, {}, { host: 'localhost', port: 8443, tls: true }],
  [{ endpoint: '[::1]:8443' }, {}, { host: '::1', port: 8443, tls: true }],
  [{ emulatorHost: 'localhost:8080' }, {}, { host: 'localhost', port: 8080, tls: false }],
  [{}, { FIRESTORE_EMULATOR_HOST: '127.0.0.1:9' }, { host: '127.0.0.1', port: 9, tls: false }],
  [{}, { FIRESTORE_EMULATOR_HOST: 'http://[::1]:80/' }, { host: '::1', port: 80, tls: false }],
  [{}, { FIRESTORE_EMULATOR_HOST: '' }, { host: 'firestore.googleapis.com' }],
  [{ emulatorHost: 'a:1' }, { FIRESTORE_EMULATOR_HOST: 'b:2' }, { host: 'a', port: 1 }],
  [{ endpoint: 'e:1' }, { FIRESTORE_EMULATOR_HOST: 'b:2' }, { host: 'b', port: 2, tls: false }],
])('%j with %j in the environment is called at %j', (places, env, target) => {
  const server = serverOf(places, env);
  expect(server.target).toMatchObject(target);
  expect(server.isEmulator).toBe(server.target.tls === false);
});

test('a server behind the usual port is called by its name alone', () => {
  expect(serverOf({}, {}).target.authority).toBe('firestore.googleapis.com');
  expect(serverOf({ endpoint: '[::1]' }, {}).target.authority).toBe('[::1]');
  expect(serverOf({ endpoint: 'localhost:8443' }, {}).target.authority).toBeUndefined();
});

test.each([
  [{}, { FIRESTORE_EMULATOR_HOST: 'localhost' }, 'FIRESTORE_EMULATOR_HOST'],
  [{}, { FIRESTORE_EMULATOR_HOST: 'a b:80' }, 'FIRESTORE_EMULATOR_HOST'],
  [{ emulatorHost: 'localhost:0' }, {}, 'advanced.emulatorHost'],
  [{ endpoint: 'localhost:65536' }, {}, 'advanced.endpoint'],
])('%j with %j is no address, and %s is named', (places, env, where) => {
  expect(() => serverOf(places, env)).toThrow(
    expect.objectContaining({ name: 'Failure', kind: 'config', where }),
  );
});
