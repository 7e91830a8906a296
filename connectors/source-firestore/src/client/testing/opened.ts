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

/** What was logged. */
export interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
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
  const lines: Line[] = [];
  const log = createLog((level, message, fields) => void lines.push({ level, message, fields }));
  const firestore = await openFirestore(config, {
    log,
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
    config,
    waits,
    /** What was logged so far. */
    lines,
    scope: { log, signal },
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
