import { execFile } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../bin/fairlead.js', import.meta.url));

/** Runs a copy of the executable in a package of its own. */
async function runCopy(nodeVersion?: string, main?: string) {
  await using folder = await tempFolder();
  await folder.write('package.json', '{"type":"module"}');
  if (main !== undefined) await folder.write('dist/main.js', main);
  await mkdir(folder.join('bin'));
  await copyFile(bin, folder.join('bin/fairlead.js'));
  const older = `Object.defineProperty(process.versions, 'node', { value: '${nodeVersion}' });`;
  const pretend =
    nodeVersion === undefined
      ? []
      : ['--import', `data:text/javascript,${encodeURIComponent(older)}`];
  const words = [...pretend, folder.join('bin/fairlead.js'), 'a', 'b'];
  return await promisify(execFile)(process.execPath, words).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

test('a copy that is not built says how to build it', async () => {
  expect(await runCopy()).toEqual({
    code: 2,
    stdout: '',
    stderr: 'fairlead: this copy is not built. Run: npm run build.\n',
  });
});

test.each(['20.18.9', '18.20.0', '9.0.0'])('Node %s is too old', async (version) => {
  expect(await runCopy(version, '')).toEqual({
    code: 2,
    stdout: '',
    stderr: `fairlead: Node ${version} is too old. Install Node 20.19 or newer.\n`,
  });
});

test.each(['20.19.0', '22.0.0'])(
  'on Node %s the command is run with its words',
  async (version) => {
    const main = 'process.stdout.write(process.argv.slice(2).join()); process.exitCode = 7;';
    expect(await runCopy(version, main)).toEqual({ code: 7, stdout: 'a,b', stderr: '' });
  },
);
