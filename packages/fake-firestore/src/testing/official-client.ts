import { Firestore, type Settings } from '@google-cloud/firestore';
import type { FakeFirestore } from '../fake-firestore.ts';

/** The official client, connected to a fake as to an emulator. Disposing ends its connections. */
export function officialClient(
  { address }: Pick<FakeFirestore, 'address'>,
  settings: Settings = {},
): Firestore & AsyncDisposable {
  // The client looks at it when it is made, and nowhere else does it learn to do without credentials.
  process.env.FIRESTORE_EMULATOR_HOST = address;
  // It would look for a cloud around this machine, and warn that there is none.
  process.env.METADATA_SERVER_DETECTION = 'none';
  const client = new Firestore({ projectId: 'demo', ...settings });
  delete process.env.FIRESTORE_EMULATOR_HOST;
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.terminate() });
}
