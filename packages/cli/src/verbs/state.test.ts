import { describe, expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { shop } from '../testing/shop.ts';

describe('state', () => {
  test('is shown, set back and forgotten', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
    const call = (...words: string[]) => callCommand(['state', ...words], { folder: folder.path });
    const rows = async () => {
      const { stdout } = await callCommand(['run', '-q', '--json'], { folder: folder.path });
      return JSON.parse(stdout).rows;
    };
    expect(await call('show')).toEqual({
      exitCode: 0,
      stdout: 'the pipeline "shop" has not run yet\n',
      stderr: '',
    });
    expect(await rows()).toBe(6);
    const shown = await call('show');
    expect(shown.stdout.replaceAll(/\d{4}-\S+Z/g, 'NOW')).toBe(
      [
        'pipeline "shop", source-tick, 2 commits',
        '',
        'stream     position',
        'orders     3',
        'customers  3',
        '',
        'commit  at',
        '     2  NOW',
        '     1  NOW',
        '',
      ].join('\n'),
    );
    expect(await call('rewind', '--to', '7', '--yes')).toMatchObject({
      exitCode: 2,
      stderr: 'fairlead: --to: commit "7" cannot be returned to. Choose one of these: 1, 0.\n',
    });
    expect(await call('rewind', '--to', '1')).toMatchObject({
      exitCode: 2,
      stderr: 'fairlead: nobody can be asked whether this is meant. Say so with --yes.\n',
    });
    expect(await call('rewind', '--to', '1', '--yes')).toEqual({
      exitCode: 0,
      stdout: 'the next run goes on after commit 1\n',
      stderr: '',
    });
    expect(await rows()).toBe(3);
    expect(await call('reset', 'order', '--yes')).toMatchObject({
      exitCode: 2,
      stderr: 'fairlead: no stream "order"; did you mean "orders"?\n',
    });
    expect(await call('reset', 'orders', '-y', '--json')).toMatchObject({
      exitCode: 0,
      stdout: '{"pipeline":"shop","streams":["orders"]}\n',
    });
    expect(await rows()).toBe(3);
    expect(await call('reset', '--yes')).toMatchObject({
      exitCode: 0,
      stdout: 'the next run reads all streams of "shop" anew\n',
    });
    expect(await rows()).toBe(6);
    const { stdout } = await call('show', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      pipeline: 'shop',
      checkpoint: { source: 'source-tick', state: { bindings: { orders: 3, customers: 3 } } },
    });
  });
});

test.each([
  ['y', 0, 'the next run reads the streams orders anew\n', ''],
  [' YES ', 0, 'the next run reads the streams orders anew\n', ''],
  ['', 2, '', 'fairlead: nothing was changed\n'],
  ['yep', 2, '', 'fairlead: nothing was changed\n'],
])(
  'a person who answers %j to the question ends with %i',
  async (answer, exitCode, stdout, said) => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
    await callCommand(['run', '-q'], { folder: folder.path });
    const words = ['state', 'reset', 'orders'];
    const question = 'Forget what was read of the streams orders, and read it anew? [y/N] ';
    expect(await callCommand(words, { folder: folder.path, answer })).toEqual({
      exitCode,
      stdout,
      stderr: `${question}${said}`,
    });
  },
);
