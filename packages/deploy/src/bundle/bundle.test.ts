import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { tempFolder, type TempFolder } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { deploymentFrom } from '../testing/deployment.ts';
import { serveFolder } from '../testing/served-function.ts';
import { bundle, type BundleFile, writeBundle } from './bundle.ts';
import { zip } from './zip.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const options = { hostFolder: join(root, 'packages/cli'), conditions: ['source'], root };

const connectorAt = (folder: string) => ({ folder, entry: join(folder, 'src/index.ts') });
const file = connectorAt(join(root, 'connectors/source-file'));

/** A connector that needs nothing but what is said here. */
async function smallConnector(folder: TempFolder, files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) await folder.write(`crm/${name}`, text);
  return { folder: folder.join('crm'), entry: folder.join('crm/src/index.ts') };
}

const textOf = (files: readonly BundleFile[], path: string) =>
  Buffer.from(files.find((made) => made.path === path)?.bytes ?? []).toString();

async function post(url: string, body: object) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a bundle', () => {
  test.each([{}, { form: 'gcf' }, { form: 'cloudrun' }])(
    'is served by the framework of Google from a folder that has nothing else: %j',
    async (form) => {
      await using folder = await tempFolder();
      await folder.write('data/orders.csv', 'id,name\n1,Nadia\n2,Otto\n');
      const deployment = deploymentFrom({ orders: { connector: 'file', ...form } });
      await writeBundle(folder.join('function'), await bundle(file, deployment, options));
      await using served = await serveFolder(folder.join('function'), {
        FAIRLEAD_SETTING_PATHS: folder.join('data/*.csv'),
      });
      expect(await post(served.url, { setup_test: true, state: {} })).toEqual({
        status: 200,
        body: { state: {}, hasMore: false },
      });
      const { status, body } = await post(served.url, { agent: 'a/b/c', state: {} });
      expect(status).toBe(200);
      expect(body).toMatchObject({ hasMore: false });
      expect(JSON.stringify(body)).toContain('Nadia');
      expect(served.log()).toContain('"severity":"INFO"');
    },
  );

  test('has the files that its packages read from beside themselves', async () => {
    await using folder = await tempFolder();
    const fauna = connectorAt(join(root, 'connectors/source-fauna'));
    const deployment = deploymentFrom({ shop: { connector: 'fauna' } });
    const files = await bundle(fauna, deployment, options);
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^files\/[0-9a-f]{8}-package\.json$/)]),
    );
    await writeBundle(folder.join('function'), files);
    await using served = await serveFolder(folder.join('function'));
    const { status, body } = await post(served.url, { setup_test: true });
    expect(status).toBe(400);
    expect(body).toMatchObject({ errorType: 'config' });
  });

  test('is a handler of Lambda, which runs out of its archive', async () => {
    await using folder = await tempFolder();
    await folder.write('data/a.csv', 'id\n1\n');
    const deployment = deploymentFrom({
      orders: { connector: 'file', form: 'lambda', service_account: 'arn:aws:iam::1:role/r' },
    });
    const files = await bundle(file, deployment, options);
    await folder.write('function.zip', zip(files));
    await promisify(execFile)('python3', ['-m', 'zipfile', '-e', 'function.zip', 'function'], {
      cwd: folder.path,
    });
    for (const { path, bytes } of files) {
      expect(await readFile(folder.join('function', path))).toEqual(Buffer.from(bytes));
    }
    const url = pathToFileURL(folder.join('function/index.js')).href;
    const program = `const { handler } = await import(${JSON.stringify(url)});
      const event = { state: {}, secrets: { paths: ${JSON.stringify(folder.join('data/*.csv'))} } };
      const answer = await handler(event, { getRemainingTimeInMillis: () => 60000 });
      process.stdout.write(JSON.stringify(answer));`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      program,
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      hasMore: false,
      insert: { [tableOf(stdout)]: [{}] },
    });
  });

  test('registers itself with Azure', async () => {
    await using folder = await tempFolder();
    const deployment = deploymentFrom({
      orders: { connector: 'file', form: 'azure', resource_group: 'data' },
    });
    const files = await bundle(file, deployment, options);
    await writeBundle(folder.join('function'), files);
    expect(JSON.parse(textOf(files, 'host.json'))).toMatchObject({
      version: '2.0',
      functionTimeout: '00:03:50',
    });
    // In place of Azure's package, one that tells what it was given.
    await folder.write(
      'function/node_modules/@azure/functions/package.json',
      '{"type":"module","exports":"./index.js"}',
    );
    await folder.write(
      'function/node_modules/@azure/functions/index.js',
      `export const app = { http: async (name, { handler, ...rest }) => {
        const request = { arrayBuffer: async () => new TextEncoder().encode('{"state":7}').buffer };
        const { status } = await handler(request);
        process.stdout.write(JSON.stringify({ name, ...rest, status }));
      } };`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [
      folder.join('function/index.js'),
    ]);
    expect(JSON.parse(stdout)).toEqual({
      name: 'main',
      methods: ['POST'],
      authLevel: 'function',
      status: 400,
    });
  });

  test('says which packages the platform has to install, by exact versions', async () => {
    const files = await bundle(file, deploymentFrom({ Orders_1: { connector: 'file' } }), options);
    expect(files.map(({ path }) => path)).toEqual(['.gcloudignore', 'index.js', 'package.json']);
    expect(JSON.parse(textOf(files, 'package.json'))).toEqual({
      name: 'orders_1',
      private: true,
      type: 'module',
      main: 'index.js',
      engines: { node: '>=22' },
      dependencies: { '@google-cloud/functions-framework': '5.0.5' },
    });
  });

  test('is the same, byte for byte, wherever it is made', async () => {
    const deployment = deploymentFrom({ crm: { connector: 'crm', streams: ['a', 'b*'] } });
    const made: string[] = [];
    for (const place of ['x', 'some/where/else']) {
      await using folder = await tempFolder();
      const put = (name: string, text: string) => folder.write(`${place}/${name}`, text);
      await put('crm/src/index.ts', "export { connector } from 'shared';\n");
      await put(
        'node_modules/shared/index.js',
        "const os = require('node:os'); exports.connector = { name: os.EOL };\n",
      );
      await put('node_modules/@fairlead/host-fivetran/package.json', '{"main":"host.cjs"}');
      await put(
        'node_modules/@fairlead/host-fivetran/host.cjs',
        'exports.httpFunction = (source, options) => () => [source, options];\n',
      );
      const code = connectorAt(folder.join(place, 'crm'));
      const files = await bundle(code, deployment, { ...options, root: folder.join(place) });
      made.push(textOf(files, 'index.js'));
    }
    expect(made[0]).toBe(made[1]);
    expect(made[0]).toContain('streams:["a","b*"]');
  });

  test('has what a connector says of all its deployments, below what deploy.yaml says', async () => {
    await using folder = await tempFolder();
    const code = await smallConnector(folder, {
      'src/index.ts': 'export const connector = {};',
      'src/function.ts': 'export const functionOptions = { softDelete: "deletes" };',
    });
    const deployment = deploymentFrom({ crm: { connector: 'crm', timeout: '5m' } });
    const own = { ...code, options: folder.join('crm/src/function.ts') };
    const files = await bundle(own, deployment, { ...options, root: folder.path });
    expect(textOf(files, 'index.js')).toMatch(/softDelete:"deletes"[^]*timeoutMs:3e5/);
  });
});

