import { describe, expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { fairlead, startCommand } from '../testing/run-command.ts';

const tick = ['flow-preview', 'tick', '-q', '--config', '{rows: 2, streams: [orders]}'];
const first = '["acmeCo/orders",{"id":1,"name":"orders 1"}]';
const second = '["acmeCo/orders",{"id":2,"name":"orders 2"}]';
const state = (at: number) => `{"bindingStateV1":{"orders":${at}}}`;
const update = (at: number) => `["connectorState",{"updated":${state(at)},"mergePatch":true}]`;

async function preview(words: readonly string[], files: Readonly<Record<string, string>> = {}) {
  await using folder = await pipelineFolder(files);
  return await callCommand(words, { folder: folder.path });
}

const printed = (...lines: readonly string[]) => ({
  exitCode: 0,
  stdout: lines.map((line) => `${line}\n`).join(''),
  stderr: '',
});

describe('a preview of a capture', () => {
  test('prints documents and checkpoints, session after session', async () => {
    expect(await preview([...tick, '--sessions', '1,1'])).toEqual(
      printed(first, update(1), second, update(2), `["connectorState",${state(2)}]`),
    );
  });

  test('prints a fixture for flow-drive, in the other codec', async () => {
    const words = [...tick, '--sessions=2', '--fixture', '--codec=proto', '--kill'];
    expect(await preview(words)).toEqual(
      printed(first, '{"commit":true}', second, '{"commit":true}'),
    );
  });

  test('goes on from a state, and tells its steps', async () => {
    const words = ['flow-preview', 'tick', '-q', '--config', 'config.yaml', '--initial-state'];
    const files = { 'config.yaml': 'rows: 2\nstreams: [orders]\n', 'state.json': state(1) };
    const ended = await preview([...words, 'state.json', '--sessions=1', '--steps'], files);
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^\["bindings",.*\n\["session",0\]\n/);
    expect(ended.stdout).toContain(second);
    expect(ended.stdout).not.toContain(first);
  });

  test('runs any executable', async () => {
    const options = ['-q', '--config', '{rows: 1, streams: [orders]}', '--sessions=1'];
    const ended = await preview(['flow-preview', ...options, '--', ...fairlead, 'flow', 'tick']);
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout.split('\n').slice(0, 2)).toEqual([first, update(1)]);
  });

  test('ends at once when it is interrupted', async () => {
    await using folder = await pipelineFolder();
    const words = [...tick, '--sessions=-1', '--timeout=1h'];
    await using command = startCommand(words, { folder: folder.path });
    await command.saw('connectorState');
    command.process.kill('SIGINT');
    expect(await command.ended).toMatchObject({
      exitCode: 130,
      stderr: 'fairlead: interrupted\n',
    });
  });

  test.each([
    ['{fail: access}', 3, 'the clock is out of reach. Wind it up.'],
    ['{rows: many}', 2, 'settings of source-tick: rows: '],
  ])('of one that fails (%s) ends as it does: %i', async (config, exitCode, message) => {
    const ended = await preview(['flow-preview', 'tick', '-q', '--config', config]);
    expect(ended).toMatchObject({ exitCode, stdout: '' });
    expect(ended.stderr).toContain(`fairlead: ${message}`);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test.each([
    [
      ['nothing'],
      'no source connector "nothing" is installed. Install it (npm install @fairlead/source-nothing), or see what there is: fairlead connectors.',
    ],
    [['box'], 'no source connector "box" is installed. '],
    [['--', './none'], './none: the executable cannot be started'],
    [['tick', '--sessions', '1,x'], '--sessions: must be a whole number from -1 on'],
    [['tick', '--shards', '0'], '--shards: must be a whole number from 1 on'],
    [
      ['tick', '--timeout', 'soon'],
      '--timeout: must be a number and a unit: 250ms, 30s, 15m, 6h or 1d',
    ],
    [['tick', '--config', 'none.yaml'], '--config: there is no file none.yaml'],
    [
      ['tick', '--config', '{a: ${env:NONE}}'],
      '--config:1:5: a variable within brackets needs quotes',
    ],
    [['tick', '--initial-state', 'list.json'], 'list.json: the file is no JSON'],
  ])('is refused %j', async (words, message) => {
    const { exitCode, stdout, stderr } = await preview(['flow-preview', '-q', ...words], {
      'list.json': '[1',
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`fairlead: ${message}`);
  });
});
