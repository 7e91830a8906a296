// Serves a source by Fivetran's own package for Python, through the files that are made for it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildProgram,
  fivetranClient,
  fivetranPackages,
  freePort,
  memorySource,
  pythonWith,
  rowsOf,
  storyOf,
} from '@fairlead/testkit';
import { expect, test } from 'vitest';
import type { UpdateResponse } from '../protocol/connector_sdk.gen.ts';
import { connectorSdkFiles } from './connector-sdk-files.ts';
import { updateOf } from './testing/play-fivetran.ts';
import { typedStream } from './testing/typed-stream.ts';

test(
  'a source inside of the Connector SDK answers as it does by itself',
  { timeout: 1_200_000 },
  async ({ skip }) => {
    const python = await pythonWith(fivetranPackages, 'the Connector SDK', skip);
    const source = memorySource({ streams: [typedStream] });
    await using program = await buildProgram(new URL('testing/main-source.ts', import.meta.url));
    const folder = dirname(program.path);
    for (const [name, text] of connectorSdkFiles(source, { program: 'program.mjs' })) {
      await writeFile(join(folder, name), text);
    }
    const port = await freePort();
    const script = fileURLToPath(new URL('testing/serve_connector_sdk.py', import.meta.url));
    const words = [script, folder, String(port)];
    const child = spawn(python, words, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        PATH: `${process.execPath.replace(/\/[^/]*$/, '')}:${process.env['PATH']}`,
      },
    });
    try {
      let told = '';
      const serving = new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          told += chunk.toString();
          if (told.includes('serving')) resolve();
        });
      });
      await serving;
      await using fivetran = fivetranClient({ host: '127.0.0.1', port });
      expect((await fivetran.form()).fields.map(({ name }) => name)).toEqual(['account', 'token']);
      expect((await fivetran.test('connect')).response.case).toBe('success');
      const { response } = await fivetran.schema();
      expect(response.case === 'withoutSchema' && response.value.tables[0]?.columns).toHaveLength(
        15,
      );
      const messages: UpdateResponse[] = [];
      for await (const message of fivetran.update({ stateJson: '{}' })) messages.push(message);
      const direct = await updateOf(source);
      expect(storyOf(messages)).toEqual(storyOf(direct));
      expect(rowsOf(messages)).toEqual(rowsOf(direct));
      await expect(fivetran.schema({ account: '{', 'account.x': '1' })).rejects.toMatchObject({
        code: 9,
        details: expect.stringMatching(/a part of its name/),
      });
      expect(told).toMatch(/backfill begins/);
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  },
);
