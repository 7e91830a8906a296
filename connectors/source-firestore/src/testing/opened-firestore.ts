import { startFakeFirestore, type FakeFirestoreOptions } from '@fairlead/fake-firestore';
import { createLog, type LogFields } from '@fairlead/sdk';
import { openFirestore } from '../client/firestore.ts';
import { FirestoreConfig } from '../settings.ts';

/** A fake, and a client that is open to its default database. Disposing ends both. */
export async function openedFirestore(
  advanced: Readonly<Record<string, unknown>> = {},
  options: FakeFirestoreOptions = {},
) {
  const fake = await startFakeFirestore(options);
  const lines: { readonly message: string; readonly fields: LogFields }[] = [];
  const log = createLog((_level, message, fields) => lines.push({ message, fields }));
  const config = FirestoreConfig.parse({
    database: 'projects/demo',
    advanced: { emulatorHost: fake.address, ...advanced },
  });
  const firestore = await openFirestore(config, { log, env: {}, sleep: async () => {} });
  return {
    fake,
    firestore,
    config,
    /** What was logged so far. */
    lines,
    scope: { log, signal: new AbortController().signal },
    /** Writes an empty document at each path. */
    write(...paths: readonly string[]) {
      for (const path of paths) fake.store.set(path, {});
    },
    [Symbol.asyncDispose]: async () => {
      await firestore[Symbol.asyncDispose]();
      await fake.close();
    },
  };
}
