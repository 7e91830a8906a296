import { startFakeFirestore } from '@fairlead/fake-firestore';
import {
  connect,
  describeFailure,
  emptyState,
  isFailure,
  silentLog,
  wholeRange,
} from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { createFirestore } from './source.ts';

test.each([
  {
    quota: 'of the project',
    message: 'Quota exceeded.',
    says: /a limit or quota is reached: Quota exceeded.*Lower advanced\.scanParallelism/,
  },
  {
    quota: 'that is free',
    message: 'Quota exceeded for free daily read units.',
    says: /the free quota of reads is used up for today.*midnight, Pacific time/,
  },
])(
  'a quota $quota that is used up is waited for, and then said in plain words',
  async ({ message, says }) => {
    await using fake = await startFakeFirestore();
    fake.store.set('users/ada', {});
    const waits: number[] = [];
    const source = createFirestore({ sleep: async (ms) => void waits.push(ms) });
    const advanced = { emulatorHost: fake.address };
    const connected = connect(source, { database: fake.store.name, advanced });
    fake.faults.always('RunQuery', { end: { code: 8, message } });
    const events: string[] = [];
    const failure = await (async () => {
      for await (const event of connected.pull({
        bindings: [{ stream: 'users', stateKey: 'users', resource: { path: 'users' } }],
        state: emptyState,
        until: 'caught-up',
        range: wholeRange,
        signal: new AbortController().signal,
        log: silentLog,
      })) {
        events.push(event.is);
      }
    })().catch((error: unknown) => error);
    if (!isFailure(failure)) throw new Error('there was no failure');
    expect(failure.kind).toBe('transient');
    expect(describeFailure(failure)).toMatch(says);
    expect(events).not.toContain('documents');
    // Each wait is long, as asking again soon makes it worse.
    expect(waits.length).toBeGreaterThan(5);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(30_000);
  },
);
