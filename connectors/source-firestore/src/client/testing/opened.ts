import {
  frozenClock,
  startFakeFirestore,
  type FakeFirestoreOptions,
} from '@fairlead/fake-firestore';
import { createLog, type LogFields } from '@fairlead/sdk';
import { FirestoreConfig } from '../../settings.ts';
import type { ConnectionSetup } from '../connection.ts';
import { openFirestore } from '../firestore.ts';

export interface Opened extends FakeFirestoreOptions {
  readonly database?: string;
  readonly advanced?: Readonly<Record<string, unknown>>;
  readonly setup?: Partial<ConnectionSetup>;
}

/** A fake whose clock stands still, and a client of it that waits no time. Disposing ends both. */
export async function opened({ database, advanced, setup, ...options }: Opened = {}) {
  const fake = await startFakeFirestore({ clock: frozenClock(), ...options });
  const config = FirestoreConfig.parse({
    database: database ?? 'projects/demo',
    advanced: { emulatorHost: fake.address, ...advanced },
  });
  /** How long the client would have waited, in milliseconds. */
  const waits: number[] = [];
  const lines: { readonly level: string; readonly fields: LogFields }[] = [];
  const firestore = await openFirestore(config, {
    log: createLog((level, _message, fields) => void lines.push({ level, fields })),
    env: {},
    random: () => 0.5,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      waits.push(ms);
    },
    ...setup,
  });
  return {
    fake,
    firestore,
    waits,
    lines,
    root: firestore.root,
    [Symbol.asyncDispose]: async () => {
      await firestore[Symbol.asyncDispose]();
      await fake.close();
    },
  };
}

/** A signal that never aborts. */
export const { signal } = new AbortController();

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** For what a busy machine may take its time with. */
export const patient = { timeout: 30_000 };
