import { describe, expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { runCommand } from '../testing/run-command.ts';

describe('copy', () => {
  async function copy(words: readonly string[], variables: Readonly<Record<string, string>> = {}) {
    await using folder = await pipelineFolder();
    const ended = await callCommand(['copy', '-q', '--json', ...words], {
      folder: folder.path,
      variables,
    });
    const content = await folder.read('box.json').catch(() => '{}');
    return { ...ended, box: JSON.parse(content) };
  }

  test('finds its connectors by the addresses, and resumes under a name of its own', async () => {
    await using folder = await pipelineFolder();
    const words = ['copy', '--json', '-q', 'tick:orders,notes', 'box:box.json'];
    const first = JSON.parse((await callCommand(words, { folder: folder.path })).stdout);
    expect(first).toMatchObject({ rows: 6, commits: 2, stopped: false });
    expect(first.pipeline).toMatch(/^copy-tick-[0-9a-f]{10}$/);
    const second = JSON.parse((await callCommand(words, { folder: folder.path })).stdout);
    expect(second).toMatchObject({ pipeline: first.pipeline, rows: 0, commits: 0 });
    const other = [...words, '--table', 'kept', '--stream', 'notes'];
    const third = JSON.parse((await callCommand(other, { folder: folder.path })).stdout);
    expect(third).toMatchObject({ rows: 3, streams: [{ stream: 'notes', table: 'kept' }] });
    expect(third.pipeline).not.toBe(first.pipeline);
  });

  test('takes settings, columns, keys and modes', async () => {
    const { exitCode, box } = await copy([
      'tick:orders,customers',
      'box:box.json',
      '--name=mine',
      '--stream=ord*',
      '--columns=*,-name',
      '--key=id',
      '--write=append',
      '--deletes=ignore',
      '--contract=freeze',
      '--commit-every=1s',
      '--commit-bytes=1MiB',
      '--set=source.rows=2',
      '--set=source.streams=[orders, notes]',
    ]);
    expect(exitCode).toBe(0);
    expect(Object.keys(box.checkpoints)).toEqual(['mine']);
    expect(Object.keys(box.tables)).toEqual(['orders']);
    expect(box.tables.orders).toHaveLength(2);
  });

  test('replaces variables in its words, also from .env', async () => {
    await using folder = await pipelineFolder({ '.env': 'STREAM=notes\n' });
    const words = ['copy', '-q', 'tick:${env:STREAM}', 'box:${env:BOX}', '--set', 'source.rows=1'];
    const ended = await callCommand(words, { folder: folder.path, variables: { BOX: 'b.json' } });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(Object.keys(JSON.parse(await folder.read('b.json')).tables)).toEqual(['notes']);
  });

  test.each([
    [
      ['tock:orders', 'box:x'],
      'no source connector for "tock:" is installed; did you mean "tick:"?',
    ],
    [
      ['qqqq:orders', 'box:x'],
      'no source connector for "qqqq:" is installed. See what there is: fairlead connectors. A path that holds a colon begins with "./".',
    ],
    [
      ['tick:orders', 'box:x', '--set', 'rows=3'],
      '--set: "rows=…" sets nothing. Write --set source.NAME=VALUE or --set destination.NAME=VALUE.',
    ],
    [
      ['tick:orders', 'box:x', '--set', 'source.rows=[1'],
      '--set source.rows: the value is neither a list nor a group of settings. Write [a, b] or {name: value}.',
    ],
    [
      ['tick:orders', 'box:x', '--set', 'source.rowz=1'],
      'settings of source-tick: unknown key "rowz"; did you mean "rows"?',
    ],
    [
      ['tick:orders', 'box:x', '--set', 'source.fail=acess'],
      'settings of source-tick: "fail" must be "access", "transient", "data", "state" or "bug"; did you mean "access"?',
    ],
    [
      ['tick:orders', 'box:x', '--set', 'source.fail=${env:NONE:-acess}'],
      'settings of source-tick: "fail" must be "access", "transient", "data", "state" or "bug"',
    ],
    [
      ['tick:orders', 'box:x', '--set', 'source.rows=many'],
      'settings of source-tick: "rows" must be a number, not text',
    ],
    [
      ['tick:${env:NONE}', 'box:x'],
      'SOURCE: the environment variable NONE is not set. Set it, put it into .env, or give it a default: ${env:NONE:-…}.',
    ],
    [
      ['tick:orders', 'box:x', '--commit-every', 'often'],
      '--commit-every: does not fit: write a number and a unit: 250ms, 30s, 15m, 6h or 1d',
    ],
    [
      ['tick:orders', 'box:x', '--stream', 'order'],
      'streams: no stream matches "order". Did you mean "orders"?',
    ],
    [
      ['tick:orders,notes', 'box:x', '--table', 'one'],
      'streams: the streams orders and notes go into one table, one. Give one of them another table under target.',
    ],
  ])('%j is refused', async (words, message) => {
    await using folder = await pipelineFolder();
    expect(await callCommand(['copy', '-q', ...words], { folder: folder.path })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `fairlead: ${message}\n`,
    });
  });
});

/** Says at the end of a process how many modules of the YAML parser were loaded. */
const counting = `
  import Module from 'node:module';
  process.on('exit', () => {
    const loaded = Object.keys(Module._cache).filter((path) => path.includes('/node_modules/yaml/'));
    process._rawDebug('yaml modules: ' + loaded.length);
  });
`;

test('the YAML parser is loaded only for what is YAML', async () => {
  await using folder = await pipelineFolder();
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(counting)}`;
  const at = { folder: folder.path, variables: { NODE_OPTIONS } };
  const words = ['copy', '-q', 'tick:orders', 'box:box.json'];
  expect((await runCommand(words, at)).stderr).toBe('yaml modules: 0\n');
  const list = [...words, '--set', 'source.streams=[orders]'];
  expect((await runCommand(list, at)).stderr).toMatch(/^yaml modules: [1-9]/);
});
