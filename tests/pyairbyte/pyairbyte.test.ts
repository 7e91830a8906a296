// Drives our source with the real PyAirbyte, where Python 3.10 to 3.12 and the package can be had.
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonWith, tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';

const path = (from: string) => fileURLToPath(new URL(from, import.meta.url));
const program = '../../connectors/source-file';
const packages = {
  name: 'airbyte-0.71.3',
  versions: ['3.12', '3.11', '3.10'],
  packages: ['airbyte==0.71.3'],
};

test('PyAirbyte reads all, and then only what is new', async ({ skip }) => {
  const python = await pythonWith(packages, 'PyAirbyte', skip);
  await using folder = await tempFolder();
  await folder.write('data/people-1.csv', 'id,name\n1,Ada\n2,Grace\n');
  await using programs = await tempFolder();
  const executable = await programs.write('source-file', script());
  await promisify(execFile)('chmod', ['+x', executable]);
  const { stdout } = await promisify(execFile)(
    python,
    [path('drive_source.py'), executable, folder.join('data'), folder.path],
    {
      env: {
        ...process.env,
        // Nothing is asked of the network, and nothing is told.
        AIRBYTE_OFFLINE_MODE: '1',
        DO_NOT_TRACK: '1',
        AIRBYTE_LOGGING_ROOT: folder.join('logs'),
      },
      maxBuffer: 64 * 1024 * 1024,
      timeout: 240_000,
    },
  );
  const told: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  const two = [
    [1, 'Ada'],
    [2, 'Grace'],
  ];
  const all = [...two, [3, 'Edsger']];
  expect(told).toEqual({
    streams: ['people'],
    first: { processed: 2, rows: two },
    second: { processed: 1, rows: all },
    third: { processed: 0, rows: all },
    whole: { processed: 3, rows: all },
    refused: 'AirbyteConnectorCheckFailedError',
  });
}, 1_200_000);

test('the executable of a connector may be executed', async () => {
  const { mode } = await stat(path(`${program}/bin/source-file.js`));
  expect(mode & 0o111).toBe(0o111);
});

/** The program of the connector from its source, wherever it is started from. */
function script(): string {
  const words = [
    process.execPath,
    '--import',
    import.meta.resolve('tsx'),
    '--conditions=source',
    path(`${program}/src/main.ts`),
  ];
  return `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`;
}
