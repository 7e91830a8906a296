import { parseSettings } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { firestoreAddress } from './address.ts';
import { FirestoreConfig } from './settings.ts';

test.each([
  ['firestore://demo', 'projects/demo/databases/(default)', undefined],
  ['firestore://demo/', 'projects/demo/databases/(default)', undefined],
  ['firestore://demo:(default)', 'projects/demo/databases/(default)', undefined],
  ['firestore://demo:shop', 'projects/demo/databases/shop', undefined],
  ['firestore://demo/users', 'projects/demo/databases/(default)', 'users'],
  ['firestore://demo:shop/users/*/messages', 'projects/demo/databases/shop', 'users/*/messages'],
  ['firestore://demo/a:b', 'projects/demo/databases/(default)', 'a:b'],
  ['firestore://example.com:shop/users', 'projects/example.com:shop/databases/(default)', 'users'],
  ['firestore://example.com:shop:eu', 'projects/example.com:shop/databases/eu', undefined],
])('%s stands for %s and %s', (address, database, path) => {
  const settings = parseSettings(FirestoreConfig, firestoreAddress.parse(address));
  expect(settings.database).toBe(database);
  expect(settings.advanced).toMatchObject({
    extra_collections: path === undefined ? [] : [path],
    skip_discovery: path !== undefined,
  });
});

test.each([
  ['firestore:demo', /^this is no address/],
  ['firestore://', /^this is no address/],
  ['firestore:///users', /^this is no address/],
  ['firestore://demo:', /^this is no address/],
  ['firestore://demo:a:b', /^this is no address/],
  ['firestore://de mo', /^write projects/],
  ['firestore://demo/users/ada', /^users\/ada names no collection/],
  ['firestore://demo//users', /^\/users names no collection/],
])('%s is a plain failure', (address, message) => {
  expect(() => firestoreAddress.parse(address)).toThrow(
    expect.objectContaining({
      name: 'Failure',
      kind: 'config',
      message: expect.stringMatching(message),
    }),
  );
});
