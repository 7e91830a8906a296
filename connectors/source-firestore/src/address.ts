import { Failure, type Address, type Json } from '@fairlead/sdk';
import { parseDatabase } from './settings.ts';
import { parsePathPattern } from './wire/path-pattern.ts';

/** `firestore://PROJECT[:DATABASE][/COLLECTION]`. In place of a document id in the path of the collection, `*` is any one. */
export const firestoreAddress: Address = {
  schemes: ['firestore'],
  parse(address): Json {
    // The id of a project in a domain has a colon of its own: example.com:shop.
    const [, projectId, databaseId, path] =
      /^firestore:\/\/((?:[^/:]+\.[^/:]+:)?[^/:]+)(?::([^/:]+))?(?:\/(.*))?$/s.exec(address) ?? [];
    if (projectId === undefined) throw malformedAddress(address);
    const database = databaseId === undefined ? '' : `/databases/${databaseId}`;
    const { name } = parseDatabase(`projects/${projectId}${database}`);
    if (path === undefined || path === '') return { database: name };
    if (parsePathPattern(path) === undefined) {
      throw new Failure('config', `${path} names no collection`, {
        where: address,
        hint: 'Write collections and documents by turns, as in users or users/*/messages.',
      });
    }
    return { database: name, advanced: { extra_collections: [path], skip_discovery: true } };
  },
};

function malformedAddress(address: string): Failure {
  return new Failure('config', 'this is no address of a Firestore database', {
    where: address,
    hint: 'Write firestore://PROJECT, firestore://PROJECT:DATABASE or firestore://PROJECT/users.',
  });
}
