import { describe, expect, test } from 'vitest';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { runCommand, startCommand } from '../testing/run-command.ts';

const catalog = JSON.stringify({
  streams: [
    {
      stream: { name: 'orders', json_schema: {}, supported_sync_modes: ['incremental'] },
      sync_mode: 'incremental',
      destination_sync_mode: 'append',
    },
  ],
});
const record = { type: 'RECORD', record: { stream: 'orders', data: { id: 7 }, emitted_at: 1 } };

const stream_descriptor = { name: 'orders' };
const state = {
  type: 'STATE',
  state: { type: 'STREAM', stream: { stream_descriptor, stream_state: { done: 7 } } },
};
const complete = {
  type: 'TRACE',
  trace: {
    type: 'STREAM_STATUS',
    emitted_at: 1,
    stream_status: { stream_descriptor, status: 'COMPLETE' },
  },
};

describe('a connector by its name', () => {
  test.each([
    ['tick', '/stream'],
    ['@acme/materialize-box', 'The name of your table.'],
  ])('is a process of Flow: %s', async (name, words) => {
    await using folder = await pipelineFolder();
    const { exitCode, stdout, stderr } = await runCommand(['flow', name], {
      folder: folder.path,
      variables: { FLOW_RUNTIME_CODEC: 'json' },
      input: '{"spec":{"connectorType":"LOCAL","config":{}}}\n',
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { spec } = JSON.parse(stdout);
    expect(spec.protocol).toBe(3032023);
    expect(JSON.stringify(spec)).toContain(words);
  });

  test('is a source of Airbyte, which takes its arguments as they are', async () => {
    await using folder = await pipelineFolder({ 'c.json': '{"rows":2}', 'catalog.txt': catalog });
    const words = 'airbyte tick read --config c.json --catalog catalog.txt --unheard-of x';
    const { exitCode, stdout, stderr } = await runCommand(words.split(' '), {
      folder: folder.path,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const messages = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const records = messages.filter(({ type }) => type === 'RECORD');
    expect(records.map((message) => message.record.data.name)).toEqual(['orders 1', 'orders 2']);
    expect(messages.at(-1).type).toBe('TRACE');
  });

  test('is a destination of Airbyte', async () => {
    await using folder = await pipelineFolder({
      'c.json': '{"path":"box.json"}',
      'catalog.txt': catalog,
    });
    const words = 'airbyte box write --config c.json --catalog catalog.txt';
    const ended = await runCommand(words.split(' '), {
      folder: folder.path,
      input: [record, state, complete].map((message) => `${JSON.stringify(message)}\n`).join(''),
    });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toContain('"done":7');
    expect(JSON.parse(await folder.read('box.json')).tables.orders).toMatchObject([{ id: 7 }]);
  });

  test('of Airbyte dies of SIGTERM by the signal itself', async () => {
    await using folder = await pipelineFolder({
      'c.json': '{"rows":9999,"wait":"10ms"}',
      'catalog.txt': catalog,
    });
    const words = 'airbyte tick read --config c.json --catalog catalog.txt';
    await using command = startCommand(words.split(' '), { folder: folder.path });
    await command.saw('"RECORD"');
    command.process.kill('SIGTERM');
    expect(await command.ended).toMatchObject({ exitCode: null });
    expect(command.process.signalCode).toBe('SIGTERM');
  });

  test.each(['flow tikc', 'airbyte tikc spec'])(
    'that nobody has installed is told: %s',
    async (words) => {
      await using folder = await pipelineFolder();
      expect(await runCommand(words.split(' '), { folder: folder.path })).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: 'fairlead: no connector "tikc" is installed; did you mean "tick"?\n',
      });
    },
  );
});
