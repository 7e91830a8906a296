import { expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { inShop, shop } from '../testing/shop.ts';

test('plan prints statements that can be run', async () => {
  expect(await inShop(['plan'])).toEqual({
    exitCode: 0,
    stdout: [
      '-- create table orders',
      'CREATE TABLE orders (id, name);',
      '',
      '-- create table customers',
      'CREATE TABLE customers (id, name);',
      '',
    ].join('\n'),
    stderr: '',
  });
  const { stdout } = await inShop(['plan', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    streams: [{ stream: 'orders', table: 'orders', write: 'merge' }, { stream: 'customers' }],
    changes: [{ description: 'create table orders' }, {}],
  });
});

test('plan says so when there is nothing to do', async () => {
  await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
  await callCommand(['run', '-q'], { folder: folder.path });
  const { stdout } = await callCommand(['plan'], { folder: folder.path });
  expect(stdout).toBe('-- nothing to do\n');
});
