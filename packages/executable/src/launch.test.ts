import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { run } from './testing/process.ts';

const launcher = new URL('../bin/launch.js', import.meta.url).href;

/** Runs an executable whose program is `main`, on a Node of some version. */
async function launch(main?: string, nodeVersion = process.versions.node) {
  await using folder = await tempFolder();
  await folder.write('package.json', '{"type":"module"}');
  if (main !== undefined) await folder.write('dist/main.js', main);
  const file = await folder.write(
    'bin/source-crm.js',
    `import { launch } from '${launcher}';\nawait launch(new URL('../dist/main.js', import.meta.url));\n`,
  );
  const pretence = `Object.defineProperty(process.versions, 'node', { value: '${nodeVersion}' });`;
  const preload = `data:text/javascript,${encodeURIComponent(pretence)}`;
  const { end, stdout, stderr } = await run(['node', '--import', preload, file, 'a', 'b']);
  return { end, stdout: stdout.toString(), stderr };
}

test('an executable that is not built says how to build it', async () => {
  expect(await launch()).toEqual({
    end: 2,
    stdout: '',
    stderr: 'source-crm: this copy is not built. Run: npm run build.\n',
  });
});

test.each(['20.18.9', '18.20.0', '9.0.0'])('Node %s is too old', async (version) => {
  expect(await launch('', version)).toEqual({
    end: 2,
    stdout: '',
    stderr: `source-crm: Node ${version} is too old. Install Node 20.19 or newer.\n`,
  });
});

test.each(['20.19.0', '24.0.0'])(
  'on Node %s the program is run with its words',
  async (version) => {
    const main = 'process.stdout.write(process.argv.slice(2).join()); process.exitCode = 7;';
    expect(await launch(main, version)).toEqual({ end: 7, stdout: 'a,b', stderr: '' });
  },
);
