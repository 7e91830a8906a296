import { startFakeFirestore } from '@fairlead/fake-firestore';
import type { Server, ServerOptions } from './server.ts';

/** A Firestore in this process. */
export async function startFirestore({
  documents,
  documentBytes,
  documentsPerSecond,
}: ServerOptions): Promise<Server> {
  const fake = await startFakeFirestore({ settings: { documentsPerSecond } });
  const shape = fake.store.synthesise({
    collection: 'users',
    count: documents,
    bytes: documentBytes,
  });
  return {
    words: ['firestore://demo/users'],
    env: { FIRESTORE_EMULATOR_HOST: fake.address },
    shape: {
      count: documents,
      key: '"_meta_path"',
      index: '"index"',
      columns: {
        name: `split_part("_meta_path", '/documents/', 2)`,
        label: '"label"',
        score: '"score"',
      },
      document: (index) => {
        const { path, fields } = shape.document(index);
        const field = (name: string) =>
          fields.find(({ key: one }) => one === name)?.value?.type.value;
        return { name: path, label: field('label'), score: field('score') };
      },
    },
    get readsSoFar() {
      return fake.counters.total.reads;
    },
    reads: async () => fake.counters.total.reads,
    [Symbol.asyncDispose]: () => fake.close(),
  };
}
