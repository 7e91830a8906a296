import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { fairlead } from './testing/run-command.ts';

const docs = fileURLToPath(new URL('../../../docs', import.meta.url));
const execute = promisify(execFile);

/** A part of a page: a file that it shows, a command, or what the command before it prints. */
type Block =
  | { readonly is: 'file'; readonly name: string; readonly text: string }
  | { readonly is: 'command'; readonly text: string }
  | { readonly is: 'output'; readonly text: string };

/** A file is named by a comment in its first line. */
function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(
    ([, kind = '', body = '']): Block[] => {
      const [, name] = /^(?:#|\/\/) (\S+\.\w+)\n/.exec(body) ?? [];
      if (name !== undefined) {
        return [{ is: 'file', name, text: kind === 'json' ? body.replace(/.*\n/, '') : body }];
      }
      if (kind === 'text') return [{ is: 'output', text: body }];
      const lines = kind === 'sh' ? body.trim().split('\n') : [];
      return lines.map((text) => ({ is: 'command', text }));
    },
  );
}

test.each([
  ['estuary-flow.md', 4],
  ['airbyte.md', 3],
  ['airbyte-connectors.md', 2],
  ['fivetran-functions.md', 4],
  ['fivetran-deploy.md', 7],
  ['from-cloud-functions.md', 1],
])(
  'every command of %s prints what it says',
  async (page, outputs) => {
    await using folder = await tempFolder();
    const here = join(folder.path, 'here');
    await mkdir(here);
    // What stands for npx calls the command on the sources.
    const npx = join(folder.path, 'npx');
    const words = fairlead.map((word) => `'${word}'`).join(' ');
    await writeFile(npx, `#!/bin/sh\nshift\nexec ${words} "$@"\n`);
    await chmod(npx, 0o755);
    const env = {
      PATH: `${folder.path}:${process.env['PATH']}`,
      FAIRLEAD_STATE: join(folder.path, 'state'),
    };
    let printed = '';
    let compared = 0;
    for (const block of blocksOf(await readFile(join(docs, page), 'utf8'))) {
      if (block.is === 'file') await writeFile(join(here, block.name), block.text);
      else if (block.is === 'command') {
        ({ stdout: printed } = await execute('bash', ['-c', block.text], { cwd: here, env }));
      } else {
        expect(lasting(printed)).toBe(lasting(block.text));
        compared++;
      }
    }
    expect(compared).toBe(outputs);
  },
  240_000,
);

/** A text without the versions of files, which are others in every folder. */
function lasting(text: string): string {
  return text.replace(/"[0-9a-z]-[0-9a-z]{9,}"/g, '"VERSION"').trimEnd();
}
