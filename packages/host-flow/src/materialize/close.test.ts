import type { Materialization, Writer } from '@fairlead/sdk';
import { memoryDestination } from '@fairlead/testkit';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { launchInProcess } from '../preview/launch.ts';
import { converseMaterialize } from './connection.ts';
import { serveMaterialize } from './serve.ts';

// A native database that is closed while it commits takes the whole process with it.
test('a session that is stopped while it commits closes its writer afterwards', async () => {
  const told: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = slowly(told, held);
  const launch = launchInProcess((io) => serveMaterialize(slow, io));
  const talk = converseMaterialize(launch, 'json');
  await talk.send({ is: 'open', materialization: { name: 'acmeCo/a' } });
  await talk.expect('opened');
  await talk.send({ is: 'acknowledge' });
  await talk.expect('acknowledged');
  await talk.send({ is: 'flush' });
  await talk.expect('flushed');
  await talk.send({ is: 'startCommit' });
  await talk.expect('startedCommit');
  const closing = talk[Symbol.asyncDispose]();
  for (let turns = 0; turns < 20; turns++) await turn();
  expect(told).toEqual(['commit begins']);
  release();
  await closing;
  expect(told).toEqual(['commit begins', 'commit ends', 'closed']);
});

/** A destination whose commits wait, and which tells what is done to its writer. */
function slowly(told: string[], held: Promise<void>): Materialization {
  const writer: Writer = {
    checkpoint: null,
    alter: async () => ({ changes: [] }),
    store: async () => {},
    truncate: async () => {},
    async commit() {
      told.push('commit begins');
      await held;
      told.push('commit ends');
      return null;
    },
    [Symbol.asyncDispose]: async () => void told.push('closed'),
  };
  // Nobody looks at the settings of its tables.
  const memory = memoryDestination({ commits: 'in-destination' }) as Materialization;
  return {
    ...memory,
    connect: async () => ({
      plan: async () => ({ changes: [] }),
      apply: async () => {},
      saved: async () => null,
      open: async () => writer,
      [Symbol.asyncDispose]: async () => {},
    }),
  };
}
