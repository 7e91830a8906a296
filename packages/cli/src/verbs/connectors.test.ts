import { expect, test } from 'vitest';
import { inShop } from '../testing/shop.ts';

test('sources come first, as they are called in a pipeline', async () => {
  const { exitCode, stdout } = await inShop(['connectors']);
  expect(exitCode).toBe(0);
  const lines = stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));
  expect(lines.slice(0, 2)).toEqual([
    'kind | name | package | version | what it is',
    'source | tick | source-tick | 1.2.3 | Numbered rows, for tests.',
  ]);
  expect(lines).toContain(
    'destination | box | @acme/materialize-box | 0.0.1 | One JSON file, for tests.',
  );
});

test('machines get what the manifests say', async () => {
  const { stdout } = await inShop(['connectors', '--json']);
  expect(JSON.parse(stdout).connectors[0]).toEqual({
    name: 'source-tick',
    kind: 'source',
    shortName: 'tick',
    version: '1.2.3',
    description: 'Numbered rows, for tests.',
    folder: expect.stringMatching(/source-tick$/),
    schemes: ['tick'],
  });
});
