import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launchCommand, previewCapture } from '@fairlead/host-flow';
import { tempFolder, type TempFolder } from '@fairlead/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deploy } from './deploy/deploy.ts';
import { connectors, folderOf, root, textOf } from './testing/connectors.ts';
import { messagesIn, run } from './testing/process.ts';
import { onTopOf, readDockerfile, type ImageConfig } from './testing/read-dockerfile.ts';

/**
 * What a Dockerfile says is done without an engine: the package is built and deployed, and its
 * entrypoint is started with nothing but the environment of the image.
 */
let folder: TempFolder;

beforeAll(async () => {
  folder = await tempFolder();
  const projects = connectors.map(({ name }) => `${folderOf(name)}/tsconfig.build.json`);
  const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', root));
  // It writes what it can; whether the types are right is checked elsewhere.
  await promisify(execFile)(process.execPath, [tsc, '-b', ...projects]).catch(() => {});
  for (const { name } of connectors) await deploy(folderOf(name), folder.join(name));
}, 300_000);

afterAll(() => folder[Symbol.asyncDispose]());

const baseText = readFileSync(new URL('../image/Dockerfile', import.meta.url), 'utf8');
const base = readDockerfile(baseText);

/** The image of a connector, on top of that which all share. */
function imageOf(name: string): ImageConfig {
  const [, last] = readDockerfile(textOf(name, 'Dockerfile'));
  return onTopOf(base[0]!, last!);
}

/** The words of a command of the image, where its files are in a folder. */
function mapped(name: string, words: readonly string[]): readonly string[] {
  return words.map((word) => word.replace(/^\/connector(?=\/)/, () => folder.join(name)));
}

test('the image that all share has a user that Airbyte asks for, and who is not root', () => {
  const { from, user, workdir, runs } = base[0]!;
  expect(base).toHaveLength(1);
  expect({ from, user, workdir }).toEqual({
    from: 'node:24-bookworm-slim',
    user: '1000:1000',
    workdir: '/airbyte/integration_code',
  });
  expect(runs.join()).toContain('usermod --login airbyte --home /airbyte/integration_code node');
});

