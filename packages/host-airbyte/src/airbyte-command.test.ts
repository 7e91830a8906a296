import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tempFolder } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { startConnector, untilEnd } from './testing/start-connector.ts';

const scriptedSource = new URL('testing/scripted-source.ts', import.meta.url);
const memoryDestination = new URL('testing/memory-destination.ts', import.meta.url);

const run = async (behaviour: string, args: readonly string[]) =>
  await untilEnd(startConnector(scriptedSource, args, { BEHAVE: behaviour }));

const messagesIn = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** The arguments of a read of one stream. */
async function readArgs(
  folder: { write(name: string, text: string): Promise<string> },
  name: string,
) {
  const catalog = { streams: [{ stream: { name }, sync_mode: 'incremental' }] };
  const config = await folder.write('config.json', '{}');
  const configured = await folder.write('catalog.txt', JSON.stringify(catalog));
  const state = await folder.write('state.txt', '[]');
  return ['read', '--config', config, '--catalog', configured, '--state', state];
}

describe('a process', () => {
  test('does a command and ends with its code, whatever still keeps it alive', async () => {
    await using folder = await tempFolder();
    const { end, stdout } = await run('plain', await readArgs(folder, 'many'));
    expect(end).toBe(0);
    const messages = messagesIn(stdout);
    const records = messages.filter(({ type }) => type === 'RECORD');
    expect(records).toHaveLength(200_000);
    expect(records.every(({ record }, index) => record.data.id === index)).toBe(true);
    expect(messages.at(-1).trace.stream_status.status).toBe('COMPLETE');
  });

  test('answers a wrong command line on standard error, with 2', async () => {
    const { end, stdout, stderr } = await run('plain', ['nothing']);
    expect({ end, stdout }).toEqual({ end: 2, stdout: '' });
    expect(stderr).toContain('usage:');
  });

  test('makes log lines of what libraries print', async () => {
    await using folder = await tempFolder();
    const { end, stdout } = await run('noisy', [
      'check',
      '--config',
      await folder.write('c', '{}'),
    ]);
    expect(end).toBe(0);
    expect(messagesIn(stdout)).toEqual([
      { type: 'LOG', log: { level: 'INFO', message: 'a library says\nhello' } },
      { type: 'LOG', log: { level: 'INFO', message: 'and more' } },
      { type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } },
    ]);
  });

  test('tells of an error that nobody caught', async () => {
    await using folder = await tempFolder();
    const { end, stdout } = await run('crashes', [
      'check',
      '--config',
      await folder.write('c', '{}'),
    ]);
    expect(end).toBe(1);
    expect(messagesIn(stdout)).toMatchObject([
      { type: 'TRACE', trace: { error: { internal_message: 'TypeError: nobody catches this' } } },
    ]);
  });

  test('ends quietly with 0 when its output was closed', async () => {
    await using folder = await tempFolder();
    const child = startConnector(scriptedSource, await readArgs(folder, 'many'));
    child.stdout?.once('data', () => child.stdout?.destroy());
    let stderr = '';
    child.stderr?.on('data', (text) => (stderr += String(text)));
    const [code] = await once(child, 'exit');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

test('a materialization is served as a destination', async () => {
  const { end, stdout } = await untilEnd(startConnector(memoryDestination, ['spec']));
  expect(end).toBe(0);
  expect(messagesIn(stdout)[0].spec.supported_destination_sync_modes).toContain('append_dedup');
});

describe('SIGTERM', () => {
  test.each([
    { behaviour: 'waits', what: 'that listens', last: 'INCOMPLETE' },
    { behaviour: 'deaf', what: 'that does not listen', last: 'STARTED' },
  ])(
    'ends a source $what by the signal itself, without a COMPLETE',
    async ({ behaviour, last }) => {
      await using folder = await tempFolder();
      const args = await readArgs(folder, behaviour);
      const child = startConnector(scriptedSource, args, { BEHAVE: behaviour });
      const ended = untilEnd(child);
      await once(child.stdout ?? child, 'data');
      child.kill('SIGTERM');
      const { end, stdout } = await ended;
      expect(end).toBe('SIGTERM');
      const statuses = messagesIn(stdout).flatMap(
        ({ trace }) => trace?.stream_status?.status ?? [],
      );
      expect(statuses.at(-1)).toBe(last);
      expect(statuses).not.toContain('COMPLETE');
    },
  );

  test('ends a source whose reader stands still', async () => {
    await using folder = await tempFolder();
    const child = startConnector(scriptedSource, await readArgs(folder, 'many'));
    // Nothing is read from here on, so the pipe is full.
    await once(child.stdout ?? child, 'readable');
    child.kill('SIGTERM');
    const [code, signal] = await once(child, 'exit');
    child.stdout?.destroy();
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' });
  });
});

test('files go through a shell, and only what is new comes the second time', async () => {
  await using folder = await tempFolder();
  await folder.write('data/a.csv', 'id,name\n1,Ada\n2,Grace\n');
  const settings = { root: folder.join('data'), streams: [{ name: 'people', paths: '*.csv' }] };
  const config = await folder.write('config.json', JSON.stringify(settings));
  const program = fileURLToPath(new URL('testing/file-source.ts', import.meta.url));
  const shell = async (args: string) => {
    const line = `${process.execPath} --import tsx --conditions=source ${program} ${args} | cat`;
    return messagesIn((await promisify(execFile)('sh', ['-c', line])).stdout);
  };
  const [discovered] = await shell(`discover --config ${config}`);
  const [stream] = discovered.catalog.streams;
  expect(stream.name).toBe('people');
  const configured = { streams: [{ stream, sync_mode: 'incremental' }] };
  const catalog = await folder.write('catalog.json', JSON.stringify(configured));
  const read = async (saved: unknown) => {
    const path = await folder.write('state.json', JSON.stringify(saved));
    const messages = await shell(`read --config ${config} --catalog ${catalog} --state ${path}`);
    const names = messages.flatMap(({ record }) => (record ? [record.data.name] : []));
    return { names, states: messages.flatMap(({ state }) => (state ? [state] : [])) };
  };
  const first = await read([]);
  expect(first.names).toEqual(['Ada', 'Grace']);
  await folder.write('data/b.csv', 'id,name\n3,Edsger\n');
  const second = await read(first.states.slice(-1));
  expect(second.names).toEqual(['Edsger']);
});
