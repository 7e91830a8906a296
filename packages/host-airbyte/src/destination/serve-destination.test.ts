import { Failure, secret, type Materialization } from '@fairlead/sdk';
import { expectGolden, memoryDestination, tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  configured,
  record,
  runCommand,
  runWrite,
  state,
  status,
} from './testing/run-destination.ts';

const golden = (name: string) => new URL(`goldens/${name}.txt`, import.meta.url);

test('spec tells the form and the modes', async () => {
  const { code, lines } = await runCommand(memoryDestination({ commits: 'staged' }), ['spec']);
  expect(code).toBe(0);
  expectGolden(golden('spec'), JSON.stringify(JSON.parse(lines.join('\n')), undefined, 2));
});

test('a sync of two streams', async () => {
  const destination = memoryDestination({ commits: 'in-destination' });
  const ids = { generation_id: 2, minimum_generation_id: 2, sync_id: 8 };
  const overwrite = { destination_sync_mode: 'overwrite', ...ids };
  const { lines } = await runWrite(
    destination,
    [
      configured('users', { id: { type: 'integer' } }),
      configured('countries', { code: { type: 'string' } }, overwrite),
    ],
    [
      status('users', 'STARTED'),
      record('users', { id: 1 }),
      state('users', { page: 1 }),
      status('countries', 'STARTED'),
      record('countries', { code: 'CH' }),
      record('users', { id: 2 }),
      state('users', { page: 2 }),
      status('users', 'COMPLETE'),
      'a line of a library',
      state('countries', { done: true }),
      status('countries', 'INCOMPLETE'),
    ],
  );
  expectGolden(golden('write'), lines.join('\n'));
});

test.each([
  { what: 'settings that work', refuses: undefined, status: 'SUCCEEDED' },
  { what: 'a refusal', refuses: new Failure('access', 'the token is too old'), status: 'FAILED' },
])('check of $what is $status, and exits with 0', async ({ refuses, status: expected }) => {
  await using folder = await tempFolder();
  const config = await folder.write('config.json', '{}');
  const destination = memoryDestination({
    commits: 'staged',
    ...(refuses === undefined ? {} : { refuses }),
  });
  const { code, lines } = await runCommand(destination, ['check', '--config', config]);
  expect(code).toBe(0);
  expect(JSON.parse(lines.at(-1) ?? '').connectionStatus.status).toBe(expected);
});

test.each([[['discover', '--config', 'x']], [['write', '--config', 'x']], [['conjure']], [[]]])(
  '%j is a wrong command line',
  async (args) => {
    const { code, complaint } = await runCommand(memoryDestination({ commits: 'staged' }), args);
    expect(code).toBe(2);
    expect(complaint).toContain('usage');
  },
);

test('secrets are masked in what goes wrong', async () => {
  const config = z.object({ token: secret('Token', 'A token.') });
  const destination: Materialization = {
    ...memoryDestination({ commits: 'staged' }),
    config,
    connect: async () => {
      throw new Failure('access', 'the token hunter22 was refused');
    },
  };
  const { code, lines } = await runWrite(destination, [], [], { config: { token: 'hunter22' } });
  expect(code).toBe(1);
  expect(lines.join('')).not.toContain('hunter22');
  expect(JSON.parse(lines.at(-1) ?? '').trace.error.message).toBe('The token **** was refused.');
});