describe('what cannot be bundled is named', () => {
  const failing = async (files: Readonly<Record<string, string>>) => {
    await using folder = await tempFolder();
    const code = await smallConnector(folder, files);
    const deployment = deploymentFrom({ crm: { connector: 'crm' } });
    return await bundle(code, deployment, { ...options, root: folder.path }).then(
      () => undefined,
      (error: unknown) => error,
    );
  };
  const start = "import x from 'quick';\nexport const connector = x;\n";

  test('a native module', async () => {
    const modules = {
      'src/index.ts': start,
      'node_modules/quick/index.js': "module.exports = require('./build/quick.node');",
      'node_modules/quick/build/quick.node': '\u007fELF',
    };
    expect(await failing(modules)).toMatchObject({
      kind: 'config',
      message: 'the function cannot be bundled: quick is a native module',
      hint: expect.stringContaining('replace quick by a package without native code'),
    });
  });

  test('a package that looks for its native module', async () => {
    const modules = {
      'src/index.ts': start,
      'node_modules/quick/index.js': "module.exports = require('bindings')('quick');",
    };
    expect(await failing(modules)).toMatchObject({
      message: expect.stringContaining('quick is a native module'),
    });
  });

  test('a package that is not there', async () => {
    expect(await failing({ 'src/index.ts': start })).toMatchObject({
      kind: 'config',
      where: 'crm/src/index.ts:1:15',
      message: 'the function cannot be bundled: "quick" is not found',
      hint: 'Install it: npm install quick, or correct the name.',
    });
  });

  test('a mistake in the code', async () => {
    expect(await failing({ 'src/index.ts': 'export const connector = ;' })).toMatchObject({
      kind: 'config',
      where: 'crm/src/index.ts:1:26',
    });
  });
});

function tableOf(answer: string): string {
  const { insert } = JSON.parse(answer) as { readonly insert: object };
  return Object.keys(insert)[0] ?? '';
}
