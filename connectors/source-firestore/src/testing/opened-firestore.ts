import { systemClock, type FakeFirestoreOptions } from '@fairlead/fake-firestore';
import { opened } from '../client/testing/opened.ts';

/** A fake, and a client that is open to its default database. Disposing ends both. */
export async function openedFirestore(
  advanced: Readonly<Record<string, unknown>> = {},
  options: FakeFirestoreOptions = {},
) {
  const it = await opened({ clock: systemClock(), advanced, ...options });
  return {
    ...it,
    /** Writes an empty document at each path. */
    write(...paths: readonly string[]) {
      for (const path of paths) it.fake.store.set(path, {});
    },
  };
}
