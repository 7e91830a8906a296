import { startFakeFirestore } from '@fairlead/fake-firestore';
import { testSource } from '@fairlead/testkit/suites';
import { firestore } from './source.ts';
import { numbered, setAll } from './testing/harness/writes.ts';

testSource({
  source: firestore,
  async prepare() {
    const fake = await startFakeFirestore({ settings: { queryCut: { afterDocuments: 10 } } });
    setAll(fake.store, numbered('users/', 30), (n) => ({ n, name: `name ${n}`, tags: ['a', n] }));
    setAll(fake.store, numbered('users/07/messages/', 12));
    setAll(fake.store, numbered('groups/1/messages/', 5));
    return {
      settings: {
        database: fake.store.name,
        advanced: { emulatorHost: fake.address },
      },
      [Symbol.asyncDispose]: () => fake.close(),
    };
  },
  // Each fake has times of its own.
  stable: (line) => line.replaceAll(/"[cm]time":"[^"]*"/g, '""'),
  wrong: [
    {
      what: 'a database that is written in another way',
      settings: { database: 'demo', advanced: { emulatorHost: '127.0.0.1:1' } },
    },
    {
      what: 'an emulator where no server is',
      settings: { database: 'projects/demo', advanced: { emulatorHost: '127.0.0.1:1' } },
      kind: 'transient',
    },
  ],
});