describe.each(connectors)('the image of $name', ({ name, isSource }) => {
  const { version } = JSON.parse(textOf(name, 'package.json'));
  const { from, env, labels, user, entrypoint, copies } = imageOf(name);
  const command = () => mapped(name, entrypoint!);

  test('stands on the shared one, and says what both platforms want to know', () => {
    const airbyteName = name.replace('materialize-', 'destination-');
    expect({ from, user }).toEqual({ from: `ghcr.io/fairlead/base:${version}`, user: '1000:1000' });
    expect(baseText).toContain(`docker build --platform linux/amd64 --tag ${from} `);
    expect(labels).toMatchObject({
      FLOW_RUNTIME_PROTOCOL: isSource ? 'capture' : 'materialize',
      FLOW_RUNTIME_CODEC: 'json',
      'io.airbyte.name': `ghcr.io/fairlead/${airbyteName}`,
      'io.airbyte.version': version,
      'org.opencontainers.image.documentation': `https://github.com/fairlead/fairlead/tree/main/connectors/${name}#readme`,
    });
    expect(labels['io.artifacthub.package.logo-url']).toMatch(/^https:.*\/icon\.svg$/);
    expect(env).toEqual({
      NODE_ENV: 'production',
      AIRBYTE_ENTRYPOINT: entrypoint?.join(' '),
      FLOW_RUNTIME_PROTOCOL: labels['FLOW_RUNTIME_PROTOCOL'],
      FLOW_RUNTIME_CODEC: 'json',
    });
  });

  test('holds what the first stage has deployed from the package', () => {
    const [build] = readDockerfile(textOf(name, 'Dockerfile'));
    expect(build?.runs.at(-1)?.split(' ').slice(-2)).toEqual([`connectors/${name}`, '/connector']);
    expect(copies).toEqual([['--from=build', '/connector', '/connector']]);
  });

  test('tells Estuary Flow what it is, as lines of JSON', async () => {
    const ended = await run(command(), { env, input: '{"spec":{"config":{}}}\n' });
    expect(ended).toMatchObject({ end: 0, stderr: '' });
    const spec = JSON.parse(textOf(name, 'flow-spec.json'));
    expect(messagesIn(ended.stdout)).toEqual([{ spec }]);
  });

  test('tells Estuary Flow what it is, as protobuf', async () => {
    const { FLOW_RUNTIME_CODEC: _json, ...others } = env;
    const { end, stdout } = await run(command(), { env: others, input: specMessage });
    expect({ end, rest: stdout.length - stdout.readUInt32LE() }).toEqual({ end: 0, rest: 4 });
    const { configSchema } = JSON.parse(textOf(name, 'flow-spec.json'));
    expect(stdout.includes(JSON.stringify(configSchema))).toBe(true);
  });

  test('tells Airbyte what it is, by the entrypoint that its pods call', async () => {
    const words = mapped(name, String(env['AIRBYTE_ENTRYPOINT']).split(' '));
    const ended = await run([...words, 'spec'], { env, cwd: folder.path });
    expect(ended).toMatchObject({ end: 0, stderr: '' });
    const spec = JSON.parse(textOf(name, 'airbyte-spec.json'));
    expect(messagesIn(ended.stdout)).toEqual([{ type: 'SPEC', spec }]);
  });

  test('checks settings that are wrong, and has done its job', async () => {
    const config = await folder.write('wrong.txt', '[]');
    const { end, stdout } = await run([...command(), 'check', '--config', config], { env });
    expect({ end, status: messagesIn(stdout)[0].connectionStatus.status }).toEqual({
      end: 0,
      status: 'FAILED',
    });
  });

  test('tells its version', async () => {
    const { end, stdout } = await run([...command(), '--version'], { env });
    expect({ end, stdout: stdout.toString() }).toEqual({ end: 0, stdout: `${name} ${version}\n` });
  });
});

test.each([
  ['flow', ['@fairlead/host-airbyte', 'yaml'], []],
  ['airbyte', ['@fairlead/host-flow', 'yaml'], ['spec']],
])('a process of %s loads nothing of %j', async (_platform, others, words) => {
  await using place = await tempFolder();
  await deploy(folderOf('source-file'), place.path);
  for (const other of others) await rm(place.join('node_modules', other), { recursive: true });
  const command = ['node', place.join('bin/source-file.js'), ...words];
  const { end, stderr } = await run(command, {
    env: { FLOW_RUNTIME_CODEC: 'json' },
    input: '{"spec":{"config":{}}}\n',
  });
  expect({ end, stderr }).toEqual({ end: 0, stderr: '' });
});

