import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { startFakeFirestore, type FakeFirestoreOptions } from '../fake-firestore.ts';
import type { Rpc } from '../faults/fault.ts';
import { StructuredQuerySchema } from '../protocol/query.gen.ts';
import type { RunQueryResponse } from '../protocol/reads.gen.ts';
import { frozenClock } from '../time/clock.ts';
import { wireClient } from './wire-client.ts';

/** A fake whose clock stands still, and a client of it. Disposing ends both. */
export async function served(options: FakeFirestoreOptions = {}) {
  const fake = await startFakeFirestore({ clock: frozenClock(), ...options });
  const client = wireClient(fake);
  return {
    fake,
    client,
    store: fake.store,
    /** What was billed for calls of one kind. */
    reads: (rpc: Rpc) => fake.counters.of(rpc).reads,
    [Symbol.asyncDispose]: async () => {
      await client.channel.close();
      await fake.close();
    },
  };
}

/** A query of a group of collections. */
export function group(
  collectionId: string,
  more: MessageInitShape<typeof StructuredQuerySchema> = {},
) {
  return create(StructuredQuerySchema, { from: [{ collectionId, allDescendants: true }], ...more });
}

/** The paths of the documents among answers. */
export function paths(responses: readonly RunQueryResponse[]): string[] {
  return responses.flatMap(({ document }) => document?.name.split('/documents/')[1] ?? []);
}
