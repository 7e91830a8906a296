import { expect, test } from 'vitest';
import { inShop } from '../testing/shop.ts';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';

test.each(['tick', 'source-tick'])('the settings of %s are a JSON Schema', async (name) => {
  const { exitCode, stdout, stderr } = await inShop(['spec', name]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('\n  "title": "Tick",\n');
  expect(JSON.parse(stdout)).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    properties: { token: { type: 'string', secret: true } },
  });
});

test('those of a table are had by --stream', async () => {
  const { stdout } = await inShop(['spec', '@acme/materialize-box', '--stream', '--json']);
  expect(stdout.trimEnd()).not.toContain('\n');
  expect(JSON.parse(stdout)).toMatchObject({ title: 'Box', required: ['table'] });
});

test.each([
  ['tik', 'no connector "tik" is installed; did you mean "tick"?'],
  ['mainframe', 'no connector "mainframe" is installed. See what there is: fairlead connectors.'],
])('%s is not known', async (name, message) => {
  expect(await inShop(['spec', name])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `fairlead: ${message}\n`,
  });
});

test('a name that is a source and a destination is asked to be told apart', async () => {
  const manifest = '{"exports":"./no.js","keywords":["fairlead-connector"]}';
  await using folder = await pipelineFolder({
    'node_modules/source-both/package.json': manifest,
    'node_modules/materialize-both/package.json': manifest,
  });
  expect(await callCommand(['spec', 'both'], { folder: folder.path })).toMatchObject({
    exitCode: 2,
    stderr:
      'fairlead: "both" is a source and a destination. Write materialize-both or source-both.\n',
  });
});
