import { readdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';

test.each([
  ['flow', 'FLOW_RUNTIME_PROTOCOL', 'flow-spec.json'],
  ['airbyte', 'AIRBYTE_ENTRYPOINT', 'metadata.yaml'],
])('the files for %s are written, and said to be', async (platform, label, other) => {
  await using folder = await pipelineFolder();
  const at = { folder: folder.path };
  const words = ['export', platform, 'tick', '--output', 'images/tick'];
  const { exitCode, stdout, stderr } = await callCommand(words, at);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const written = stdout.trimEnd().split('\n');
  expect(written).toContain('images/tick/Dockerfile');
  expect(written).toContain(`images/tick/${other}`);
  const found = await readdir(folder.join('images/tick'));
  expect(found.map((name) => `images/tick/${name}`).toSorted()).toEqual(written.toSorted());
  expect(await folder.read('images/tick/Dockerfile')).toContain(label);
  const again = await callCommand([...words, '--json'], at);
  expect(JSON.parse(again.stdout)).toEqual({ written: [], unchanged: written });
});

test('a file that differs stays, with all others, unless it may be replaced', async () => {
  await using folder = await pipelineFolder();
  const at = { folder: folder.path };
  await writeFile(folder.join('Dockerfile'), 'FROM mine\n');
  expect(await callCommand(['export', 'flow', 'source-tick'], at)).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      'fairlead: Dockerfile: there is such a file already, and it differs. Nothing was written: name another folder with --output, or replace it with --force.\n',
  });
  expect((await readdir(folder.path)).toSorted()).toEqual(['Dockerfile', 'node_modules']);
  const forced = await callCommand(['export', 'flow', 'source-tick', '--force'], at);
  expect(forced.exitCode).toBe(0);
  expect(await folder.read('Dockerfile')).not.toContain('FROM mine');
});

test.each([
  ['tikc', 'no connector "tikc" is installed; did you mean "tick"?'],
  [
    'airbyte',
    '"airbyte" is a source and a destination. Write source-airbyte or materialize-airbyte.',
  ],
  ['box', '@acme/materialize-box: the package has no executable.'],
])('there is nothing to export of %s', async (name, message) => {
  await using folder = await pipelineFolder();
  const ended = await callCommand(['export', 'airbyte', name], { folder: folder.path });
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr).toContain(`fairlead: ${message}`);
});
