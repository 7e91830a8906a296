import { fileURLToPath } from 'node:url';
import { airbyteDestination } from '@fairlead/host-airbyte';
import type { Source } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { findConnectors } from '../connectors/find-connectors.ts';
import { identityOf } from '../identity.ts';
import { withForm } from './foreign-end.ts';

const script = fileURLToPath(new URL('../../test/airbyte/source-shop.js', import.meta.url));
const installed = findConnectors('/').find(
  ({ name, kind }) => name === '@fairlead/host-airbyte' && kind === 'destination',
);

/** Who a pipeline into an executable with these settings is. */
async function identity(config: object, command = [process.execPath, script]): Promise<string> {
  if (installed === undefined) throw new Error('the package with executables is not installed');
  const source = { connector: { name: 'source-x' } as Source, settings: {} };
  const settings = { command, config };
  const end = { installed, connector: airbyteDestination, settings, problems: [] };
  return identityOf('/a', source, await withForm(end));
}

test('a password of an executable does not change who a pipeline is, and another host does', async () => {
  const first = await identity({ host: 'a', token: '1', login: { password: '2' } });
  expect(await identity({ host: 'a', token: '3', login: { password: '4' } })).toBe(first);
  expect(await identity({ host: 'b', token: '1', login: { password: '2' } })).not.toBe(first);
});

test.each([
  [['/no/such/program'], 'the executable cannot be started'],
  [[process.execPath, '-e', '0'], 'the executable does not say what its settings are'],
])('%j is a matter of settings', async (command, message) => {
  await expect(identity({}, command)).rejects.toMatchObject({ kind: 'config', message });
});
