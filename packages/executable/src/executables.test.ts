import { once } from 'node:events';
import { tempFolder } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import {
  connectorCommand,
  fromSource,
  messagesIn,
  run,
  start,
  untilEnd,
} from './testing/process.ts';

const json = { FLOW_RUNTIME_CODEC: 'json' };
const specRequest = '{"spec":{"config":{}}}\n';
const lastRecord = (log: string): unknown => JSON.parse(log.trimEnd().split('\n').at(-1) ?? '');

describe.each(['source-file', 'materialize-null'])('%s', (name) => {
  const command = connectorCommand(name);

  test('a word that is no command is refused in one line', async () => {
    const { end, stdout, stderr } = await run([...command, 'chekc', '--config', 'c']);
    expect({ end, stdout: stdout.length }).toEqual({ end: 2, stdout: 0 });
    const problem = `${name}: there is no command "chekc"; did you mean "check"?`;
    expect(stderr).toMatch(/^[^\n]+ see --help\.\n$/);
    expect(stderr.startsWith(problem)).toBe(true);
  });

  test('a codec that there is not is refused in one record', async () => {
    const { end, stdout, stderr } = await run(command, { env: { FLOW_RUNTIME_CODEC: 'xml' } });
    expect({ end, stdout: stdout.length }).toEqual({ end: 2, stdout: 0 });
    expect(JSON.parse(stderr)).toMatchObject({
      level: 'error',
      message: 'FLOW_RUNTIME_CODEC: there is no codec "xml". It is json or proto.',
    });
  });

  test('SIGTERM ends it between requests', async () => {
    const child = start(command, { env: json });
    child.stdin.write(specRequest);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  test('a reader that has gone away ends it', async () => {
    const child = start(command, { env: json });
    child.stdout.destroy();
    child.stdin.on('error', () => {});
    child.stdin.write(specRequest);
    const { end, stderr } = await untilEnd(child);
    expect(end).toBe(4);
    const message = 'the reader of the output has gone away';
    expect(JSON.parse(stderr)).toMatchObject({ level: 'error', message });
  });

  test('help is told, whatever the environment', async () => {
    const { end, stdout, stderr } = await run([...command, '--help'], { env: json });
    expect({ end, stderr }).toEqual({ end: 0, stderr: '' });
    expect(stdout.toString()).toContain(`| FLOW_RUNTIME_CODEC=json ${name}\n`);
  });

  test('a reader of the help that has gone away is no error', async () => {
    const child = start([...command, '--help']);
    child.stdout.destroy();
    expect(await untilEnd(child)).toMatchObject({ end: 0, stderr: '' });
  });
});

test('a write that waits for its input ends by SIGTERM itself', async () => {
  await using folder = await tempFolder();
  const config = await folder.write('config.txt', '{}');
  const catalog = await folder.write('catalog.txt', '{"streams":[]}');
  const command = connectorCommand('materialize-null');
  const child = start([...command, 'write', '--config', config, '--catalog', catalog], {
    env: { LOG_LEVEL: 'debug' },
  });
  const state = { type: 'STATE', state: { type: 'STREAM', stream: { stream_state: null } } };
  child.stdin.write(`${JSON.stringify(state)}\n`);
  const ended = untilEnd(child);
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect((await ended).end).toBe('SIGTERM');
});

describe('an executable with a secret', () => {
  const token = 'tok-5f3b0c';
  const command = fromSource(new URL('testing/tracker.ts', import.meta.url));

  /** What is said of settings, by either platform. */
  async function say(config: object) {
    await using folder = await tempFolder();
    await folder.write('package.json', '{"name":"source-tracker","version":"1.2.3"}');
    const env = { ...json, TRACKER_FOLDER: folder.path };
    const file = await folder.write('config.json', JSON.stringify(config));
    const validate = { validate: { name: 'a/b', config, bindings: [] } };
    return {
      airbyte: await run([...command, 'check', '--config', file], { env }),
      flow: await run(command, { env, input: `${specRequest}${JSON.stringify(validate)}\n` }),
    };
  }

  test.each([
    ['that works', { token }, 0, 0],
    ['that is refused', { token, behave: 'tell' }, 0, 3],
    ['that meets a bug', { token, behave: 'bug' }, 1, 1],
    ['whose other settings are wrong', { token, behave: token }, 0, 2],
    ['that is no text', { token: [token] }, 0, 2],
  ])('does not tell one %s', async (_what, config, airbyteEnd, flowEnd) => {
    const { airbyte, flow } = await say(config);
    expect({ airbyte: airbyte.end, flow: flow.end }).toEqual({
      airbyte: airbyteEnd,
      flow: flowEnd,
    });
    for (const { stdout, stderr } of [airbyte, flow])
      expect(`${stdout.toString()}${stderr}`).not.toContain(token);
  });

  test('tells of an error that nobody caught, and ends', async () => {
    const { airbyte, flow } = await say({ token, behave: 'stray' });
    expect({ airbyte: airbyte.end, flow: flow.end }).toEqual({ airbyte: 1, flow: 1 });
    const [error] = messagesIn(airbyte.stdout).flatMap(({ trace }) => trace?.error ?? []);
    expect(error.internal_message).toBe('TypeError: stray');
    expect(lastRecord(flow.stderr)).toMatchObject({
      level: 'error',
      message: 'stray',
    });
  });

  test('whose manifest is wrong says so in one line', async () => {
    await using folder = await tempFolder();
    await folder.write('package.json', '{"name":"source-tracker"}');
    const env = { TRACKER_FOLDER: folder.path };
    const { end, stdout, stderr } = await run([...command, 'spec'], { env });
    expect({ end, stdout: stdout.length }).toEqual({ end: 2, stdout: 0 });
    expect(stderr).toMatch(/^source-tracker: \S+package\.json: version: [^\n]+\n$/);
  });
});
