import { describe, expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { inShop, shop } from '../testing/shop.ts';
import { timeless } from '../testing/timeless.ts';

describe('a pipeline file', () => {
  test('is run, and run again with nothing new', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
    const first = await callCommand(['run', '-q'], { folder: folder.path });
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toMatch(
      new RegExp(
        [
          'stream     table      new rows  bytes  status',
          'orders     orders            3   \\d+ B  caught up',
          'customers  customers         3   \\d+ B  caught up',
          '',
          '6 new rows, \\d+ B in .* \\(.*/s\\), 2 commits',
          '$',
        ].join('\n'),
      ),
    );
    const box = JSON.parse(await folder.read('box.json'));
    expect(box.tables.orders).toEqual([1, 2, 3].map((id) => ({ id, name: `orders ${id}` })));
    const second = await callCommand(['run', '-q'], { folder: folder.path });
    expect(second).toEqual({
      exitCode: 0,
      stdout: [
        'stream     table      new rows  bytes  status',
        'orders     orders            0    0 B  nothing new',
        'customers  customers         0    0 B  nothing new',
        '',
        'nothing new',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  test('may be another one, whose paths begin at its folder', async () => {
    await using folder = await pipelineFolder({ 'deep/till.yaml': shop.replace('name: shop', '') });
    const words = ['run', '--json', '-q', '--file', 'deep/till.yaml'];
    const { exitCode, stdout } = await callCommand(words, { folder: folder.path });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ pipeline: 'deep', rows: 6 });
    expect(JSON.parse(await folder.read('deep/box.json')).checkpoints).toHaveProperty('deep');
  });

  test('that is wrong ends in one line with its place', async () => {
    expect(await inShop(['run'], shop.replace('rows', 'rowz'))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'fairlead: pipeline.yaml:3:11: unknown key "rowz"; did you mean "rows"?\n',
    });
  });

  test('that is wrong is told to machines on standard error', async () => {
    const { exitCode, stdout, stderr } = await inShop(['run', '--json'], 'source: {}\n');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      failure: {
        kind: 'config',
        message: '"destination" is missing (the first of 2 problems)',
        where: 'pipeline.yaml:1:1',
      },
    });
  });

  test('that is not there says how to get one', async () => {
    await using folder = await pipelineFolder();
    expect(await callCommand(['check'], { folder: folder.path })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'fairlead: pipeline.yaml: there is no such file. Make one with "fairlead init", or name another with --file.\n',
    });
  });

  test('is followed by its log where no person watches', async () => {
    const { stderr } = await inShop(['run'], shop.replace('rows: 3', 'rows: 3, wait: 150ms'));
    expect(timeless(stderr)).toBe(
      [
        'info  reading stream=orders',
        'info  caught up stream=orders rows=3 bytes=81',
        'info  reading stream=customers',
        'info  caught up stream=customers rows=3 bytes=90',
        '',
      ].join('\n'),
    );
  });

  test('has its log as JSON when that is asked for', async () => {
    const { stderr } = await inShop(['run', '--log-format', 'json']);
    const lines = timeless(stderr).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'info', message: 'caught up', stream: 'orders', rows: 3, bytes: 81 },
      { level: 'info', message: 'caught up', stream: 'customers', rows: 3, bytes: 90 },
    ]);
  });
});
