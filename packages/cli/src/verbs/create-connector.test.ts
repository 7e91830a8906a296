import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { http, type HttpFunction } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { tempFolder } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { runCommand } from '../testing/run-command.ts';

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

describe('as a function', () => {
  test('a new connector has what Fivetran, the clouds and deploy.yaml want', async () => {
    await using folder = await tempFolder();
    const words = ['connector', 'create', 'big-crm', '--function'];
    expect(await callCommand(words, { folder: folder.path })).toEqual({
      exitCode: 0,
      stdout: [
        'connectors/big-crm/.gitignore',
        'connectors/big-crm/README.md',
        'connectors/big-crm/bin/source-big-crm.js',
        'connectors/big-crm/package.json',
        'connectors/big-crm/src/function.test.ts',
        'connectors/big-crm/src/function.ts',
        'connectors/big-crm/src/index.ts',
        'connectors/big-crm/src/main.ts',
        'connectors/big-crm/src/source.test.ts',
        'connectors/big-crm/src/source.ts',
        'connectors/big-crm/tsconfig.json',
        'deploy.yaml',
        '',
      ].join('\n'),
      stderr:
        'fairlead: next: npm install, npm test in connectors/big-crm, fairlead deploy big-crm --dry-run\n',
    });
    expect(parse(await readFile(folder.join('deploy.yaml'), 'utf8'))).toEqual({
      environments: { dev: { region: 'us-central1' } },
      'big-crm': { connector: 'big-crm', environment: 'dev', form: 'gcf' },
    });
    expect(await readFile(folder.join('connectors/big-crm/README.md'), 'utf8')).toContain(
      'fairlead deploy big-crm --dry-run',
    );
    expect(await callCommand(words, { folder: folder.path })).toMatchObject({
      exitCode: 0,
      stdout: 'nothing to do: it is a function already\n',
    });
  });

  test('a connector that is there grows, and nothing in it is overwritten', async () => {
    await using folder = await tempFolder();
    await callCommand(['connector', 'create', 'crm'], { folder: folder.path });
    await folder.write('source-crm/src/function.ts', '// mine\n');
    await folder.write('source-crm/README.md', '# Mine\n');
    await folder.write('deploy.yaml', '# ours\ncasa: { connector: casa } # old\n');
    const words = ['connector', 'create', 'crm', '--function'];
    expect(await callCommand(words, { folder: folder.path })).toMatchObject({
      exitCode: 0,
      stdout: [
        'source-crm/src/function.test.ts',
        'deploy.yaml (added to)',
        'source-crm/README.md (added to)',
        'source-crm/package.json (added to)',
        '',
      ].join('\n'),
    });
    expect(await readFile(folder.join('source-crm/src/function.ts'), 'utf8')).toBe('// mine\n');
    expect(await readFile(folder.join('source-crm/README.md'), 'utf8')).toMatch(
      /^# Mine\n\n## As a function of Fivetran\n/,
    );
    expect(await readFile(folder.join('deploy.yaml'), 'utf8')).toBe(
      '# ours\ncasa: { connector: casa } # old\ncrm:\n  connector: ./source-crm\n  form: gcf\n',
    );
    const manifest = JSON.parse(await readFile(folder.join('source-crm/package.json'), 'utf8'));
    expect(manifest.dependencies['@fairlead/host-fivetran']).toBe(
      manifest.dependencies['@fairlead/sdk'],
    );
  });

  test('nothing is written beside a deploy.yaml that is none', async () => {
    await using folder = await tempFolder();
    await folder.write('deploy.yaml', 'casa: [');
    const words = ['connector', 'create', 'crm', '--function'];
    expect(await callCommand(words, { folder: folder.path })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^fairlead: deploy\.yaml: this is no YAML: /),
    });
    expect(await readdir(folder.path)).toEqual(['deploy.yaml']);
  });

  // Of old a name was taken as it came, and files of the template kept the template's words.
  test('a name is checked, and nothing is written for a wrong one', async () => {
    await using folder = await tempFolder();
    const words = ['connector', 'create', '--function', 'Big_CRM'];
    expect(await callCommand(words, { folder: folder.path })).toMatchObject({ exitCode: 2 });
    expect(await readdir(folder.path)).toEqual([]);
  });
});

// Of old a new connector answered nothing, and asked to be called again by a name nobody knows.
test.each(['function.test.ts', 'existing.test.ts'])(
  'a new function compiles and passes its own %s',
  async (testFile) => {
    const name = `fn-${testFile.slice(0, 3)}-${process.pid}`;
    const root = join(packageFolder, 'test', name);
    const folder = join(root, 'connectors', name);
    const words = ['connector', 'create', name, '--function'];
    try {
      await mkdir(root);
      if (testFile === 'existing.test.ts') {
        const plain = ['connector', 'create', name, '--folder', `connectors/${name}`];
        expect(await callCommand(plain, { folder: root })).toMatchObject({ exitCode: 0 });
      }
      expect(await callCommand(words, { folder: root })).toMatchObject({ exitCode: 0 });
      await writeFile(
        join(folder, 'vitest.config.mjs'),
        `export default { ssr: { resolve: { conditions: ['source', 'module', 'node'] } } };`,
      );
      const tested = await runTool('vitest', ['run'], folder);
      expect(tested).toMatch(/Test Files +2 passed/);
      expect(await runTool('tsc', ['--customConditions', 'source', '--noEmit'], folder)).toBe('');
      await expectServed(root, name);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
);

/** Bundles a function, and calls it as the framework of Google Cloud serves it, far from its sources. */
async function expectServed(root: string, name: string): Promise<void> {
  const words = ['deploy', name, '--dry-run'];
  expect(await runCommand(words, { folder: root })).toMatchObject({ exitCode: 0, stderr: '' });
  await using away = await tempFolder();
  await cp(join(root, '.fairlead/deploy', name, 'function'), away.path, { recursive: true });
  const { main } = (await import(pathToFileURL(away.join('index.js')).href)) as {
    readonly main: HttpFunction;
  };
  http(name, main);
  const server = getTestServer(name).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('there is no port');
    const response = await fetch(`http://127.0.0.1:${address.port}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"setup_test":true,"secrets":{"url":"http://127.0.0.1"}}',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errorMessage: expect.stringContaining('token') });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

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
