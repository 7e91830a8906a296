import { execFile } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

test('a new connector has all its files, with its own names in them', async () => {
  await using folder = await tempFolder();
  const words = ['connector', 'create', '@acme/big-crm', '--folder', 'here'];
  expect(await callCommand(words, { folder: folder.path })).toEqual({
    exitCode: 0,
    stdout: [
      'here/.gitignore',
      'here/README.md',
      'here/bin/source-big-crm.js',
      'here/package.json',
      'here/src/index.ts',
      'here/src/main.ts',
      'here/src/source.test.ts',
      'here/src/source.ts',
      'here/tsconfig.json',
      '',
    ].join('\n'),
    stderr: 'fairlead: next: cd here && npm install && npm test\n',
  });
  await using again = await pipelineFolder();
  await callCommand(['connector', 'create', 'big-crm'], { folder: again.path });
  const manifest = JSON.parse(await again.read('source-big-crm/package.json'));
  expect(manifest).toMatchObject({ name: 'source-big-crm', keywords: ['fairlead-connector'] });
  const source = await again.read('source-big-crm/src/source.ts');
  expect(source).toContain(
    "export const bigCrmSource: Source = source<Config>({\n  name: 'source-big-crm',\n  title: 'Big Crm',",
  );
  for (const file of await readdir(again.join('source-big-crm'), { recursive: true })) {
    const text = await again.read(join('source-big-crm', file)).catch(() => '');
    expect(text).not.toMatch(/__\w+__/);
  }
});

test.each(['Big', 'big_crm', '-crm', 'crm-', 'a--b', '7up', '../crm', '@Acme/crm', ''])(
  '%j is no name for a connector',
  async (name) => {
    await using folder = await tempFolder();
    expect(
      await callCommand(['connector', 'create', '--', name], { folder: folder.path }),
    ).toMatchObject({
      exitCode: 2,
      stderr: `fairlead: "${name}" is no name for a connector. Write it in small letters, digits and single hyphens: crm, big-crm or @acme/crm.\n`,
    });
    expect(await readdir(folder.path)).toEqual([]);
  },
);

test('a folder with something in it is left alone', async () => {
  await using folder = await tempFolder();
  await folder.write('source-crm/mine.txt', '');
  expect(await callCommand(['connector', 'create', 'crm'], { folder: folder.path })).toMatchObject({
    exitCode: 2,
    stderr:
      'fairlead: source-crm: the folder is not empty. Nothing is ever overwritten: name another with --folder.\n',
  });
  expect(await readdir(folder.join('source-crm'))).toEqual(['mine.txt']);
});

test('its own test passes, and so does the compiler; built, it is a program', async () => {
  // Within the workspace, whose packages it needs, and whose sources are not built.
  const name = `try-${process.pid}`;
  const folder = join(packageFolder, 'test', `source-${name}`);
  try {
    const words = ['connector', 'create', name, '--folder', folder];
    expect(await callCommand(words, { folder: packageFolder })).toMatchObject({ exitCode: 0 });
    await writeFile(
      join(folder, 'vitest.config.mjs'),
      `export default { ssr: { resolve: { conditions: ['source', 'module', 'node'] } } };`,
    );
    const tested = await runTool('vitest', ['run'], folder);
    expect(tested).toMatch(/Test Files +1 passed/);
    expect(await runTool('tsc', ['--customConditions', 'source'], folder)).toBe('');
    const spec = await runTool(
      'node',
      ['--import', 'tsx', '--conditions=source', `bin/source-${name}.js`, 'spec'],
      folder,
    );
    expect(JSON.parse(spec)).toMatchObject({
      spec: { connectionSpecification: { required: ['url', 'token'] } },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** What a tool of the workspace writes on standard output. Fails as the tool does. */
async function runTool(name: string, words: readonly string[], folder: string): Promise<string> {
  const tools = join(packageFolder, '../../node_modules/.bin');
  const tool = name === 'node' ? process.execPath : join(tools, name);
  const { stdout } = await promisify(execFile)(tool, words, {
    cwd: folder,
    env: { PATH: process.env['PATH'], NO_COLOR: '1' },
  });
  return stdout;
}
