import { once } from 'node:events';
import { createServer } from 'node:http';
import { callFunction, httpEndpoint, ModelTables, testFunction } from '@fairlead/host-fivetran';
import { describe, expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { startCommand, type Command } from '../testing/run-command.ts';

/** The first that a command prints. */
async function printed(command: Command): Promise<string> {
  let text = '';
  command.process.stdout.on('data', (chunk: string) => (text += chunk));
  await command.saw('http://');
  return text;
}

const tick = ['function', 'serve', 'tick', '--port', '0'];

describe('a source that is served as a function', () => {
  test('is called until Ctrl-C, which is its proper end', async () => {
    await using folder = await pipelineFolder({ 'config.yaml': 'rows: 3\nstreams: [orders]\n' });
    const words = [...tick, '--config', 'config.yaml'];
    await using command = startCommand(words, { folder: folder.path });
    const url = (await printed(command)).trim();
    await testFunction(httpEndpoint(url));
    const tables = new ModelTables();
    const report = await callFunction(httpEndpoint(url), tables, {
      syncId: 'sync-1',
      secrets: { token: 'hidden-token' },
    });
    expect(report).toMatchObject({ ended: 'caught-up', inserted: 3 });
    command.process.kill('SIGINT');
    const { exitCode, stdout, stderr } = await command.ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${url}\n` });
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({
      severity: 'INFO',
      message: 'answered',
      sync_id: 'sync-1',
      rowCount: 3,
    });
    expect(stderr).not.toContain('hidden-token');
  });

  test('has settings of its environment', async () => {
    await using folder = await pipelineFolder();
    const variables = { FAIRLEAD_SETTING_ROWS: '2' };
    const words = [...tick, '--json', '-q', '--platform', 'lambda'];
    await using command = startCommand(words, { folder: folder.path, variables });
    const { url } = JSON.parse(await printed(command));
    const customPayload = { 'fairlead.streams': 'orders' };
    const report = await callFunction(httpEndpoint(url), new ModelTables(), { customPayload });
    expect(report).toMatchObject({ inserted: 2 });
    command.process.kill('SIGTERM');
    expect(await command.ended).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test.each([
    [['nothing'], 'no source connector "nothing" is installed'],
    [['box'], 'no source connector "box" is installed'],
    [['tick', '--port', 'x'], '--port: must be a whole number from 0 on'],
    [['tick', '--port', '65536'], '--port: there is no such port'],
    [['tick', '--config', '{rows'], '--config'],
  ])('is refused %j', async (words, says) => {
    await using folder = await pipelineFolder();
    const ended = await callCommand(['function', 'serve', ...words], { folder: folder.path });
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain(says);
  });

  test('says that its port is taken', async () => {
    await using folder = await pipelineFolder();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = String(typeof address === 'object' ? address?.port : '');
    const words = ['function', 'serve', 'tick', '--port', port];
    const ended = await callCommand(words, { folder: folder.path });
    other.close();
    expect(ended).toMatchObject({ exitCode: 2 });
    expect(ended.stderr).toContain(`--port: port ${port} is in use`);
  });
});