describe('the image of source-file', () => {
  const command = () => mapped('source-file', imageOf('source-file').entrypoint!);
  const { env } = imageOf('source-file');

  test('is discovered and read by Airbyte, and goes on after a state', async () => {
    await using data = await tempFolder();
    await data.write('in/people.csv', 'id,name\n1,Ada\n2,Grace\n');
    const settings = JSON.stringify({ paths: data.join('in/*.csv') });
    const config = ['--config', await data.write('config.txt', settings)];
    const checked = await run([...command(), 'check', ...config], { env });
    expect(messagesIn(checked.stdout)[0].connectionStatus).toEqual({ status: 'SUCCEEDED' });
    const discovered = await run([...command(), 'discover', ...config], { env });
    const [stream] = messagesIn(discovered.stdout)[0].catalog.streams;
    expect({ end: discovered.end, name: stream.name }).toEqual({ end: 0, name: 'people' });
    const catalog = JSON.stringify({ streams: [{ stream, sync_mode: 'incremental' }] });
    const files = [...config, '--catalog', await data.write('catalog.txt', catalog)];
    const read = async (states: readonly unknown[]) => {
      const state = await data.write('state.txt', JSON.stringify(states));
      const { end, stdout } = await run([...command(), 'read', ...files, '--state', state], {
        env,
      });
      const messages = messagesIn(stdout);
      return {
        end,
        names: messages.flatMap(({ record }) => (record === undefined ? [] : record.data.name)),
        states: messages.flatMap((message) => message.state ?? []),
      };
    };
    const first = await read([]);
    expect(first).toMatchObject({ end: 0, names: ['Ada', 'Grace'] });
    await data.write('in/people-2024-01-31.csv', 'id,name\n3,Edsger\n');
    expect(await read(first.states.slice(-1))).toMatchObject({ end: 0, names: ['Edsger'] });
  });

  test.each(['json', 'proto'] as const)('is read by Estuary Flow as %s', async (codec) => {
    await using data = await tempFolder();
    await data.write('people.csv', 'id,name\n1,Ada\n2,Grace\n');
    const launch = launchCommand(command().with(0, process.execPath), { env });
    const config = { paths: data.join('people.csv') };
    let lines = '';
    for await (const step of previewCapture({ launch, codec, config, sessions: [1] })) {
      if (step.is === 'documents') lines += Buffer.from(step.documents.bytes).toString();
    }
    expect(messagesIn(Buffer.from(lines))).toMatchObject([{ name: 'Ada' }, { name: 'Grace' }]);
  });
});

describe('the image of materialize-duckdb', () => {
  const command = () => mapped('materialize-duckdb', imageOf('materialize-duckdb').entrypoint!);
  const { env } = imageOf('materialize-duckdb');

  test('is written by Airbyte', async () => {
    await using data = await tempFolder();
    const settings = JSON.stringify({ path: data.join('shop.duckdb') });
    const config = ['--config', await data.write('config.txt', settings)];
    const checked = await run([...command(), 'check', ...config], { env });
    expect(messagesIn(checked.stdout)[0].connectionStatus).toEqual({ status: 'SUCCEEDED' });
    const stream = { name: 'people', json_schema: { properties: { id: { type: 'integer' } } } };
    const chosen = { stream, sync_mode: 'incremental', destination_sync_mode: 'append' };
    const catalog = await data.write('catalog.txt', JSON.stringify({ streams: [chosen] }));
    const descriptor = { name: 'people' };
    const part = { stream_descriptor: descriptor, stream_state: { at: 7 } };
    const complete = { stream_descriptor: descriptor, status: 'COMPLETE' };
    const input = [
      { type: 'RECORD', record: { stream: 'people', data: { id: 1 }, emitted_at: 1 } },
      { type: 'STATE', state: { type: 'STREAM', stream: part } },
      { type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: 2, stream_status: complete } },
    ].map((message) => `${JSON.stringify(message)}\n`);
    const words = [...command(), 'write', ...config, '--catalog', catalog];
    const { end, stdout } = await run(words, { env, input: input.join('') });
    expect(end).toBe(0);
    const states = messagesIn(stdout).flatMap((message) => message.state ?? []);
    expect(states).toMatchObject([{ type: 'STREAM', stream: part }]);
  });

  test('is asked by Estuary Flow whether its settings work', async () => {
    await using data = await tempFolder();
    const validate = async (path: string) => {
      const request = { validate: { name: 'a/b', config: { path }, bindings: [] } };
      const input = `{"spec":{"config":{}}}\n${JSON.stringify(request)}\n`;
      const { end, stdout } = await run(command(), { env, input });
      return { end, answers: messagesIn(stdout).map((message) => Object.keys(message)) };
    };
    expect(await validate(data.join('shop.duckdb'))).toEqual({
      end: 0,
      answers: [['spec'], ['validated']],
    });
    const { end, answers } = await validate(data.join('missing/shop.duckdb'));
    expect({ failed: end !== 0, answers }).toEqual({ failed: true, answers: [['spec']] });
  });
});

/** A request for the spec of an image, as protobuf after its length. */
const specMessage = Buffer.from('080000000a06080712027b7d', 'hex');
