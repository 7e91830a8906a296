import { expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';

test('writes what it otherwise prints', async () => {
  await using folder = await pipelineFolder();
  const written = await callCommand(['schema'], { folder: folder.path });
  expect(written).toMatchObject({ exitCode: 0, stdout: '.fairlead/pipeline.schema.json\n' });
  const printed = await callCommand(['schema', '--json'], { folder: folder.path });
  const schema = JSON.parse(await folder.read('.fairlead/pipeline.schema.json'));
  expect(JSON.parse(printed.stdout)).toEqual(schema);
});

test('knows the settings of what is installed, and refuses what nobody knows', async () => {
  await using folder = await pipelineFolder();
  const { stdout } = await callCommand(['schema', '--json'], { folder: folder.path });
  const schema = JSON.parse(stdout);
  expect(schema).toMatchObject({
    additionalProperties: false,
    required: ['source', 'destination'],
  });
  const { source, destination, streams, defaults } = schema.properties;
  expect(source).toMatchObject({ minProperties: 1, maxProperties: 1, additionalProperties: false });
  expect(Object.keys(source.properties).slice(0, 2)).toEqual(['tick', 'source-tick']);
  expect(source.properties.tick).toMatchObject({
    title: 'Tick',
    additionalProperties: false,
    properties: {
      rows: {
        title: 'Rows',
        anyOf: [
          { type: 'integer', default: 3 },
          { type: 'string', pattern: expect.any(String) },
        ],
      },
      fail: { enum: ['access', 'transient', 'data', 'state', 'bug'] },
    },
  });
  expect(destination.properties.box.required).toEqual(['path']);
  expect(streams.items.anyOf[1]).toMatchObject({
    additionalProperties: false,
    required: ['match'],
  });
  expect(defaults.properties.contract.enum).toEqual(['evolve', 'freeze', 'quarantine']);
});

test('a variable may stand where a number is wanted', async () => {
  await using folder = await pipelineFolder();
  const { stdout } = await callCommand(['schema', '--json'], { folder: folder.path });
  const [, text] = JSON.parse(stdout).properties.source.properties.tick.properties.rows.anyOf;
  expect('${env:ROWS:-3}').toMatch(new RegExp(text.pattern));
  expect('three').not.toMatch(new RegExp(text.pattern));
});

test('a connector that cannot be loaded is left out, and said to be', async () => {
  await using folder = await pipelineFolder({
    'node_modules/source-broken/package.json':
      '{"name":"source-broken","exports":"./no.js","keywords":["fairlead-connector"]}',
  });
  const { exitCode, stdout, stderr } = await callCommand(['schema', '--json'], {
    folder: folder.path,
  });
  expect(exitCode).toBe(0);
  expect(Object.keys(JSON.parse(stdout).properties.source.properties)).not.toContain('broken');
  expect(stderr).toContain('source-broken: the connector cannot be loaded');
});

test('an executable of Airbyte has a command, and settings that are its own', async () => {
  await using folder = await pipelineFolder();
  const { stdout } = await callCommand(['schema', '--json'], { folder: folder.path });
  const { source, destination } = JSON.parse(stdout).properties;
  for (const end of [source, destination]) {
    expect(end.properties.airbyte).toMatchObject({
      title: 'Airbyte',
      required: ['command'],
      additionalProperties: false,
      properties: {
        command: { type: 'array', items: { type: 'string' } },
        config: { type: 'object', additionalProperties: {} },
      },
    });
    expect(JSON.stringify(end)).not.toContain('$ref');
  }
});
